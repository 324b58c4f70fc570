"""About a hundred invented sales over the year before a day: what each salesperson would have recorded of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from stagemark.demo.evidence import Facts
from stagemark.demo.people import PHRASES, TERRITORIES, Phrases, Territory, supervisor_of
from stagemark.demo.plan import Make, Plan, Step
from stagemark.domain import commands as c
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Playbook
from stagemark.playbooks.load import shipped_playbook

__all__ = ["SALES", "SPAN", "Sale", "demo_sale"]

SALES: Final = 100
SPAN: Final = timedelta(days=364)
"""The first sale was opened so long before the day."""

_SEGMENTS: Final = ("manufacturing", "services", "public", "retail")


@dataclass(frozen=True, slots=True)
class Sale:
    """One invented sale.

    Attributes:
        id: Its id.
        playbook: The whole playbook it runs by.
        opening: How it is opened.
        opened: When it was.
        steps: What is recorded after that, in order.
    """

    id: str
    playbook: Playbook
    opening: c.Open
    opened: Moment
    steps: tuple[Step, ...]

    def key(self, place: int) -> str:
        """The idempotency key of a step."""
        return f"{self.id}:{place}"


def demo_sale(number: int, today: date) -> Sale:
    """Sale `number`, from 1 to `SALES`, as far as it has come by `today`; the same every time."""
    random = Random(f"stagemark {number}")
    territory = random.choice(TERRITORIES)
    recipe = _RECIPES[number % len(_RECIPES)]
    playbook = shipped_playbook("key-account-six")
    if recipe is _plain and number % 3 == 0:
        playbook = shipped_playbook(("short-six", "management-process")[number % 2])
    zone = ZoneInfo(territory.zone)
    day = today - SPAN + (number - 1) * (SPAN - timedelta(days=10)) / SALES
    if number > 1:  # the first one's day tells a later play when `today` was
        day -= timedelta(days=max(0, day.isoweekday() - 5))
    opened = datetime.combine(day, time(9, 30), zone)
    facts = Facts(
        playbook=playbook,
        random=random,
        sale=f"demo-{number:03d}",
        language=territory.language,
        contact=f"contact-{number:03d}",
        value=_value(random, territory, small=recipe is _small),
    )
    skips = frozenset({"trust", "needs"} if recipe is _small else ())
    plan = Plan(facts, territory.zone, territory.pace, skips)
    plan.run(opened)
    _sprinkle(plan, number)
    recipe(plan, territory)
    opening = c.Open(
        playbook=playbook.ref(),
        account=random.choice(territory.accounts),
        owner=territory.owner,
        title=random.choice(territory.wares),
        segment=random.choice(_SEGMENTS),
        value=facts.value,
        collaborators=(supervisor_of(territory.owner),) if random.random() < 0.2 else (),
        calendar=territory.calendar,
        zone=territory.zone,
    )
    until = datetime.combine(today, time(), zone)
    steps = tuple(plan.steps(territory.owner, until))
    return Sale(facts.sale, playbook, opening, Moment.at(opened, territory.zone), steps)


def _value(random: Random, territory: Territory, small: bool) -> Amount:
    size = random.uniform(20, 95) if small else random.lognormvariate(5.8, 1.0)  # thousands of CNY
    rate = {"CNY": 1.0, "EUR": 0.13, "GBP": 0.11}[territory.currency]
    return Amount(amount=Decimal(max(1, round(size * rate)) * 1000), currency=territory.currency)


# -- what can happen to a sale


def _plain(plan: Plan, territory: Territory) -> None:
    """Nothing special."""


def _small(plan: Plan, territory: Territory) -> None:
    """A small repeat deal: stages are skipped, as laid out already."""


def _waiting(plan: Plan, territory: Territory) -> None:
    """It waits on somebody in every stage from value on."""
    parties: dict[str, tuple[c.Party, ...]] = {
        "value": ("us", "customer"),
        "commitment": ("legal", "finance", "customer"),
        "collection": ("production", "finance", "customer"),
    }
    for stage, possible in parties.items():
        on = plan.facts.random.choice(possible)
        note = _said(plan).waiting[on]
        plan.add(plan.within(stage, 0.3), partial(c.Wait, on=on, note=note))
        plan.add(plan.within(stage, 0.8), partial(c.Wait, on=None))


def _suspended(plan: Plan, territory: Territory) -> None:
    """The customer's budget is frozen for some weeks."""
    at = plan.within(plan.facts.random.choice(("analysis", "needs", "value")), 0.5)
    weeks = plan.facts.random.randint(4, 10)
    on = plan.hold(at, weeks)
    look_again = (on - timedelta(days=3)).date()
    plan.add(at, partial(c.Suspend, reason=_said(plan).budget_frozen, look_again=look_again))
    plan.add(on - timedelta(minutes=1), partial(c.Resume, reason=_said(plan).budget_released))


