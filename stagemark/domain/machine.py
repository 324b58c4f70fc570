"""A playbook as state machines: one for each stage, one for the sale's own life (design.md §5).

The only importer of `transitions`. The machines are built once for each playbook hash and shared; nothing is ever
registered as their model: a plain holder goes in with the status and comes out with the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from transitions import Machine, MachineError

from stagemark.domain.playbook import Playbook, Stage

__all__ = ["LIFE_STATES", "STAGE_STATES", "Machines", "machines_of", "turn"]

logging.getLogger("transitions").setLevel(logging.WARNING)  # a replay would repeat every transition in the log

STAGE_STATES: Final = ("waiting", "begun", "ended", "skipped")
LIFE_STATES: Final = ("unopened", "open", "nurture", "suspended", "lost", "collected", "closed")


class Holder:
    """Carries a status through one turn of a machine, and asks the guard."""

    __slots__ = ("_admit", "state")

    def __init__(self, state: str, admit: Callable[[], bool]) -> None:
        self.state = state
        self._admit = admit

    def admitted(self) -> bool:
        """The guard of every transition that a marker asks for."""
        return self._admit()


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


def turn(machine: Machine, status: str, trigger: str, admit: Callable[[], bool] = lambda: True) -> str | None:
    """Let a machine take one turn.

    Args:
        machine: The machine of a stage or of the sale's life.
        status: Where it stands.
        trigger: What happens.
        admit: The guard; asked only for turns that have one.

    Returns:
        Where it stands then; none if the turn is not possible from there, or the guard says no.
    """
    holder = Holder(status, admit)
    try:
        moved = machine.events[trigger].trigger(holder)
    except (MachineError, KeyError):  # no such turn from there; no such turn in this playbook
        return None
    return holder.state if moved else None


def _stage_machine(stage: Stage) -> Machine:
    moves: list[dict[str, object]] = [
        {"trigger": "begin", "source": "waiting", "dest": "begun", "conditions": "admitted"},
        {"trigger": "end", "source": "begun", "dest": "ended", "conditions": "admitted"},
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
