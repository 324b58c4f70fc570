"""What all commands share that record something: options, the way to the engine, and what is said of the outcome.

A command that records says its commands and leaves the rest to `recording`; one that needs a call of its own gives it
to `send`. People read labels, with the ids in brackets; programs read `--output json`, where ids stay ids.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, language, run, tell, valid
from stagemark.contracts.messages import Receipt
from stagemark.domain import commands as c
from stagemark.domain.playbook import Playbook
from stagemark.errors import Problem, Refused, StagemarkError
from stagemark.reports.labels import Labels
from stagemark.reports.texts import Words
from stagemark.texts.language import Language

if TYPE_CHECKING:
    from stagemark.client import Said, Stagemark

__all__ = [
    "NOTHING",
    "Actor",
    "Expected",
    "Key",
    "ObservedAt",
    "Reason",
    "Sale",
    "Telling",
    "WhyNot",
    "only_told",
    "optioned",
    "plainly",
    "recording",
    "said",
    "send",
]

Sale = Annotated[str, typer.Argument(metavar="SALE", help="The sale's id.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Actor = Annotated[str, typer.Option("--as", metavar="PERSON", help="Who records it.", envvar="STAGEMARK_ACTOR")]
ObservedAt = Annotated[
    str | None, typer.Option("--observed-at", metavar="WHEN", help="When it happened: date, instant or unknown. [now]")
]
Key = Annotated[str | None, typer.Option("--key", help="Idempotency key; a repeat gets the first answer again.")]
Expected = Annotated[
    int | None, typer.Option("--expect", metavar="N", help="Refuse if the sale has other than N events.")
]
WhyNot = Annotated[bool, typer.Option("--why-not", help="Only say what would be refused; record nothing.")]

Telling = Callable[[Playbook | None], Sequence[c.Command]]
"""Makes commands of the playbook by which the sale runs, if it can be had."""

_TEXTS = {
    "recorded": ("{sale}: {what} ({event} {events}). State: {life}.",
                 "{sale}：{what}（第 {events} 号{event}）。状态：{life}。"),
    "one": ("event", "事件"),
    "several": ("events", "事件"),
    "stages": ("Open stages: {ids}", "进行中的阶段：{ids}"),
    "advice": ("Advised, and not there yet: {ids}", "建议补充的证据：{ids}"),
}  # fmt: skip
NOTHING = ("Nothing stands in the way.", "没有妨碍，可以记录。")


def recording(build: Callable[..., c.Command | Telling]) -> Callable[..., None]:
    """Make a command of what says what to record: it gets the options that all of them have."""

    def command(
        sale: Sale,
        actor: Actor,
        observed_at: ObservedAt = None,
        key: Key = None,
        expect: Expected = None,
        why_not: WhyNot = False,
        output: OutputOption = "table",
        speaks: LanguageOption = None,
        **fields: Any,
    ) -> None:
        takes_actor = "actor" in inspect.signature(build).parameters
        built = build(**fields, **({"actor": actor} if takes_actor else {}))
        envelope = said(actor, observed_at, key, expect, speaks)

        async def ask(stagemark: Stagemark, commands: Sequence[c.Command]) -> Receipt | None:
            if not why_not:
                return await stagemark.record(sale, *commands, **envelope)
            await only_told(stagemark.why_not(sale, *commands, **envelope))
            return None

        send(sale, ask, built if callable(built) else [built], output, language(speaks))

    return optioned(build, command)


async def only_told(why_not: Awaitable[Sequence[Problem]]) -> None:
    """Ask what would be refused; nothing is recorded, so there is no receipt.

    Raises:
        Refused: With everything that would be.
    """
    if problems := await why_not:
        raise Refused(*problems)


def optioned(build: Callable[..., Any], command: Callable[..., None]) -> Callable[..., None]:
    """A command with the options of `build`, after the first of `command` and before its others.

    `build` says what to record, `command` sends it; what `build` is given besides, `actor`, comes from `command`.
    """
    own = [p for p in inspect.signature(build, eval_str=True).parameters.values() if p.name != "actor"]
    shared = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.kind is not p.VAR_KEYWORD]
    named = [p.replace(kind=p.KEYWORD_ONLY) for p in [shared[0], *own, *shared[1:]]]
    wrapped = functools.wraps(build)(command)
    wrapped.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]  # what typer reads
    wrapped.__annotations__ = {p.name: p.annotation for p in named}
    del wrapped.__wrapped__  # else typer reads the inner one
    return wrapped


def said(actor: str, observed_at: str | None, key: str | None, expect: int | None, speaks: str | None) -> Said:
    """The envelope's own parts, as they were typed.

    Raises:
        InvalidInput: `moment_malformed` and its like, `language_unknown`.
    """
    parts: dict[str, Any] = {"actor": actor, "source": "cli", "language": language(speaks)}
    if observed_at is not None:
        parts["observed_at"] = valid(c.Timed, observed_at=observed_at).observed_at
    if key is not None:
        parts["key"] = key
    if expect is not None:
        parts["expected_sequence"] = expect
    return cast("Said", parts)


def send(
    sale: str,
    ask: Callable[[Stagemark, Sequence[c.Command]], Awaitable[Receipt | None]],
    told: Sequence[c.Command] | Telling,
    output: str,
    speaks: Language,
    playbook: Playbook | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Ask the engine, and say what was recorded, or that nothing stands in the way.

    Args:
        sale: Which sale.
        ask: Asks for commands; without a receipt nothing was to be recorded.
        told: The commands, or what makes them of the sale's own playbook.
        output: `table` for people, `json` for programs.
        speaks: The reader's language.
        playbook: Whose labels to use besides the sale's own.
        before: The fact, as JSON, of a command that the client makes and puts before them.

    Raises:
        Refused: With labels before the ids.
    """
    named = [playbook] if playbook else []

    async def work() -> tuple[Receipt | None, list[Mapping[str, Any]], list[Playbook]]:
        async with bootstrap.engine(new=False) as parts:
            stagemark = parts.sales(await parts.connect())
            own = await _own(parts, stagemark, sale) if callable(told) else []
            commands = told(own[0] if own else None) if callable(told) else told
            facts = [*([before] if before else []), *(one.model_dump(mode="json") for one in commands)]
            try:
                receipt = await ask(stagemark, commands)
            except Refused as refused:
                labels = Labels(speaks, *(own or await _labelling(parts, stagemark, sale)), *named)
                raise type(refused)(*(plainly(labels.labelled(p), len(facts)) for p in refused.problems)) from None
            unlabelled = output == "json" or receipt is None
            return receipt, facts, [] if unlabelled else named or own or await _labelling(parts, stagemark, sale)

    receipt, facts, books = run(work())
    if receipt is None:
        tell({}, output, [NOTHING[speaks == "zh"]])
    else:
        tell(receipt, output, _lines(receipt, facts, speaks, books))


