"""What the commands of a sale's neighbours share: the way to them, to their tables, and what is said of the outcome.

A room of commands works with one `Part` of the client. A command says how to ask it, and gets the shared options:

    @COLLECTIONS.recording
    def promise(instalment: Instalment, until: UntilDay) -> Ask:
        day = day_of(until, "--until")
        return lambda part, sale, said: part.promise(sale, instalment, day, **said)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, language, run, tell, typed
from stagemark.cli.recording import Actor, Key, ObservedAt, Sale, optioned, plainly, said
from stagemark.domain.calendars import Day
from stagemark.domain.commands import Model
from stagemark.errors import Refused
from stagemark.texts.terms import Terms

if TYPE_CHECKING:
    from temporalio.client import Client

    from stagemark.adapters.lists import SqlLists
    from stagemark.clients.aftercare import Aftercare
    from stagemark.clients.collection import Collections
    from stagemark.contracts.neighbours import NeighbourReceipt

__all__ = [
    "AFTERCARE",
    "COLLECTIONS",
    "ApprovedBy",
    "Ask",
    "Instalment",
    "OnDay",
    "Part",
    "UntilDay",
    "day_of",
    "listed",
    "names",
    "number_of",
]

T = TypeVar("T")
P = TypeVar("P")

Ask = Callable[[Any, str, Any], Awaitable[Any]]
"""Asks a part about what a command is about, with what was said of the envelope; gives the receipt."""

ApprovedBy = Annotated[str, typer.Option("--approved-by", metavar="PERSON", help="Who allows it, by id.")]
Instalment = Annotated[str, typer.Argument(metavar="INSTALMENT", help="Its name within the contract.")]
OnDay = Annotated[str, typer.Option("--on", metavar="DATE", help="The day.")]
UntilDay = Annotated[str, typer.Option("--until", metavar="DATE", help="The last day.")]

_TEXTS = {
    "one": ("{about}: recorded (entry {entries}).", "{about}：已登记（第 {entries} 号记录）。"),
    "several": ("{about}: recorded (entries {entries}).", "{about}：已登记（第 {entries} 号记录）。"),
}


class _Dated(Model):
    """A day, as it was typed."""

    day: Day


def day_of(text: str, where: str = "--on") -> date:
    """Read a day.

    Args:
        text: What was typed.
        where: Where it was typed.

    Raises:
        InvalidInput: `calendar_date`.
    """
    return typed(where, _Dated, day=text).day


class _Numbered(Model):
    """A number, as it was typed."""

    number: Decimal


def number_of(text: str, where: str = "--amount") -> Decimal:
    """Read a number.

    Args:
        text: What was typed.
        where: Where it was typed.

    Raises:
        InvalidInput: It is none.
    """
    return typed(where, _Numbered, number=text).number


class Part(Generic[P]):
    """One part of the client, as commands use it."""

    def __init__(self, make: Callable[[bootstrap.Engine, Client], P], about: Any = Sale) -> None:
        """Make it of an engine that is connected; `about` is the argument that says what a command is about."""
        self._make = make
        self._about = about

    def use(self, work: Callable[[P], Awaitable[T]]) -> T:
        """Connect, and do something with it."""

        async def whole() -> T:
            async with bootstrap.engine(new=False) as parts:
                return await work(self._make(parts, await parts.connect()))

        return run(whole())

    def recorded(
        self,
        about: str,
        actor: str,
        ask: Callable[[P, Any], Awaitable[NeighbourReceipt]],
        *,
        observed_at: str | None,
        key: str | None,
        expect: int | None = None,
        output: str,
        speaks: str | None,
    ) -> None:
        """Ask it, and say what was recorded."""
        envelope = said(actor, observed_at, key, expect, speaks)
        try:
            receipt = self.use(lambda part: ask(part, envelope))
        except Refused as refused:
            raise type(refused)(*map(plainly, refused.problems)) from None
        one = receipt.first == receipt.last
        entries = str(receipt.first) if one else f"{receipt.first}–{receipt.last}"
        template = _TEXTS["one" if one else "several"][language(speaks) == "zh"]
        tell(receipt, output, [template.format(about=about, entries=entries)])

    def recording(self, build: Callable[..., Ask]) -> Callable[..., None]:
        """Make a command of what says how to ask."""

        def command(
            sale: Sale,
            actor: Actor,
            observed_at: ObservedAt = None,
            key: Key = None,
            output: OutputOption = "table",
            speaks: LanguageOption = None,
            **fields: Any,
        ) -> None:
            ask = build(**fields)
            self.recorded(
                sale, actor, lambda part, envelope: ask(part, sale, envelope),
                observed_at=observed_at, key=key, output=output, speaks=speaks,
            )  # fmt: skip

        command.__annotations__["sale"] = self._about
        return optioned(build, command)


def _aftercare(parts: bootstrap.Engine, client: Client) -> Aftercare:
    return parts.aftercare(client)


def _collections(parts: bootstrap.Engine, client: Client) -> Collections:
    return parts.collections(client)


AFTERCARE = Part(_aftercare)
COLLECTIONS = Part(_collections)


def listed(ask: Callable[[SqlLists], Awaitable[T]], *, sale: str | None = None, account: str | None = None) -> T:
    """Ask for a list, no server is needed; where it is empty, whether there is such a sale or account at all."""

    async def whole() -> T:
        async with bootstrap.engine(new=False) as parts:
            if not (found := await ask(parts.lists)):
                await parts.lists.look_for(sale=sale, account=account)
            return found

    return run(whole())


def names() -> Terms:
    """What people are called, by id."""

    async def whole() -> dict[str, tuple[str, str]]:
        async with bootstrap.engine(new=False) as parts:
            return {person.id: (person.name, person.name) for person in await parts.directory.people()}

    return run(whole())
