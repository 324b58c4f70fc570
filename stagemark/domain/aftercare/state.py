"""An aftercare as it stands."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from stagemark.domain.aftercare.commands import AnswerPrompt, GiveName, Item, Rate, Sign
from stagemark.domain.aftercare.policy import REFERRAL_STEPS, ReferralStep
from stagemark.domain.catalogue import Bought, Suggestion
from stagemark.domain.commands import Model
from stagemark.domain.entries import Day
from stagemark.domain.money import Amount
from stagemark.domain.neighbour import NeighbourState
from stagemark.domain.told import Heard, Held, PaidUp, ProductSaid, Scored, Signed

__all__ = ["AftercareState", "Contact", "Named", "Order", "Prompt", "Referral", "Score", "Since", "Wanted"]


class Since(Model):
    """Since which day something is so, and when that was recorded."""

    on: Day
    told: AwareDatetime


class Contact(Model):
    """A planned contact and what became of it; `entry` is that of its task, by which it is answered."""

    item: Item
    status: Literal["planned", "open", "missed", "done", "cancelled", "overtaken"] = "planned"
    entry: int | None = None
    outcome: str = ""
    by: str = ""
    on: Day | None = None

    @property
    def stands(self) -> bool:
        """Whether it is still to be made; one that was missed is."""
        return self.status in ("planned", "open", "missed")


class Score(Model):
    """A customer's satisfaction, as it was recorded, and when that was."""

    rate: Rate
    on: Day
    by: str
    told: AwareDatetime | None = None


class Order(Model):
    """One order of the customer."""

    opportunity: str
    on: Day
    amount: Amount
    product: str | None = None


class Prompt(Model):
    """A prompt that was made, and its last answer; `until`: not again before that day."""

    suggestion: Suggestion
    made: Day
    by: str
    status: Literal["open", "accepted", "declined", "later"] = "open"
    answer: AnswerPrompt | None = None
    answered: Day | None = None
    until: Day | None = None


class Wanted(Model):
    """A prompt that the engine wants to make.

    Attributes:
        prompt: Its name, by which accounts are asked.
        suggestion: What to say.
        cool_until: No other prompt of the accounts before this day.
        asks: The accounts that are asked, by id: so two aftercares that ask the same ones don't block each other.
        granted: How many of them have said that it may be made.
    """

    prompt: str
    suggestion: Suggestion
    cool_until: Day
    asks: tuple[str, ...]
    granted: int = 0


class Referral(Model):
    """How far asking for a referral has come.

    Attributes:
        round: How often it was begun.
        step: The next step.
        since: When the step before was taken; none before the first.
        rests_until: Not before this day; a new round then.
        taken: What came of each step of this round.
    """

    round: int = 1
    step: ReferralStep = REFERRAL_STEPS[0]
    since: Day | None = None
    rests_until: Day | None = None
    taken: dict[ReferralStep, str] = Field(default_factory=dict)


class Named(Model):
    """A prospect whom the customer named."""

    given: GiveName
    on: Day


class AftercareState(NeighbourState):
    """An aftercare as it stands; its id is the sale's.

    Attributes:
        signed: What was signed; none until it is known.
        over: Whether the signing was taken back.
        anchors: From what plans count: the signing, milestones, payment, completion.
        paid: What is paid.
        held: What holds prompts and referral requests.
        contacts: Everything planned, by id.
        plans: On what each plan rests.
        scores: Satisfaction, as it was told.
        orders: The customer's orders, by number.
        newest: The newer sale of the customer that leads their rhythm, if there is one.
        catalogue: The digest of the catalogue that made the suggestions.
        suggestions: What can be suggested.
        prompts: Prompts, by id.
        wanted: The prompt that the engine wants to make, while accounts are asked.
        rests: Accounts that have said no: not before which day they are asked again.
        cool_until: Our own last prompt: no other before this day.
        referral: Asking for referrals.
        names: Prospects that were named, by account.
        referrers: The signs of contacts.
    """

    signed: Signed | None = None
    over: bool = False
    anchors: dict[str, Since] = Field(default_factory=dict)
    paid: PaidUp | None = None
    held: Held = Held()
    contacts: dict[str, Contact] = Field(default_factory=dict)
    plans: dict[str, str] = Field(default_factory=dict)
    scores: tuple[Score, ...] = ()
    orders: dict[str, Order] = Field(default_factory=dict)
    newest: str = ""
    catalogue: str = ""
    suggestions: tuple[Suggestion, ...] = ()
    prompts: dict[str, Prompt] = Field(default_factory=dict)
    wanted: Wanted | None = None
    rests: dict[str, Day] = Field(default_factory=dict)
    cool_until: Day | None = None
    referral: Referral = Referral()
    names: dict[str, Named] = Field(default_factory=dict)
    referrers: dict[str, tuple[Sign, ...]] = Field(default_factory=dict)

    @property
    def account(self) -> str:
        """Whose sale it is; empty while nothing is signed."""
        return self.signed.account if self.signed and not self.over else ""

    @property
    def last_score(self) -> Score | None:
        """The last score at this sale: of the latest day, and of those the last that was told."""
        return max(reversed(self.scores), key=lambda score: score.on, default=None)

    @property
    def said(self) -> Heard:
        """What the customer has said at this sale."""
        last = self.last_score
        return Heard(
            score=Scored(score=last.rate.score, satisfied=last.rate.satisfied, on=last.on, told=last.told)
            if last
            else None,
            referrals_from=self.referral.rests_until,
            products=tuple(
                ProductSaid(product=one.suggestion.product, account=one.suggestion.account, until=one.until)
                for one in self.prompts.values()
                if one.status != "open"
            ),
        )

    @property
    def customer(self) -> Heard:
        """What the customer has said, at this sale and at the others."""
        return Heard.of((self.said, self.held.heard))

    @property
    def satisfied(self) -> bool:
        """Whether the customer's last score was enough."""
        score = self.customer.score
        return score is not None and score.satisfied

    @property
    def shares(self) -> bool:
        """Whether the customer has other sales, which go by what they say at this one."""
        return any(order.opportunity != self.id for order in self.orders.values())

    @property
    def grows(self) -> bool:
        """Whether prompts and referral requests stand: completed, satisfied, nothing held (domain.md §5)."""
        return not self.over and "completion" in self.anchors and self.satisfied and not self.held.complaints

    @property
    def open_prompt(self) -> str | None:
        """The prompt that waits for its answer."""
        return next((id_ for id_, prompt in self.prompts.items() if prompt.status == "open"), None)

    def asks_for(self, suggestion: Suggestion) -> tuple[str, ...]:
        """The accounts that a prompt is for: the customer's own, and a sister company's."""
        own = self.signed.account if self.signed else ""
        return tuple(sorted({own, suggestion.account or own}))

    @property
    def bought(self) -> tuple[Bought, ...]:
        """The products that were bought, by the contract and by later orders."""
        delivered = self.signed.contract.deliverables if self.signed else ()
        by_contract = [Bought(one.product, one.quantity) for one in delivered if one.product]
        return (*by_contract, *(Bought(order.product) for order in self.orders.values() if order.product))
