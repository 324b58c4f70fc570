"""Plays what comes after the contract: a dozen stories (`stories.py`) through the real clients, by their own days."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from stagemark.contracts.neighbours import NeighbourReceipt
from stagemark.demo.acts import ACTS, Scene, until
from stagemark.demo.desk import Desk
from stagemark.demo.evidence import Facts
from stagemark.demo.people import TERRITORIES, Territory
from stagemark.demo.plan import Plan, Step
from stagemark.demo.play import Progress, begun_on
from stagemark.demo.stories import CUSTOMERS, FINANCE, STORIES, Story
from stagemark.domain.account.commands import Describe, SetGrade, SetLimit, Survey
from stagemark.domain.collection.commands import EnterPayment, Reach, SetDebtor
from stagemark.domain.commands import Given, Mark
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.errors import NotFound, Refused
from stagemark.playbooks.load import shipped_playbook

__all__ = ["play_after"]

_AT_ONCE: Final = 6
_TO_THE_SIGNING: Final = ("analysis", "trust", "needs", "value", "commitment")
_WEEK: Final = timedelta(weeks=1)
_NEXT: Final = "next-visit"
"""The follow-up with which every story ends: where the last one has it, all is played."""


async def play_after(desk: Desk, today: date, progress: Progress) -> None:
    """Play the stories. A second play changes nothing, and one that was cut short goes on, also on a later day.

    Args:
        desk: The clients. Theirs and the worker's catalogue has to be the demo's, or there is nothing to suggest.
        today: The day from which the days are counted, where the demo's year has not been played: else its own.
        progress: Told after each story.

    Raises:
        StagemarkError: The engine can't be had.
        TimeoutError: Neighbours don't tell each other, for a minute.
    """
    total, done = len(STORIES), 0
    with suppress(NotFound):  # its sale is not opened yet
        if _NEXT in (await desk.aftercare.state(STORIES[-1].id)).contacts:
            progress(total, total)
            return
    today = await begun_on(desk.sales) or today
    gate = asyncio.Semaphore(_AT_ONCE)

    async def play(story: Story) -> None:
        nonlocal done
        async with gate:
            with suppress(
                Refused, NotFound
            ):  # by a policy of one's own, or without the demo's catalogue: it ends there
                await _play(_scene(story, desk, today))
        done += 1
        progress(done, total)

    progress(0, total)
    async with asyncio.TaskGroup() as plays:
        for story in STORIES[:-1]:
            plays.create_task(play(story))
    await play(STORIES[-1])  # when it is there, all are


def _scene(story: Story, desk: Desk, today: date) -> Scene:
    territory = _territory(story)
    return Scene(story, desk, today, territory.owner, territory.language, f"contact-{story.id}")


def _territory(story: Story) -> Territory:
    owner = CUSTOMERS[story.account].owner
    return next(territory for territory in TERRITORIES if territory.owner == owner)


async def _play(on: Scene) -> None:
    await _know(on)
    way = _way(on.story, on.today)
    await _open(on, way)
    if "refused" not in on.story.acts:
        await _sign(on, way)
        await _fulfil(on)
    for act in on.story.acts:
        await ACTS[act](on)
    if "refused" not in on.story.acts:
        text = on.say("例行拜访", "A visit in turn")
        care = on.desk.aftercare
        await on.soon(care.plan(on.id, _NEXT, on.day(15), "visit", text=text, **on.said(_NEXT)))


# -- before the signing


async def _know(on: Scene) -> NeighbourReceipt:
    """The account, and what finance says of its credit."""
    account = CUSTOMERS[on.story.account]
    described: dict[str, Any] = {"group": account.group} if account.group else {}
    commands = (
        Describe(
            level=account.level, owner=account.owner, channel=account.channel,
            registered_capital=on.money(account.limit * 2), **described,
        ),
        SetGrade(grade=account.grade, reason=on.say("按信用调查评定", "By the survey")),
        SetLimit(limit=on.money(account.limit), reason=on.say("注册资本的一半", "Half of the registered capital")),
        Survey(text=on.say("银行、同行和我方往来记录均已查过。", "Asked the bank, the trade and our own records.")),
    )  # fmt: skip
    said = {**on.said("account", days=-60, actor=FINANCE), "key": f"account:{on.story.account}"}
    return await on.desk.accounts.ask(on.story.account, *commands, **said)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a sale comes to its signing."""

    territory: Territory
    facts: Facts
    opened: datetime
    signed: datetime
    steps: tuple[Step, ...]