async def _own(parts: bootstrap.Engine, stagemark: Stagemark, sale: str) -> list[Playbook]:
    """The playbook by which the sale runs; none if the ledger does not have it."""
    whole = await parts.ledger.playbook((await stagemark.view(sale)).playbook.hash)
    return [whole] if whole else []


async def _labelling(parts: bootstrap.Engine, stagemark: Stagemark, sale: str) -> list[Playbook]:
    """The same where it gives labels only: none if it can't be had."""
    with suppress(StagemarkError):
        return await _own(parts, stagemark, sale)
    return []


def _lines(
    receipt: Receipt, facts: Sequence[Mapping[str, Any]], speaks: Language, playbooks: Sequence[Playbook]
) -> list[str]:
    zh = speaks == "zh"
    words, labels = Words(speaks, {whole.id: whole for whole in playbooks}), Labels(speaks, *playbooks)
    by = playbooks[0].id if playbooks else ""
    first, last = receipt.sequences[0], receipt.sequences[-1]
    told = {
        "sale": receipt.opportunity,
        "what": ("，" if zh else ", ").join(words.what(by, fact) for fact in facts),
        "event": _TEXTS["one" if first == last else "several"][zh],
        "events": str(first) if first == last else f"{first}–{last}",
        "life": words.say(f"life_{receipt.life}"),
    }
    lines = [_TEXTS["recorded"][zh].format(**told)]
    for name, kind, ids in (("stages", "stage", receipt.open_stages), ("advice", "evidence", receipt.advice)):
        if ids:
            lines.append(_TEXTS[name][zh].format(ids=("、" if zh else ", ").join(labels.of(kind, id_) for id_ in ids)))
    return lines


def plainly(problem: Problem, commands: int = 1) -> Problem:
    """Where there is one command only, the place in the envelope is no news."""
    if commands > 1:
        return problem
    return problem.model_copy(update={"where": problem.where.removeprefix("commands[0]").removeprefix(".")})
