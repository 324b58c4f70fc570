"""How commands are said to sales: what a caller gives, made into an envelope that can be sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Required, TypedDict, get_args

from pydantic import JsonValue, ValidationError

from stagemark.domain import commands as c
from stagemark.domain.commands import Command, Envelope, Given
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.domain.vouching import OURS
from stagemark.domain.words import opportunity_problem
from stagemark.errors import InvalidInput, Problem, problems_of
from stagemark.texts.language import Language

__all__ = [
    "Evidence",
    "NewSale",
    "Said",
    "When",
    "check_id",
    "check_sendable",
    "check_source",
    "envelope_of",
    "given_of",
    "valid",
]

When = str | Moment | datetime | date
"""When something happened: an instant, a date, or `unknown`."""
Evidence = Mapping[str, JsonValue] | Sequence[Given]
"""Evidence as values by id, or piece by piece where it is about a person or overridden."""

MOST_SENT = 256_000
"""How many bytes of JSON an envelope may have; a Temporal payload has two million at most."""


class Said(TypedDict, total=False):
    """How a command is said: the parts of its envelope.

    Attributes:
        actor: Who records it, an opaque id.
        key: Idempotency key; by default a new one, so that a repeat is a second command.
        observed_at: When it happened; by default now.
        expected_sequence: How many events the caller has seen; if there are more, it is refused.
        language: In which language to say no.
        source: By which way it came; not `engine` or `import`, which no caller is.
    """

    actor: Required[str]
    key: str
    observed_at: When
    expected_sequence: int
    language: Language
    source: c.Source


class NewSale(Said, total=False):
    """What a sale is opened with, and how that is said; the fields of `Open` mean what they mean there.

    Attributes:
        account: The customer's account.
        owner: Whose sale it is.
        title: What is sold.
        segment: By which reports can group it.
        value: What it may bring.
        collaborators: Who works on it too.
        deputy: Who stands in for the owner.
        calendar: The working calendar, `cn` if left out.
        origin: The sale that it came from.
        also: What is known already, recorded in the same step.
    """

    account: Required[str]
    owner: Required[str]
    title: str
    segment: str | None
    value: Amount | None
    collaborators: Sequence[str]
    deputy: str | None
    calendar: str
    origin: c.Origin | None
    also: Sequence[Command]


def check_id(opportunity: str) -> None:
    """Refuse what can't be the id of a sale (`opportunity_id_unfit`)."""
    if problem := opportunity_problem(opportunity):
        raise InvalidInput.of(problem)


def check_source(source: c.Source) -> None:
    """Refuse a caller who says that the engine or an import did it, of which nothing is asked (`source_ours`).

    Neither comes this way: runs send theirs to one another, and an import writes the ledger.
    """
    if source in OURS:
        callers = [name for name in get_args(c.Source) if name not in OURS]
        raise InvalidInput.of("source_ours", "source", source=source, known=callers)


def check_sendable(opportunity: str, envelope: Envelope) -> None:
    """What no run could take is refused here: it would stand in the way of everybody else's commands.

    Raises:
        InvalidInput: `opportunity_id_unfit`, `source_ours`, `envelope_too_large`.
    """
    check_id(opportunity)
    check_source(envelope.source)
    size = len(envelope.model_dump_json(exclude_unset=True))
    if size > MOST_SENT:
        raise InvalidInput.of("envelope_too_large", size=size, most=MOST_SENT)


def valid(model: type[Any], **fields: Any) -> Any:
    """Make a command of what was given; what was left out stays unset, so that payloads are small."""
    try:
        return model(**{name: value for name, value in fields.items() if value is not None or name == "on"})
    except ValidationError as error:
        raise InvalidInput(*problems_of(error)) from error


def envelope_of(commands: Sequence[Command], said: Said) -> Envelope:
    """An envelope of these commands; without a key it gets a new one."""
    envelope: Envelope = valid(Envelope, commands=tuple(commands), **{"key": str(uuid.uuid4()), **said})
    return envelope


def given_of(evidence: Evidence) -> tuple[Given, ...]:
    """Evidence piece by piece.

    Raises:
        InvalidInput: Every value that can't be one, by the name of its evidence.
    """
    if not isinstance(evidence, Mapping):
        return tuple(evidence)
    given: list[Given] = []
    wrong: list[Problem] = []
    for name, value in evidence.items():
        try:
            given.append(valid(Given, evidence=name, value=value))
        except InvalidInput as error:
            of_value = {"where": str(name)}
            wrong += [one.model_copy(update=of_value) if one.where == "value" else one for one in error.problems]
    if wrong:
        raise InvalidInput(*wrong)
    return tuple(given)