def _way(story: Story, today: date) -> _Way:
    """Lay out the stages up to the signing, and bring it to the week in which it is said to be."""
    territory = _territory(story)
    zone = ZoneInfo(territory.zone)
    wanted = datetime.combine(today + timedelta(days=story.signed), time(18), zone)
    monday = wanted - timedelta(days=wanted.weekday()) - 30 * _WEEK
    opened = monday.replace(hour=9, minute=30)
    late = wanted - _laid(story, territory, opened)[1].ends["commitment"]
    opened += late // _WEEK * _WEEK  # the days of the week stay, and with them the length of all stages
    facts, plan = _laid(story, territory, opened)
    signed = plan.ends["commitment"]
    plan.entries = [entry for entry in plan.entries if entry.name != "commitment end"]
    return _Way(territory, facts, opened, signed, tuple(plan.steps(territory.owner, signed)))


def _laid(story: Story, territory: Territory, opened: datetime) -> tuple[Facts, Plan]:
    random = Random(f"stagemark {story.id}")
    facts = Facts(
        playbook=shipped_playbook("key-account-six"),
        random=random,
        sale=story.id,
        language=territory.language,
        contact=f"contact-{story.id}",
        value=Amount(amount=story.amount, currency=territory.currency),
        deposit=Decimal(story.deposit),
    )
    plan = Plan(facts, territory.zone, 0.7 * territory.pace)
    plan.run(opened, _TO_THE_SIGNING)
    return facts, plan


async def _open(on: Scene, way: _Way) -> None:
    sales, territory = on.desk.sales, way.territory
    await sales.open(
        on.id, way.facts.playbook, account=on.story.account, owner=on.owner, title=on.story.title,
        segment="manufacturing", value=way.facts.value, calendar=territory.calendar, actor=on.owner, source="demo",
        observed_at=Moment.at(way.opened, territory.zone),
    )  # fmt: skip
    for place, step in enumerate(way.steps):
        await sales.record(on.id, *step.commands, actor=step.actor, source="demo", key=f"{on.id}:{place}")


# -- the signing, and what is delivered and paid


async def _sign(on: Scene, way: _Way) -> None:
    """The account is asked first; its answer goes with the contract."""
    story = on.story
    cleared = await on.desk.accounts.clear(
        story.account, story.id, on.money(story.credit), carry=False, **on.said("clear", actor=FINANCE)
    )
    given = (
        *way.facts.proof("commitment", "end", way.signed.date()),
        Given(evidence="terms", value=_contract(on, way.signed.date())),
        Given(evidence="clearance", value=cleared.model_dump(mode="json")),
    )
    when = Moment.at(way.signed, way.territory.zone)
    await on.desk.sales.record(
        story.id, Mark(stage="commitment", edge="end", evidence=given, observed_at=when),
        Mark(stage="collection", edge="start", observed_at=when), **on.said("sign"),
    )  # fmt: skip

    async def heard() -> bool:
        collection, care = await on.desk.collections.state(story.id), await on.care()
        return collection.signed is not None and care.signed is not None

    await until(heard)


def _contract(on: Scene, signed: date) -> Any:
    story = on.story
    parts: list[dict[str, Any]] = [
        {"id": "deposit", "type": "deposit", "amount": str(story.deposit), "after": "signing"}
    ]
    for part in story.parts:
        due = {"due": str(on.day(part.due))} if part.due is not None else {"after": "acceptance"}
        parts.append({"id": part.id, "amount": str(part.amount), "days": part.after_acceptance, **due})
    goods = [{"id": product, "product": product, "quantity": str(count)} for product, count in story.goods]
    amount = {"amount": str(story.amount), "currency": on.currency}
    planned = {"delivery": str(signed + timedelta(days=30))}
    return {"number": story.id, "amount": amount, "instalments": parts, "deliverables": goods, "milestones": planned}


async def _fulfil(on: Scene) -> None:
    """What has been delivered and paid so far, each told as of its day."""
    story, desk = on.story, on.desk.collections
    amounts = {part.id: part.amount for part in story.parts}
    state = await desk.state(story.id)
    assert state.signed is not None  # waited for
    happened: list[tuple[date, str, Any]] = [
        (state.signed.on, "deposit", _payment(on, "deposit", story.deposit, state.signed.on))
    ]
    for milestone, days in story.reached.items():
        happened.append((on.day(days), milestone, Reach(milestone=milestone, on=on.day(days))))
    for part, days in story.paid.items():
        happened.append((on.day(days), part, _payment(on, part, amounts[part], on.day(days))))
    if story.debtor:
        happened.append((on.day(-5), "debtor", SetDebtor(type=story.debtor)))
    for day, what, command in sorted(happened, key=lambda one: one[0]):
        actor = FINANCE if isinstance(command, EnterPayment) else on.owner
        await desk.ask(story.id, command, **{**on.said(what, actor=actor), "observed_at": day})


def _payment(on: Scene, part: str, amount: int, day: date) -> EnterPayment:
    return EnterPayment(payment=f"{on.id}-{part}", amount=on.money(amount), on=day, instalments=(part,))
