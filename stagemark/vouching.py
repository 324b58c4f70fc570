"""Sends envelopes; what the sale then wants to have asked is asked, and vouched for (`stagemark.domain.vouching`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeVar

from stagemark.domain.commands import Envelope
from stagemark.domain.vouching import ASKED, vouched
from stagemark.errors import Problem, Refused

__all__ = ["Asked", "answered", "vouching"]

T = TypeVar("T")

_MOST: Final = 3
"""So often it is asked at most: what a sale signs by can be another clearance by the time it was asked for."""


class Asked(Protocol):
    """Who knows what a sale can't; `clients.neighbours.Neighbours` asks the account's run, directory or catalogue."""

    async def wrong(self, opportunity: str, asked: Problem) -> list[Problem]:
        """What is wrong with what a sale wants to have asked; empty if it is right."""


async def vouching(asking: Asked, opportunity: str, envelope: Envelope, send: Callable[[Envelope], Awaitable[T]]) -> T:
    """Send an envelope, and once more with what was asked and found right.

    Raises:
        Refused: With everything that is wrong, here and there.
    """
    for _ in range(_MOST):
        try:
            return await send(envelope)
        except Refused as refused:
            asked = _asked(refused.problems)
            if not asked:
                raise
            if found := await answered(asking, opportunity, refused.problems):
                raise type(refused)(*found) from None
        envelope = envelope.model_copy(update={"vouched": (*envelope.vouched, *map(vouched, asked))})
    return await send(envelope)


async def answered(asking: Asked, opportunity: str, problems: Sequence[Problem]) -> list[Problem]:
    """The same problems, with what was found wrong in the place of what was to be asked."""
    wrong = [problem for one in _asked(problems) for problem in await asking.wrong(opportunity, one)]
    return [problem for problem in problems if problem.code not in ASKED] + wrong


def _asked(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.code in ASKED]
