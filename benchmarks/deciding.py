"""(d) Decide and fold a second, with the machines shared; beside it plain transitions, whose models carry machines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from transitions import Machine

from benchmarks.figures import Figure
from benchmarks.sale import MARKS
from stagemark.domain.commands import Envelope, Open
from stagemark.domain.events import Event
from stagemark.domain.opportunity import Accepted, decide, fold
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.playbooks.load import shipped_playbook

__all__ = ["decided", "measure"]

_OPENED = datetime(2026, 3, 2, 2, tzinfo=UTC)


async def measure(folder: Path, quick: bool) -> list[Figure]:
    """Measure in turn: a sale of twelve markers decided, folded, and stepped through by plain transitions."""
    playbook = shipped_playbook("key-account-six").compiled()
    envelopes = _envelopes(playbook)
    events = decided(playbook, envelopes)
    machines = _machines(playbook)
    rounds, sales = (2, 5) if quick else (15, 40)
    decides, folds, plains = [], [], []
    for _ in range(rounds):
        decides.append(_rate(sales, len(envelopes), lambda: decided(playbook, envelopes)))
        folds.append(_rate(sales, len(events), lambda: fold("S-1", events, playbook)))
        plains.append(_rate(sales, len(MARKS), lambda: _plain(machines)))
    return [
        Figure.compared("decide, peer: plain transitions, a model for each sale", "markers/s", decides, plains),
        Figure.compared("fold, peer: likewise", "events/s", folds, plains),
    ]


def decided(playbook: Playbook, envelopes: list[Envelope]) -> list[Event]:
    """The events of a whole sale: each command decided on the state that those before it left."""
    state = OpportunityState("S-1", playbook)
    for number, envelope in enumerate(envelopes):
        decision = decide(state, envelope, _OPENED + timedelta(days=number))
        if not isinstance(decision, Accepted):
            raise AssertionError(decision)
        state = decision.state
    return state.events


def _rate(sales: int, each: int, work: Callable[[], object]) -> float:
    began = perf_counter()
    for _ in range(sales):
        work()
    return sales * each / (perf_counter() - began)


def _envelopes(playbook: Playbook) -> list[Envelope]:
    """The opening and the markers, as they come off the wire: nothing computed of them yet."""
    opening = Open(playbook=playbook.ref(), account="A-1", owner="wang")
    marks = [mark.command() for mark in MARKS]
    return [Envelope(key=f"k{n}", actor="wang", commands=(fact,)) for n, fact in enumerate((opening, *marks))]


class _Sale:
    """What plain transitions decorates: every sale gets the triggers of every machine as methods of its own."""


def _machines(playbook: Playbook) -> list[Machine]:
    return [
        Machine(
            model=None,
            states=["waiting", "begun", "ended", "skipped"],
            initial="waiting",
            transitions=[
                {"trigger": f"begin_{stage}", "source": "waiting", "dest": "begun"},
                {"trigger": f"end_{stage}", "source": "begun", "dest": "ended"},
                {"trigger": f"skip_{stage}", "source": "waiting", "dest": "skipped"},
                {"trigger": f"fall_back_{stage}", "source": ["begun", "ended", "skipped"], "dest": "waiting"},
            ],
            model_attribute=f"in_{stage}",
            auto_transitions=False,
        )
        for stage in playbook.stage_ids
    ]


def _plain(machines: list[Machine]) -> None:
    """The markers of a sale, as the library's own examples have it: a model added to each machine, no evidence."""
    sale = _Sale()
    for machine in machines:
        machine.add_model(sale)
    for stage, edge, _ in MARKS:
        getattr(sale, f"{'begin' if edge == 'start' else 'end'}_{stage}")()
    for machine in machines:
        machine.remove_model(sale)
