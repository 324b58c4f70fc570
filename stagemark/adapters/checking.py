"""What would keep messages from arriving, said before one is sent: roles, people, channels, templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import Formatter
from typing import Any

from sqlalchemy import select

from stagemark.adapters.channels import Channels, Unresolved, split_target
from stagemark.adapters.letters import Letters
from stagemark.domain.playbook import Playbook
from stagemark.domain.policy import Policy
from stagemark.domain.roles import roles_named
from stagemark.errors import Problem
from stagemark.ports import Person
from stagemark.readmodel.schema import playbooks
from stagemark.readmodel.store import Store
from stagemark.texts.tasks import TASKS

__all__ = ["SAMPLE", "check_channels", "check_letters", "check_people", "check_roles", "kept_playbooks", "params_of"]

SAMPLE = {
    "what": "Instalment 2",
    "text": "Instalment 2: 80000 CNY, due 2026-03-05, 31 days overdue.",
    "kind": "collect_finance",
    "opportunity": "S-2026-017",
    "title": "Pumps",
    "account": "Acme",
    "stage": "collection",
    "due": "2026-03-05",
    "high_risk": True,
    "missed": True,
    "unheld": ["finance"],
    "answer": "stagemark answer collection:S-2026-017 7 done",
    "params": {
        "instalment": "2",
        "amount": "80000",
        "currency": "CNY",
        "due": "2026-03-05",
        "days": 31,
        "debtor": "hard",
    },
    "said": {
        "instalment": "2",
        "amount": "80000",
        "currency": "CNY",
        "due": "2026-03-05",
        "days": "31",
        "debtor": "Hard",
    },
}
"""A note with everything, for trying templates."""
_FIRED = {"rung": "boss", "due_at": "2026-03-05T09:00:00+08:00"}
"""What every trigger of a playbook has."""
_FIGURES = ("days", "count", "overdue")
"""Params that are whole numbers; all others are texts, or lists of them."""
_LISTS = ("measures", "owed", "problems")


async def kept_playbooks(store: Store) -> list[Playbook]:
    """The playbooks by which sales run."""
    query = select(playbooks.c.whole).where(playbooks.c.namespace == store.namespace)
    found = await store.read(lambda connection: list(connection.execute(query).scalars()))
    return [Playbook.model_validate_json(whole) for whole in found]


def check_roles(people: Sequence[Person], policy: Policy, kept: Iterable[Playbook]) -> Iterator[Problem]:
    """Roles that are named and that nobody holds, or nobody for some teams; roles held for teams that nobody is in."""
    named: dict[str, set[tuple[str, str, str]]] = {}
    for document, kind in [(policy, "policy"), *((one, "playbook") for one in kept)]:
        for role, places in roles_named(document).items():
            named.setdefault(role, set()).update((kind, document.id, place) for place in places)
    held = {role for person in people for role in person.roles}
    teams = {person.team for person in people if person.team}
    for role, naming in sorted(named.items()):
        covered = {one.partition("@")[2] for one in held if one.startswith(f"{role}@")}
        where_named = [
            {"code": f"named_in_{kind}", "params": {"id": id_, "place": place}} for kind, id_, place in sorted(naming)
        ]
        if role not in held and not covered:
            yield Problem(code="role_unheld", params={"role": role, "where_named": where_named})
        elif role not in held and teams - covered:
            params = {"role": role, "teams": sorted(teams - covered), "where_named": where_named}
            yield Problem(code="role_unheld_for", params=params)
    for role in sorted(held):
        if "@" in role and role.partition("@")[2] not in teams:
            yield Problem(code="role_team_unknown", params={"role": role, "known": sorted(teams)})


def check_people(people: Iterable[Person]) -> Iterator[Problem]:
    """Whom nothing reaches beyond the inbox."""
    for person in people:
        if not person.channels:
            called = {"code": "person_called", "params": {"name": person.name, "id": person.id}}
            yield Problem(code="person_without_channel", params={"person": called})


def check_channels(people: Iterable[Person], channels: Channels) -> Iterator[Problem]:
    """Channels that are listed or used and whose addresses can't be had or read."""
    from stagemark.adapters.carriers import Unreadable, read_address  # it loads Apprise

    used: dict[str, list[tuple[str, str | None]]] = {name: [] for name in channels.listed}
    for person in people:
        for entry in person.channels:
            name, target = split_target(entry)
            used.setdefault(name, []).append((person.id, target))
    for name, entries in sorted(used.items()):
        try:
            address = channels.address(name)
        except Unresolved as unset:
            yield unset.problem
            continue
        for person_, target in entries or [("", None)]:
            try:
                read_address(address, target)
            except Unreadable as wrong:
                yield Problem(code=wrong.code, where=person_, params={"channel": name})
                if wrong.code == "channel_address":
                    break


def check_letters(letters: Letters, kept: Iterable[Playbook] = ()) -> list[Problem]:
    """What is wrong with the company's templates; they may be called by tasks, and by triggers of these playbooks."""
    content = {"person": {"id": "wang", "name": "Wang"}, "language": "en"}
    samples: dict[str, dict[str, Any]] = {
        "urgent": content | {"note": SAMPLE},
        "digest": content | {"notes": [{**SAMPLE, "own": False}] * 2, "day": "2026-03-05"},
    }
    fired = {**SAMPLE, "params": _FIRED, "said": _FIRED}
    known = {
        trigger.id: content | {"note": {**fired, "kind": trigger.id}} for book in kept for trigger in book.triggers
    }
    known |= {task: content | {"note": _sample(task)} for task in TASKS}
    return list(letters.check(samples, known))


def params_of(task: str) -> list[str]:
    """The params that a task always has: those that its shipped text uses."""
    return list(dict.fromkeys(name for text in TASKS[task] for name in _names(text)))


def _names(text: str) -> Iterator[str]:
    """The names in a text, and those behind a colon: an amount's currency."""
    for _, name, spec, _ in Formatter().parse(text):
        if name:
            yield name
            yield from _names(spec or "")


def _sample(task: str) -> dict[str, Any]:
    """A note of a task."""
    params = {name: 31 if name in _FIGURES else ["x"] if name in _LISTS else "x" for name in params_of(task)}
    return {**SAMPLE, "kind": task, "params": params, "said": dict.fromkeys(params, "x")}