def _fallen_back(plan: Plan, territory: Territory) -> None:
    """The needs change while value is presented."""
    at = plan.within("value", 0.6)
    again = ("needs", "value", "commitment", "collection")
    plan.drop(at, again)
    plan.add(at, partial(c.FallBack, stage="needs", reason=_said(plan).needs_changed))
    plan.run(at, again, begun=True)


def _lost(plan: Plan, territory: Territory) -> None:
    """It is lost in some stage."""
    at = plan.within(plan.facts.random.choice(plan.facts.playbook.stage_ids[1:5]), 0.7)
    plan.drop(at)
    reason = plan.facts.random.choice([reason.id for reason in plan.facts.playbook.loss_reasons])
    plan.add(at + timedelta(minutes=1), partial(c.Lose, reason=reason))


def _reopened(plan: Plan, territory: Territory) -> None:
    """It is lost on price, and the customer comes back."""
    at = plan.within("commitment", 0.5)
    on = plan.hold(at, plan.facts.random.randint(3, 6))
    plan.add(at, partial(c.Lose, reason="price", note=_said(plan).too_expensive))
    plan.add(on - timedelta(minutes=1), partial(c.Reopen, reason=_said(plan).called_again))


def _nurtured(plan: Plan, territory: Territory) -> None:
    """No opportunity is found; the account is kept in touch with."""
    at = plan.within("analysis", 0.8)
    plan.drop(at)
    look_again = at.date() + timedelta(weeks=plan.facts.random.randint(12, 30))
    nurture = partial(c.Nurture, reason=_said(plan).no_opportunity, look_again=look_again)
    plan.add(at + timedelta(minutes=1), nurture)


def _came_back(plan: Plan, territory: Territory) -> None:
    """No opportunity at first; it comes some weeks later."""
    at = plan.within("analysis", 0.8)
    on = plan.hold(at, plan.facts.random.randint(6, 12))
    plan.add(at, partial(c.Nurture, reason=_said(plan).no_opportunity, look_again=on.date()))
    plan.add(on - timedelta(minutes=1), partial(c.ComeBack, reason=_said(plan).new_project))


def _handed_over(plan: Plan, territory: Territory) -> None:
    """Another salesperson takes it on."""
    at = plan.within("needs", 0.5)
    others = [t.owner for t in TERRITORIES if t.language == territory.language and t.owner != territory.owner]
    heir = plan.facts.random.choice(others)
    plan.add(at, partial(c.Change, owner=heir, reason=_said(plan).handed_over))
    plan.actors.append((at, heir))


def _corrected(plan: Plan, territory: Territory) -> None:
    """A date is corrected, and a record of another sale taken back."""
    right = Moment.at(plan.within("analysis", 0.8), territory.zone)
    correct = _undated(c.Correct(event=1, observed_at=right, reason=_said(plan).misread))
    plan.add(plan.ends["analysis"] + timedelta(days=2), correct, corrects="analysis end")
    slip = plan.within("value", 0.3)
    plan.add(slip, partial(c.Record, note=_said(plan).notes[0]), name="slip")
    plan.add(slip + timedelta(days=1), _undated(c.Void(event=1, reason=_said(plan).wrong_sale)), corrects="slip")


def _overridden(plan: Plan, territory: Territory) -> None:
    """The supervisor allows that a document is missing."""
    override = c.Override(by=supervisor_of(territory.owner), reason=_said(plan).overridden)
    plan.override_end("needs", override)


def _sprinkle(plan: Plan, number: int) -> None:
    """Here and there a time is known by the day only, or not at all, or told late."""
    stages = plan.facts.playbook.stage_ids
    if number % 4 == 2:
        plan.tell(f"{stages[3]} start", "date")
        plan.tell(f"{stages[4]} end", "date")
    if number % 17 == 5:
        plan.tell(f"{stages[1]} start", "unknown")
    if number % 13 == 6 and "trust" in stages:
        plan.late("trust end", plan.within("value", 0.5))


def _said(plan: Plan) -> Phrases:
    return PHRASES[plan.facts.language]


def _undated(command: c.Command) -> Make:
    """A command that says nothing of when it happened."""

    def make(*, observed_at: Moment) -> c.Command:
        return command

    return make


_RECIPES: Final[tuple[Callable[[Plan, Territory], None], ...]] = (
    _plain, _waiting, _lost, _suspended, _plain, _small, _fallen_back, _lost, _came_back, _plain,
    _handed_over, _waiting, _plain, _corrected, _reopened, _suspended, _nurtured, _overridden, _small, _plain,
)  # fmt: skip
