"""`stagemark import`: a table of sales with their markers and dates, by a mapping (docs/import.md)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, as_json, console, language, run
from stagemark.cli.listing import show
from stagemark.domain.playbook import Playbook
from stagemark.errors import InvalidInput, NotFound, Problem, may_be
from stagemark.playbooks.load import find_playbook
from stagemark.reports.render import Output
from stagemark.texts.counts import filled
from stagemark.texts.language import Language

if TYPE_CHECKING:
    from stagemark.importing.mapping import LoadedMapping
    from stagemark.importing.plan import Plan
    from stagemark.importing.run import Comparison
    from stagemark.importing.table import Table

__all__ = ["ImportReport", "Untaken", "app"]

app = typer.Typer()

_TEXTS = {
    "judged": ("Judging rows", "检查各行"),
    "compared": ("Comparing with the ledger", "与台账比对"),
    "written": ("Writing the ledger", "写入台账"),
    "started": ("Starting open sales", "启动进行中的商机"),
    "rows": ("{rows:row|rows}: {ended:ended sale|ended sales} and {open:open one|open ones} are new, {unchanged} "
             "already there, {refused:row|rows} can't be taken.",
             "共 {rows} 行：新增已结束商机 {ended} 个、进行中商机 {open} 个，已存在 {unchanged} 个，"
             "无法导入 {refused} 行。"),
    "dry": ("A dry run: nothing was written.", "试运行：未写入任何内容。"),
    "refused": ("Nothing was written. Correct these rows, or take the others with --take-good.",
                "未写入任何内容。请更正以下各行，或用 --take-good 只导入其余各行。"),
    "same": ("Nothing has changed.", "没有变化。"),
    "done": ("Imported; {started:run was|runs were} started.", "导入完成；启动了 {started} 个工作流。"),
}  # fmt: skip
_PROBLEM = {"row": ("Row", "行"), "sale": ("Sale", "商机"), "column": ("Column", "列"), "code": ("Code", "代码"),
            "text": ("Why", "原因")}  # fmt: skip


class Untaken(BaseModel):
    """A row that can't be taken, and why; several for one row if several things are wrong with it."""

    row: int
    sale: str
    column: str
    code: str
    text: str


class ImportReport(BaseModel):
    """What an import did, or a dry run would do.

    Attributes:
        rows: How many rows were looked at.
        ended: New sales that have ended.
        open: New sales that go on.
        unchanged: Sales imported before with the same content.
        refused: How many rows can't be taken.
        started: How many runs were started.
        written: Whether anything was to be written.
        problems: Why rows can't be taken.
    """

    rows: int
    ended: int
    open: int
    unchanged: int
    refused: int
    started: int
    written: bool
    problems: list[Untaken]


@app.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table, in CSV.")],
    mapping: Annotated[Path, typer.Option("--mapping", metavar="FILE", help="Which column is what, in YAML.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day on which the table was cut.")],
    playbook: Annotated[
        str | None, typer.Option("--playbook", help="A shipped playbook's id, or a file. [what the mapping says]")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen; needs no server.")] = False,
    take_good: Annotated[
        bool, typer.Option("--take-good", help="Take the good rows though others can't be taken.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Look at so many rows only.")] = None,
    output: Annotated[Output, typer.Option("--output", help="For people or for programs.")] = "table",
    speaks: LanguageOption = None,
) -> None:
    """Import a table of sales with their markers and dates; a repeat changes nothing (docs/import.md)."""
    from stagemark.importing.mapping import read_mapping
    from stagemark.importing.plan import plan_import

    said, now = language(speaks), datetime.now(UTC)
    cut = _day(as_of, now)
    loaded = read_mapping(mapping)
    whole, zone, table = _named(loaded, playbook, mapping, file)
    with _progress(said) as told:
        plan = plan_import(table, loaded, whole, zone, as_of=cut, now=now, limit=limit, told=told)
        found, started = run(_write(plan, loaded.mapping.calendar, whole, dry_run, take_good, told))
    report = _report(plan, found, started, said, written=not dry_run and (take_good or not found.problems))
    _show(report, dry_run, output, said)
    if found.problems and not report.written:
        raise typer.Exit(2)


