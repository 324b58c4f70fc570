"""An opening that comes where the sale is open already: what it says otherwise than the sale's own opening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, JsonValue

from stagemark.domain.commands import Mark, Open, without
from stagemark.domain.events import Event
from stagemark.domain.moments import Moment, apart
from stagemark.errors import Problem

__all__ = ["already_open"]


def already_open(
    opportunity: str, events: Sequence[Event], key: str, commands: Sequence[BaseModel], observed_at: Moment | None
) -> Problem:
    """The problem that a sale is open already, with each field in which the openings differ.

    Args:
        opportunity: The sale's id.
        events: Its events.
        key: The key of the opening that came.
        commands: The commands of that opening.
        observed_at: When its envelope says that it happened.
    """
    stored = [event for event in events if event.key == events[0].key]
    first = commands[0]
    own = first.observed_at if isinstance(first, Open) else None
    pairs = list(_fields(first, stored[0].fact))
    if (when := own or observed_at) is not None and when != stored[0].observed_at:
        pairs.append(("observed_at", *_apart(when, stored[0])))
    if [*map(_plain, commands[1:])] != [_plain(event.fact) for event in stored[1:]]:
        pairs.append(("also", [*map(_named, commands[1:])], [_named(event.fact) for event in stored[1:]]))
    if not pairs and key != stored[0].key:
        pairs.append(("key", key, stored[0].key))
    if not pairs:  # the same, but for a day that one of them leaves out
        pairs.append(("observed_at", *_apart(when, stored[0])))
    differs = [
        {
            "code": "opened_by_other_key" if field == "key" else "opened_otherwise",
            "params": {"field": field, "given": given, "stored": kept},
        }
        for field, given, kept in pairs
    ]
    return Problem(code="already_open", params={"opportunity": opportunity, "differs": differs})


def _apart(when: Moment | None, stored: Event) -> tuple[JsonValue, JsonValue]:
    """Two moments by the sale's clock; nothing for one that was not given."""
    zone = stored.fact.zone if isinstance(stored.fact, Open) else "UTC"
    return apart(when, stored.observed_at, zone) if when else ([], stored.observed_at.local(zone))


def _fields(given: BaseModel, stored: BaseModel) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    said, kept = given.model_dump(mode="json"), stored.model_dump(mode="json")
    for field in Open.model_fields:
        if field not in ("kind", "observed_at") and said.get(field) != kept.get(field):
            yield field, _short(said.get(field)), _short(kept.get(field))


def _short(value: Any) -> JsonValue:
    """A field's value as it is said: nothing as an empty list, an amount or a reference in one line."""
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part is not None)
    return [] if value in (None, "") else value


def _plain(command: BaseModel) -> dict[str, Any]:
    bare = without(command, "observed_at", "compiled")
    return {"kind": getattr(command, "kind", ""), **bare.model_dump(mode="json", exclude_defaults=True)}


def _named(command: BaseModel) -> str:
    return f"{command.stage}.{command.edge}" if isinstance(command, Mark) else str(getattr(command, "kind", ""))
