"""A playbook as state machines: one for each stage, one for the sale's own life (design.md §5).

The only importer of `transitions`. The machines are built once for each playbook hash and shared; nothing is ever
registered as their model: a plain holder goes in with the status and comes out with the next one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from transitions import Machine, MachineError

from stagemark.domain.playbook import Playbook, Stage

__all__ = [
    "LIFE_STATES",
    "STAGE_STATES",
    "Composite",
    "Machine",
    "Machines",
    "Turn",
    "drawn",
    "machines_of",
    "turn",
    "turns_of",
]

logging.getLogger("transitions").setLevel(logging.WARNING)  # a replay would repeat every transition in the log

STAGE_STATES: Final = ("waiting", "begun", "ended", "skipped")
LIFE_STATES: Final = ("unopened", "open", "nurture", "suspended", "lost", "collected", "closed")


@dataclass(slots=True)
class Holder:
    """Carries a status through one turn of a machine."""

    state: str


@dataclass(frozen=True, slots=True)
class Machines:
    """The machines of one playbook.

    Attributes:
        stages: A machine for each stage, by id.
        life: The machine of the sale's own life.
    """

    stages: dict[str, Machine]
    life: Machine


_built: dict[str, Machines] = {}  # the one allowed mutable module state (design.md §5): keyed by playbook hash


def machines_of(playbook: Playbook) -> Machines:
    """The machines of a playbook, built on first use."""
    key = playbook.hash or playbook.digest()
    found = _built.get(key)
    if found is None:
        found = Machines({stage.id: _stage_machine(stage) for stage in playbook.stages}, _life_machine(playbook))
        _built[key] = found
    return found


@lru_cache(maxsize=4096)  # a machine's verdict never changes, and transitions takes its time over it
def turn(machine: Machine, status: str, trigger: str) -> str | None:
    """Let a machine take one turn.

    Args:
        machine: The machine of a stage or of the sale's life.
        status: Where it stands.
        trigger: What happens.

    Returns:
        Where it stands then; none if the turn is not possible from there.
    """
    holder = Holder(status)
    try:
        machine.events[trigger].trigger(holder)
    except (MachineError, KeyError):  # no such turn from there; no such turn in this playbook
        return None
    return holder.state


class Turn(NamedTuple):
    """A turn that a machine knows."""

    trigger: str
    source: str
    dest: str


def turns_of(machine: Machine) -> list[Turn]:
    """All turns that a machine knows, in the order in which they were given."""
    return [
        Turn(name, move.source, str(move.dest))
        for name, event in machine.events.items()
        for moves in event.transitions.values()
        for move in moves
    ]


class Composite(NamedTuple):
    """A machine as it is drawn.

    Attributes:
        label: What stands above it.
        states: Its states, each with what is written in it; the first one is where it begins.
        turns: Its turns, each with what is written on it.
    """

    label: str
    states: dict[str, str]
    turns: dict[Turn, str]


def drawn(title: str, machines: Sequence[Composite], links: Sequence[tuple[int, str, int, str, str]]) -> str:
    """Machines side by side as a Mermaid state diagram, written by transitions itself.

    Args:
        title: The title of the whole.
        machines: What is drawn.
        links: Edges between machines: place, state, place, state, and what is written on it.
    """
    # only who draws pays for this import, and no workflow does
    from transitions.extensions.diagrams import HierarchicalGraphMachine
    from transitions.extensions.nesting import NestedState

    class Labelled(NestedState):
        def __init__(self, name: str, label: str = "", **rest: Any) -> None:
            super().__init__(name, **rest)
            self.label = label

    class Drawing(HierarchicalGraphMachine):
        state_cls = Labelled

    def name(place: int, state: str) -> str:
        return f"m{place}{NestedState.separator}{state}"

    states: list[dict[str, object]] = []
    edges: list[dict[str, object]] = []
    for place, (label, inner, turns) in enumerate(machines):
        children = [{"name": state, "label": said} for state, said in inner.items()]
        states.append({"name": f"m{place}", "label": label, "initial": next(iter(inner)), "children": children})
        for (trigger, source, dest), said in turns.items():
            ends = {"source": name(place, source), "dest": name(place, dest)}
            edges.append({"trigger": trigger, "label": said, **ends})
    for place, source, other, dest, said in links:
        ends = {"source": name(place, source), "dest": name(other, dest)}
        edges.append({"trigger": "opens", "label": said, **ends})
    machine = Drawing(
        model=None, states=states, initial=None, transitions=edges, auto_transitions=False, graph_engine="mermaid"
    )
    machine.machine_attributes = {"rankdir": "TB"}  # downwards: six stages side by side fit on no page
    graph = machine.graph_cls(machine).get_graph(title=f"title: {json.dumps(title, ensure_ascii=False)}")
    return str(graph.draw(None))


def _stage_machine(stage: Stage) -> Machine:
    moves: list[dict[str, object]] = [
        {"trigger": "begin", "source": "waiting", "dest": "begun"},
        {"trigger": "end", "source": "begun", "dest": "ended"},
        {"trigger": "fall_back", "source": ["begun", "ended", "skipped"], "dest": "waiting"},
        {"trigger": "leave", "source": "begun", "dest": "waiting"},
        {"trigger": "begin_again", "source": ["waiting", "ended", "skipped"], "dest": "begun"},
    ]
    if stage.skippable:
        moves.append({"trigger": "skip", "source": "waiting", "dest": "skipped"})
    return _machine(stage.id, STAGE_STATES, "waiting", moves)


def _life_machine(playbook: Playbook) -> Machine:
    moves: list[dict[str, object]] = [
        {"trigger": "open", "source": "unopened", "dest": "open"},
        {"trigger": "suspend", "source": "open", "dest": "suspended"},
        {"trigger": "resume", "source": "suspended", "dest": "open"},
        {"trigger": "come_back", "source": "nurture", "dest": "open"},
        {"trigger": "lose", "source": ["open", "suspended", "nurture"], "dest": "lost"},
        {"trigger": "complete", "source": "open", "dest": playbook.completes_as},
        {"trigger": "reopen", "source": ["lost", playbook.completes_as], "dest": "open"},
    ]
    if any(stage.nurturable for stage in playbook.stages):
        moves.append({"trigger": "nurture", "source": "open", "dest": "nurture"})
    return _machine("life", LIFE_STATES, "unopened", moves)


def _machine(name: str, states: tuple[str, ...], initial: str, moves: list[dict[str, object]]) -> Machine:
    return Machine(
        model=None,
        name=name,
        states=list(states),
        initial=initial,
        transitions=moves,
        auto_transitions=False,
        send_event=False,
    )
