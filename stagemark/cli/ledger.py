"""The commands for the ledger: make what derives from it anew, and check it."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Final, Literal

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import Progress
from temporalio.service import RPCError

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, as_json, console, language, run
from stagemark.problem_texts import Language
from stagemark.readmodel.audit import Audited, audit
from stagemark.readmodel.verify import Verified, verify
from stagemark.transport import fault

__all__ = ["app"]

app = typer.Typer(help="The list of all events: rebuild what derives from it, check it.", no_args_is_help=True)

Output = Annotated[Literal["table", "json"], typer.Option("--output", help="For people or for programs.")]

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "rebuilt": "{sales} sales made anew from the ledger",
        "verified": "{sales} sales, {events} events: the chain of hashes is whole",
        "broken": "{sales} sales, {events} events: the chain of hashes is broken in {count} sales",
        "hole": "{opportunity}: event {sequence} is missing, though later ones are there or were",
        "content": "{opportunity}: event {sequence} was changed after it was written",
        "link": "{opportunity}: event {sequence} does not follow the one before",
        "columns": "{opportunity}: event {sequence}: its row says otherwise than the event itself",
        "unreadable": "{opportunity}: event {sequence} can't be read",
        "agrees": "{sales} sales, {events} events, {runs} runs: ledger and histories agree",
        "differs_all": "{sales} sales, {events} events, {runs} runs: ledger and histories differ",
        "missing_in_ledger": "{opportunity}: event {sequence} is in the history, not in the ledger",
        "missing_in_history": "{opportunity}: event {sequence} is in the ledger, not in the history",
        "differs": "{opportunity}: event {sequence} has other content in the history",
        "without_run": "{opportunity}: it is open and has no run",
        "pending": "{opportunity}: event {sequence} is acknowledged and will be written",
        "expired": "{opportunity}: its history has expired, in whole or in part",
        "imported": "{count} ended sales were imported and never had a history",
    },
    "zh": {
        "rebuilt": "已根据台账重建 {sales} 个商机",
        "verified": "{sales} 个商机、{events} 个事件：哈希链完整",
        "broken": "{sales} 个商机、{events} 个事件：{count} 个商机的哈希链已断",
        "hole": "{opportunity}：缺少第 {sequence} 号事件，而后面的事件存在或曾经存在",
        "content": "{opportunity}：第 {sequence} 号事件写入后被改动",
        "link": "{opportunity}：第 {sequence} 号事件与前一事件不衔接",
        "columns": "{opportunity}：第 {sequence} 号事件的表列与事件本身不一致",
        "unreadable": "{opportunity}：第 {sequence} 号事件无法读取",
        "agrees": "{sales} 个商机、{events} 个事件、{runs} 次运行：台账与运行历史一致",
        "differs_all": "{sales} 个商机、{events} 个事件、{runs} 次运行：台账与运行历史不一致",
        "missing_in_ledger": "{opportunity}：第 {sequence} 号事件在历史中有，台账中没有",
        "missing_in_history": "{opportunity}：第 {sequence} 号事件在台账中有，历史中没有",
        "differs": "{opportunity}：第 {sequence} 号事件在历史中的内容不同",
        "without_run": "{opportunity}：商机未结束，但没有运行",
        "pending": "{opportunity}：第 {sequence} 号事件已确认，尚待写入台账",
        "expired": "{opportunity}：运行历史已全部或部分过期",
        "imported": "{count} 个已结束的商机来自导入，从未有过运行历史",
    },
}


@app.command()
def rebuild(speaks: LanguageOption = None) -> None:
    """Make all that derives from the ledger anew, from the ledger alone."""

    async def work() -> int:
        async with bootstrap.engine() as parts:
            return await parts.ledger.rebuild()

    said = language(speaks)
    console().print(_WORDS[said]["rebuilt"].format(sales=run(work())))


@app.command("verify")
def verify_command(output: Output = "table", speaks: LanguageOption = None) -> None:
    """Check the chain of hashes, and name the first broken link of each sale. Exit status 1 if there is one."""

    async def work() -> Verified:
        async with bootstrap.engine() as parts:
            return await parts.store.read(lambda connection: verify(connection, parts.store.namespace))

    said = language(speaks)
    found = run(work())
    head = "broken" if found.breaks else "verified"
    lines = [(head, {**found.model_dump(), "count": len(found.breaks)})]
    lines += [(one.why, one.model_dump()) for one in found.breaks]
    _show(found, output, said, lines)
    raise typer.Exit(1 if found.breaks else 0)


@app.command("audit")
def audit_command(output: Output = "table", speaks: LanguageOption = None) -> None:
    """Compare the ledger with Temporal's own histories, and name every difference. Exit status 1 if there is one."""

    async def work() -> Audited:
        async with bootstrap.engine() as parts:
            client = await parts.connect()
            with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
                task = bar.add_task("", total=None)
                try:
                    return await audit(
                        parts.store, client, lambda done, total: bar.update(task, completed=done, total=total)
                    )
                except RPCError as error:
                    raise fault(error, client) from error

    said = language(speaks)
    found = run(work())
    lines: list[tuple[str, dict[str, Any]]] = [("agrees" if found.agrees else "differs_all", found.model_dump())]
    lines += [(one.kind, one.model_dump()) for one in found.differences]
    lines += [("without_run", {"opportunity": sale}) for sale in found.without_run]
    lines += [("pending", {"opportunity": sale, "sequence": event}) for sale, event in found.pending]
    lines += [("expired", {"opportunity": sale}) for sale in found.expired]
    lines += [("imported", {"count": found.imported})] if found.imported else []
    _show(found, output, said, lines)
    raise typer.Exit(0 if found.agrees else 1)


def _show(found: BaseModel, output: str, said: Language, lines: list[tuple[str, dict[str, Any]]]) -> None:
    if output == "json":
        print(as_json(found))
        return
    for word, values in lines:
        console().print(_WORDS[said][word].format(**values), highlight=False, markup=False)