async def _write(
    plan: Plan, calendar: str, whole: Playbook, dry_run: bool, take_good: bool, told: Callable[[str, int, int], None]
) -> tuple[Comparison, int]:
    from stagemark.importing.run import Comparison, carry_out, compare
    from stagemark.importing.starting import Runs

    if dry_run and not await _has_ledger():
        return Comparison(plan.sales, (), {}, plan.problems), 0
    async with bootstrap.engine() as parts:
        found = await compare(plan, parts.ledger, told)
        if dry_run or (found.problems and not take_good):
            return found, 0
        starter = None
        if found.waiting or any(sale.open for sale in found.new):  # what has ended needs no server
            client = await parts.connect()
            await bootstrap.ensure_search_attributes(client)
            starter = Runs(
                client,
                task_queue=parts.settings.task_queue,
                jitter=parts.settings.late,
                continue_after=parts.settings.continue_after,
            )
        days = await parts.calendars.calendar(calendar)
        return found, await carry_out(found, whole, days, parts.ledger, starter, told)


async def _has_ledger() -> bool:
    """Whether there is a ledger to compare with; a dry run makes none."""
    try:
        async with bootstrap.engine(new=False):
            return True
    except NotFound:
        return False


def _day(text: str, now: datetime) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day > now.astimezone().date():
        raise InvalidInput.of("import_as_of", "--as-of", value=text)
    return day


def _named(loaded: LoadedMapping, asked: str | None, mapping: Path, file: Path) -> tuple[Playbook, str, Table]:
    """The playbook, the zone and the table that a mapping speaks of.

    Raises:
        InvalidInput: Everything that is wrong with it and with them.
    """
    from stagemark.importing.mapping import in_order
    from stagemark.importing.names import columns_amiss, unknown_names
    from stagemark.importing.table import read_table

    wrong, elsewhere = list(loaded.problems), list[Problem]()
    calendars = bootstrap.Calendars(bootstrap.read_settings().calendars)
    whole, zone, table = None, "", None
    name = loaded.mapping.calendar
    if name in calendars.ids:
        zone = calendars.spec(name).zone
    else:
        wrong.append(loaded.problem(("calendar",), "unknown_calendar", calendar=name, known=sorted(calendars.ids)))
    try:
        if asked is not None or loaded.tells("playbook"):
            whole = _playbook(asked, loaded, mapping)
            wrong += unknown_names(loaded, whole)
    except NotFound as error:
        wrong += error.problems
    except InvalidInput as error:
        elsewhere += error.problems
    try:
        if loaded.tells("encoding") and loaded.tells("delimiter"):
            table = read_table(file, loaded.mapping.encoding, loaded.mapping.delimiter)
            wrong += columns_amiss(loaded, table)
    except InvalidInput as error:
        elsewhere += error.problems
    if whole is None or table is None or wrong:
        raise InvalidInput(*in_order(wrong), *elsewhere)
    return whole, zone, table


def _playbook(asked: str | None, loaded: LoadedMapping, mapping: Path) -> Playbook:
    """The playbook that the option names, else the mapping: a path seen from its folder, or a shipped one."""
    if asked is not None:
        return find_playbook(asked)
    named = loaded.mapping.playbook
    if named is None:
        raise InvalidInput.of("mapping_playbook_missing", str(mapping))
    beside = mapping.parent / named
    try:
        return find_playbook(str(beside) if may_be(beside.is_file) else named)
    except NotFound as error:
        raise NotFound(*(loaded.problem(("playbook",), p.code, **p.params) for p in error.problems)) from None


def _report(plan: Plan, found: Comparison, started: int, said: Language, *, written: bool) -> ImportReport:
    return ImportReport(
        rows=plan.rows,
        ended=sum(not sale.open for sale in found.new),
        open=sum(sale.open for sale in found.new),
        unchanged=len(found.same),
        refused=len({problem.row for problem in found.problems}),
        started=started,
        written=written,
        problems=[
            Untaken(row=row, sale=sale, column=column, code=problem.code, text=problem.text(said))
            for row, sale, column, problem in found.problems
        ],
    )


def _show(report: ImportReport, dry_run: bool, output: Output, said: Language) -> None:
    zh = said == "zh"
    if output == "json":
        console().print(as_json(report), markup=False, highlight=False)
        return
    if report.problems or output == "csv":
        show([problem.model_dump() for problem in report.problems], _PROBLEM, output, said)
    if output == "csv":
        return
    same = not (report.ended or report.open or report.started)
    last = "dry" if dry_run else "refused" if not report.written else "same" if same else "done"
    for name in ("rows", last):
        console().print(filled(_TEXTS[name][zh], report.model_dump()), markup=False, highlight=False)


@contextmanager
def _progress(said: Language) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on stderr for each step, with totals; none where nobody looks."""
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*bar, console=Console(emoji=False, stderr=True), disable=not sys.stderr.isatty()) as progress:

        def told(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(_TEXTS[step][said == "zh"], total=total)
            progress.update(tasks[step], completed=done, total=total)

        yield told
