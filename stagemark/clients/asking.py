"""What the client's parts for neighbours stand on: asking any of them, and making requests of what was given."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from stagemark.client import Said
from stagemark.contracts.neighbours import NeighbourReceipt, NeighbourView
from stagemark.domain.entries import Request, Stream
from stagemark.errors import InvalidInput, Problem, problems_of

__all__ = ["Asking", "request_of", "valid"]


class Asking(Protocol):
    """Asks any neighbour; `clients.neighbours.Neighbours` does."""

    async def ask(self, stream: Stream, request: Request[Any]) -> NeighbourReceipt:
        """Ask; everything of the request is recorded, or nothing."""

    async def why_not_ask(self, stream: Stream, request: Request[Any]) -> list[Problem]:
        """Everything that would be refused now."""

    async def standing(self, stream: Stream) -> NeighbourView:
        """How a neighbour stands."""


def request_of(model: type[Any], commands: Sequence[Any], said: Said) -> Any:
    """A request with these commands; without a key it gets a new one.

    Raises:
        InvalidInput: Everything that has the wrong form.
    """
    return valid(model, commands=tuple(commands), **{"key": str(uuid.uuid4()), **said})


def valid(model: type[Any], **fields: Any) -> Any:
    """Make a model of what was given; what was left out stays unset, so that payloads are small.

    Raises:
        InvalidInput: Everything that has the wrong form.
    """
    try:
        return model(**{name: value for name, value in fields.items() if value is not None})
    except ValidationError as error:
        raise InvalidInput(*problems_of(error)) from error
