"""Events as they cross the wire and runs: of any released version."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stagemark.contracts.messages import LedgerBatch
from stagemark.domain import events
from stagemark.domain.commands import Mark
from stagemark.domain.events import Event
from stagemark.domain.moments import Moment

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
EVENT = Event(
    sequence=1, fact=Mark(stage="needs", edge="end"), observed_at=Moment.at(NOW), recorded_at=NOW, actor="wang"
)
BATCH = LedgerBatch(opportunity="S-1", events=(EVENT,))


def test_an_event_crosses_as_it_is() -> None:
    read = LedgerBatch.model_validate_json(BATCH.model_dump_json(exclude_unset=True))
    assert read == BATCH
    assert read.events[0].model_fields_set == EVENT.model_fields_set


def test_an_event_of_an_older_version_is_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(events.UPCASTERS, 0, lambda old: {**old, "actor": f"{old['actor']} of old"})
    old = BATCH.model_dump_json(exclude_unset=True).replace('"v":1', '"v":0')
    (lifted,) = LedgerBatch.model_validate_json(old).events
    assert (lifted.v, lifted.actor) == (1, "wang of old")
