"""Whether the credit clearances that a sale carries are held by its account (design.md §6 rule 8).

A clearance travels as evidence, and evidence is only what somebody says. So before a sale is told of one, or signs with
the one that it holds, the account is asked; where no clearance is involved nobody is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final, Protocol

from pydantic import ValidationError

from stagemark.contracts.views import View
from stagemark.domain import commands as c
from stagemark.domain.commands import Envelope, Given
from stagemark.domain.contract import Cleared, Contract
from stagemark.domain.playbook import Playbook
from stagemark.errors import Problem
from stagemark.ports import Ledger

__all__ = ["Clearances", "Clearing"]

MOST_KNOWN: Final = 10_000
"""Of so many sales it is remembered by which playbook they run, so that an end marker is not looked up each time."""


class Clearances(Protocol):
    """Knows which clearances are held; `clients.neighbours.Neighbours` asks the account's run."""

    async def unheld(self, account: str, opportunity: str, cleared: Cleared) -> list[Problem]:
        """Why an account does not hold that clearance for that sale; empty if it does."""


class Clearing:
    """Looks for clearances in what is said to sales, and asks their accounts."""

    def __init__(self, clearances: Clearances, ledger: Ledger, view: Callable[[str], Awaitable[View]]) -> None:
        """Ask `clearances`; `view` tells how a sale stands, and the ledger has the playbooks."""
        self._clearances, self._ledger, self._view = clearances, ledger, view
        self._books: dict[str, Playbook] = {}
        self._runs_by: dict[str, str] = {}

    async def problems(self, opportunity: str, envelope: Envelope) -> list[Problem]:
        """Everything that is wrong with the clearances that an envelope carries, or by which it signs."""
        first, pieces = envelope.commands[0], list(_pieces(envelope))
        ends = {one.stage for one in envelope.commands if isinstance(one, c.Mark) and one.edge == "end"}
        carries = any(_cleared(piece) for piece in pieces)
        opened = first if isinstance(first, c.Open) else None
        if opened is not None:
            self._remember(opportunity, opened.playbook.hash)
        if not carries and not ends:
            return []
        known = self._runs_by.get(opportunity)
        if known is not None and not carries and not self._signs(await self._book(known), ends):
            return []
        view = await self._view(opportunity) if opened is None else None
        if view is not None:
            self._remember(opportunity, view.playbook.hash)
        book = await self._book(self._runs_by[opportunity])
        if book is None or book.clearance is None:
            return []
        account = view.account if view else opened.account if opened else ""
        own = [piece for piece in pieces if piece.evidence == book.clearance and piece.person is None]
        asked = [cleared for piece in own if (cleared := _cleared(piece))]
        if not own and view is not None and self._signs(book, ends):
            asked = _needed(view, book, pieces)
        return [
            problem
            for cleared in dict.fromkeys(asked)
            for problem in await self._clearances.unheld(account, opportunity, cleared)
        ]

    def forget(self, opportunity: str) -> None:
        """It may run by another playbook from now on."""
        self._runs_by.pop(opportunity, None)

    def _remember(self, opportunity: str, digest: str) -> None:
        self._runs_by.pop(opportunity, None)
        self._runs_by[opportunity] = digest
        if len(self._runs_by) > MOST_KNOWN:
            del self._runs_by[next(iter(self._runs_by))]

    async def _book(self, digest: str) -> Playbook | None:
        if digest not in self._books and (book := await self._ledger.playbook(digest)) is not None:
            self._books[digest] = book
        return self._books.get(digest)

    @staticmethod
    def _signs(book: Playbook | None, ends: set[str]) -> bool:
        return book is not None and book.clearance is not None and book.signing is not None and book.signing[0] in ends


def _pieces(envelope: Envelope) -> Iterator[Given]:
    """All evidence that an envelope gives, also by a correction."""
    for command in envelope.commands:
        if isinstance(command, c.Mark | c.Record):
            yield from command.evidence
        elif isinstance(command, c.Correct) and isinstance(given := command.changes.get("evidence"), list):
            for piece in given:
                try:
                    yield Given.model_validate(piece)
                except ValidationError:
                    continue  # the sale itself says what is wrong with it


def _needed(view: View, book: Playbook, pieces: list[Given]) -> list[Cleared]:
    """The clearance that the sale holds, if the contract that is signed needs any."""
    held: dict[str, Any] = {
        one.evidence: Given(evidence=one.evidence, value=one.value, override=one.override)
        for one in view.evidence
        if one.person is None
    }
    held |= {piece.evidence: piece for piece in pieces if piece.person is None}
    signed, cleared = held.get(book.signing[1] if book.signing else ""), held.get(book.clearance or "")
    found = _cleared(cleared) if cleared else None
    try:
        contract = Contract.model_validate(signed.value) if signed else None
    except ValidationError:
        contract = None
    return [found] if found and contract and contract.on_credit(None) else []


def _cleared(piece: Given) -> Cleared | None:
    """The clearance that a piece of evidence is, if it is one and nobody has taken its absence on themselves."""
    if piece.override is not None or not isinstance(piece.value, dict):
        return None
    try:
        return Cleared.model_validate(piece.value)
    except ValidationError:
        return None
