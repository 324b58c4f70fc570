"""The commands for the ledgers, of sales and their neighbours: make what derives from them anew, and check them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import Progress

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, console, language, run, tell
from stagemark.texts.counts import filled
from stagemark.texts.language import Language

if TYPE_CHECKING:
    from stagemark.readmodel.audit import Audited
    from stagemark.readmodel.verify import Verified

__all__ = ["app"]

app = typer.Typer(help="The list of all events: rebuild what derives from it, check it.", no_args_is_help=True)

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "counted": "{sales:sale|sales} with {events:event|events}, "
        "{neighbours:neighbour of a sale|neighbours of sales} with {entries:entry|entries}",
        "rebuilt": "{sales:sale|sales} and {neighbours:neighbour|neighbours} made anew from their ledgers",
        "adopted": "the workers of namespace {namespace} write to {store} from now on; start those anew that run. "
        "stagemark ledger audit names what the server knows and this ledger lacks",
        "verified": "{counted}: all chains of hashes are whole",
        "broken": "{counted}: {count:chain of hashes is|chains of hashes are} broken",
        "hole": "{opportunity}: event {sequence} is missing, though later ones are there or were",
        "content": "{opportunity}: event {sequence} was changed after it was written",
        "link": "{opportunity}: event {sequence} does not follow the one before",
        "columns": "{opportunity}: event {sequence}: its row says otherwise than the event itself",
        "unreadable": "{opportunity}: event {sequence} can't be read",
        "state": "{opportunity}: its state is not what its {sequence:entry tells|entries tell}; "
        "stagemark ledger rebuild",
        "agrees": "{counted}, {runs:run|runs}: ledgers and histories agree",
        "differs_all": "{counted}, {runs:run|runs}: ledgers and histories differ",
        "missing_in_ledger": "{opportunity}: event {sequence} is in the history, not in the ledger",
        "missing_in_history": "{opportunity}: event {sequence} is in the ledger, not in the history",
        "differs": "{opportunity}: event {sequence} has other content in the history",
        "without_run": "{opportunity}: it is open and has no run",
        "pending": "{opportunity}: event {sequence} is acknowledged and will be written",
        "unheard": "{opportunity}: it was told {key}, and no run of it will record that",
        "stuck": "{opportunity}: its run is stuck, for this fails again and again: {why}",
        "expired": "{opportunity}: its history has expired, in whole or in part",
        "imported": "{count:ended sale was|ended sales were} imported and never had a history",
    },
    "zh": {
        "counted": "{sales} 个商机、{events} 个事件，{neighbours} 个关联流程、{entries} 条记录",
        "rebuilt": "已根据台账重建 {sales} 个商机、{neighbours} 个关联流程",
        "adopted": "命名空间 {namespace} 的 worker 今后写入 {store}；请重新启动正在运行的 worker。"
        "服务器已知而本台账没有的内容，可用 stagemark ledger audit 查看",
        "verified": "{counted}：哈希链均完整",
        "broken": "{counted}：{count} 条哈希链已断",
        "hole": "{opportunity}：缺少第 {sequence} 号事件，而后面的事件存在或曾经存在",
        "content": "{opportunity}：第 {sequence} 号事件写入后被改动",
        "link": "{opportunity}：第 {sequence} 号事件与前一事件不衔接",
        "columns": "{opportunity}：第 {sequence} 号事件的表列与事件本身不一致",
        "unreadable": "{opportunity}：第 {sequence} 号事件无法读取",
        "state": "{opportunity}：状态与其 {sequence} 条记录不符；请执行 stagemark ledger rebuild 修复",
        "agrees": "{counted}，{runs} 次运行：台账与运行历史一致",
        "differs_all": "{counted}，{runs} 次运行：台账与运行历史不一致",
        "missing_in_ledger": "{opportunity}：第 {sequence} 号事件在历史中有，台账中没有",
        "missing_in_history": "{opportunity}：第 {sequence} 号事件在台账中有，历史中没有",
        "differs": "{opportunity}：第 {sequence} 号事件在历史中的内容不同",
        "without_run": "{opportunity}：尚未结束，但没有运行",
        "pending": "{opportunity}：第 {sequence} 号事件已确认，尚待写入台账",
        "unheard": "{opportunity}：已收到通知 {key}，但不会再有运行将其记录",
        "stuck": "{opportunity}：运行已停滞，下列步骤反复失败：{why}",
        "expired": "{opportunity}：运行历史已全部或部分过期",
        "imported": "{count} 个已结束的商机来自导入，从未有过运行历史",
    },
}


@app.command()
def rebuild(speaks: LanguageOption = None) -> None:
    """Make all that derives from the ledgers anew, from the ledgers alone."""

    async def work() -> tuple[int, int]:
        async with bootstrap.engine(new=False) as parts:
            return await parts.ledger.rebuild(), await parts.books.rebuild()

    said = language(speaks)
    sales, neighbours = run(work())
    console().print(filled(_WORDS[said]["rebuilt"], {"sales": sales, "neighbours": neighbours}))


@app.command()
def adopt(speaks: LanguageOption = None) -> None:
    """Let the namespace's workers write to this ledger from now on, where they wrote to another (`ledger_other`).

    What the other one holds stays there: to move it, copy the database, which needs no adoption.
    """

    async def work() -> dict[str, str]:
        async with bootstrap.engine(new=False) as parts:
            client = await parts.connect(adopt=True)
            await parts.ensure_schedules(client, adopt=True)
            return {"namespace": client.namespace, "store": parts.store.address}

    said = language(speaks)
    console().print(_WORDS[said]["adopted"].format(**run(work())), highlight=False)


@app.command("verify")
def verify_command(output: OutputOption = "table", speaks: LanguageOption = None) -> None:
    """Check the chains of hashes, and name the first broken link of each. Exit status 1 if there is one."""
    from stagemark.readmodel.verify import verify

    async def work() -> Verified:
        async with bootstrap.engine(new=False) as parts:
            return await parts.store.read(lambda connection: verify(connection, parts.store.namespace))

    said = language(speaks)
    found = run(work())
    head = "broken" if found.breaks else "verified"
    lines = [(head, {**_counted(found, said), "count": len(found.breaks)})]
    lines += [(one.why, one.model_dump()) for one in found.breaks]
    _show(found, output, said, lines)
    raise typer.Exit(1 if found.breaks else 0)


@app.command("audit")
def audit_command(output: OutputOption = "table", speaks: LanguageOption = None) -> None:
    """Compare the ledgers with Temporal's own histories, and name every difference. Exit status 1 if there is one."""
    from temporalio.service import RPCError

    from stagemark.readmodel.audit import audit
    from stagemark.transport import fault

    async def work() -> Audited:
        async with bootstrap.engine(new=False) as parts:
            client = await parts.connect()
            with Progress(
                console=Console(emoji=False, stderr=True), disable=not sys.stderr.isatty(), transient=True
            ) as bar:
                task = bar.add_task("", total=None)
                try:
                    return await audit(
                        parts.store, client, lambda done, total: bar.update(task, completed=done, total=total)
                    )
                except RPCError as error:
                    raise fault(error, client) from error

    said = language(speaks)
    found = run(work())
    lines: list[tuple[str, dict[str, Any]]] = [("agrees" if found.agrees else "differs_all", _counted(found, said))]
    lines += [(one.kind, one.model_dump()) for one in found.differences]
    lines += [("without_run", {"opportunity": sale}) for sale in found.without_run]
    lines += [("unheard", {"opportunity": neighbour, "key": key}) for neighbour, key in found.unheard]
    lines += [("stuck", {"opportunity": one, "why": why}) for one, why in found.stuck]
    lines += [("pending", {"opportunity": sale, "sequence": event}) for sale, event in found.pending]
    lines += [("expired", {"opportunity": sale}) for sale in found.expired]
    lines += [("imported", {"count": found.imported})] if found.imported else []
    _show(found, output, said, lines)
    raise typer.Exit(0 if found.agrees else 1)


def _counted(found: Verified | Audited, said: Language) -> dict[str, Any]:
    figures = found.model_dump()
    return {**figures, "counted": filled(_WORDS[said]["counted"], figures)}


def _show(found: BaseModel, output: str, said: Language, lines: list[tuple[str, dict[str, Any]]]) -> None:
    tell(found, output, (filled(_WORDS[said][word], values) for word, values in lines))
