"""Neighbours to store: one of each kind, with the entries of a short life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stagemark.domain.entries import Entry, Stream
from stagemark.readmodel import books
from stagemark.readmodel.store import Store
from tests.scenarios.aftercare.playing import SALE, completed, satisfied
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play
from tests.scenarios.complaint.playing import ID, opened

_COLLECTION = """
given signed 2026-02-02: 1=50000 due 2026-03-02; 2=150000 due 2026-03-02; 3=7 after acceptance 30
03-16 * pay P1 20000 for 1
03-18 * dispute 2
until 2026-03-25
"""


def lives() -> dict[Stream, Sequence[Entry[Any]]]:
    play = Play(read(_COLLECTION))
    play.run()
    care = completed()
    care.ask(satisfied())
    care.until("2026-06-01")
    complaint = opened().steps("listen", "apologise").until("2026-03-06 10:00")
    return {
        Stream(stream="aftercare", id=SALE): care.entries,
        Stream(stream="collection", id="S-1"): play.entries,
        Stream(stream="complaint", id=ID): complaint.entries,
    }


async def keep(store: Store, kept: Mapping[Stream, Sequence[Entry[Any]]]) -> None:
    for stream, entries in kept.items():
        await store.write(lambda c, s=stream, e=entries: books.write(c, store.namespace, s, e))  # type: ignore[misc]  # mypy does not infer a lambda with a default
