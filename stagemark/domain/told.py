"""What a sale and its neighbours tell each other: facts, which can't be refused (design.md §3, §6 rule 8).

A fact is delivered once, however often it is sent, and in the order in which one teller tells it. Each class says who
tells it to whom. It is a command of the neighbour that is told, so it stands in that neighbour's ledger.
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Final, Literal, Self

from pydantic import Field, JsonValue

from stagemark.domain.catalogue import Suggestion
from stagemark.domain.commands import Envelope, Model, PersonId
from stagemark.domain.contract import MILESTONES, Contract, MilestoneId
from stagemark.domain.entries import Day, Reckoned, Stream
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Collects, Playbook
from stagemark.domain.told_customer import CustomerSaid, Heard, ProductSaid, Scored
from stagemark.domain.told_money import (
    Debt,
    Entered,
    MoneyPlaced,
    MoneyRecalled,
    MoneyReversed,
    MoneyUnplaced,
    Owed,
)
from stagemark.domain.words import Line, Name

__all__ = [
    "CollectsStage",
    "ComplaintClosed",
    "ComplaintOpened",
    "CustomerSaid",
    "Debt",
    "DisputeOver",
    "Entered",
    "Exempted",
    "HandedOver",
    "Heard",
    "Held",
    "MoneyPlaced",
    "MoneyRecalled",
    "MoneyReversed",
    "MoneyUnplaced",
    "OrderDropped",
    "Ordered",
    "Owed",
    "PaidUp",
    "ProductSaid",
    "PromptAllowed",
    "PromptDropped",
    "PromptMade",
    "PromptWanted",
    "Reached",
    "ReferralDropped",
    "Scored",
    "Signed",
    "Suggested",
    "Tell",
    "Unsigned",
]

ENGINE: Final = "stagemark"
"""The actor of what the engine does by itself."""
_MOST_KEY: Final = 200


class Tell(Model):
    """A fact for a neighbour, or an envelope for a sale; delivered once, however often it is sent.

    Attributes:
        to: The neighbour; none: the sale.
        opportunity: The sale that the envelope is for, or of which the neighbour is told.
        request: The request (`Request` of the neighbour), in its wire form.
        envelope: What the sale is asked, if it is told; a refusal becomes a message to its owner.
        if_complete: Only a collection of which all is collected has to hear of it; for others no signal is spent.
    """

    to: Stream | None = None
    opportunity: str = ""
    request: dict[str, JsonValue] | None = None
    envelope: Envelope | None = None
    if_complete: bool = False

    @classmethod
    def of(cls, to: Stream, key: str, *facts: Model, actor: str = ENGINE, observed_at: Moment | None = None) -> Tell:
        """Tell a neighbour of facts that it can't refuse."""
        told = [fact.model_dump(mode="json", exclude_unset=True) for fact in facts]
        when: dict[str, JsonValue] = {"observed_at": str(observed_at)} if observed_at else {}
        if len(key) > _MOST_KEY:  # of two ids that are as long as ids may be
            key = f"{key[:100]}:{hashlib.sha256(key.encode()).hexdigest()}"
        return cls(to=to, request={"key": key, "commands": told, "actor": actor, "source": "engine", **when})


class CollectsStage(Collects):
    """Which stage of a sale ends with the last payment, and which evidence its end marker takes.

    Attributes:
        stage: The stage.
        milestones: The milestones that its checklist of fulfilment knows.
    """

    stage: Name
    milestones: tuple[MilestoneId, ...] = ()

    @classmethod
    def of(cls, playbook: Playbook) -> Self | None:
        """What the playbook says; none where no stage of it is about collecting."""
        for stage in playbook.stages:
            if (found := stage.collects) is not None:
                listed = playbook.evidence_of[found.fulfilment].option_ids if found.fulfilment else ()
                known = tuple(milestone for milestone in MILESTONES if milestone in listed)
                return cls(**found.model_dump(), stage=stage.id, milestones=known)
        return None


class Signed(Model):
    """The sale, to its account, collection and aftercare: a contract was signed. It begins the last two.

    Attributes:
        opportunity: Which sale.
        account: Whose.
        owner: Who owns the sale.
        deputy: The owner's deputy, if any.
        collaborators: Who else works at it.
        title: The sale's title.
        contract: What was signed.
        on: The day of the signing.
        clearance: The account's credit clearance that it uses, if any; it is confirmed by this.
        collects: The stage that ends with the last payment, where the playbook has one: `CollectsStage.of(playbook)`.
    """

    kind: Literal["signed"] = "signed"
    opportunity: Name
    account: Name
    owner: PersonId
    deputy: PersonId | None = None
    collaborators: tuple[PersonId, ...] = ()
    title: Line = ""
    contract: Contract
    on: Day
    clearance: Name | None = None
    collects: CollectsStage | None = None


class Unsigned(Model):
    """The sale, to the same: the signing was taken back or the sale is lost; what follows from it ends."""

    kind: Literal["unsigned"] = "unsigned"
    opportunity: Name
    clearance: Name | None = None


class HandedOver(Model):
    """The sale, to its collection and aftercare: its people changed."""

    kind: Literal["handed_over"] = "handed_over"
    owner: PersonId
    deputy: PersonId | None = None
    collaborators: tuple[PersonId, ...] = ()


class Exempted(Model):
    """An account, to each of its collections: legal steps and stop-supply are not proposed for now (domain.md §7).

    Attributes:
        until: The last day on which it is exempt; none: it is exempt no more.
        approved_by: Who allowed it.
    """

    kind: Literal["exempted"] = "exempted"
    until: Day | None = None
    approved_by: PersonId


class DisputeOver(Model):
    """A complaint, to a collection: the complaint about a disputed instalment is closed."""

    kind: Literal["dispute_over"] = "dispute_over"
    instalment: Name
    complaint: Name


class ComplaintOpened(Model):
    """A complaint, to its account: it is open; prompts and referral requests of the account hold (domain.md §5)."""

    kind: Literal["complaint_opened"] = "complaint_opened"
    complaint: Name


class ComplaintClosed(Model):
    """A complaint, to its account: it is closed."""

    kind: Literal["complaint_closed"] = "complaint_closed"
    complaint: Name


class Held(Model):
    """An account, to the aftercare of each of its sales: what holds prompts and referral requests now.

    Attributes:
        complaints: The open complaints of the account.
        cool_until: No prompt before this day.
        by: The sale and prompt by which the account cools down until then.
        heard: What the customer has said at the other sales.
    """

    kind: Literal["held"] = "held"
    complaints: tuple[Name, ...] = ()
    cool_until: Day | None = None
    by: str = ""
    heard: Heard = Heard()


class PromptMade(Model):
    """An aftercare, to its account: a prompt was made; the account cools down.

    Attributes:
        opportunity: For which sale.
        on: When.
        cool_until: No other prompt of the account before this day, by the policy of growth.
        prompt: By which name the account was asked for it, if it was.
    """

    kind: Literal["prompt_made"] = "prompt_made"
    opportunity: Name
    on: Day
    cool_until: Day
    prompt: Name | None = None


class PromptWanted(Model):
    """An aftercare, to each account that a prompt is for: may it be made? For one account at a time has it.

    Attributes:
        opportunity: Of which sale.
        prompt: Its name there.
        on: The day on which it would be made.
        cool_until: No other prompt of the account before this day, by the policy of growth.
        granted: Whether it may be made; the account says.
        until: If not: the day until which the account cools down, if that is why; the account says.
    """

    kind: Literal["prompt_wanted"] = "prompt_wanted"
    opportunity: Name
    prompt: Name
    on: Day
    cool_until: Day
    granted: bool = False
    until: Day | None = None


class PromptAllowed(Model):
    """An account, to the aftercare that wants to make a prompt: whether it may.

    Attributes:
        account: The account that says so.
        prompt: The name of the prompt.
        granted: Whether it may be made.
        until: If not: the day until which the account cools down, if that is why; else a complaint is open.
    """

    kind: Literal["prompt_allowed"] = "prompt_allowed"
    account: Name
    prompt: Name
    granted: bool
    until: Day | None = None


class PromptDropped(Model):
    """An aftercare, to an account that it had asked: the prompt is not made, and nothing cools down by it."""

    kind: Literal["prompt_dropped"] = "prompt_dropped"
    opportunity: Name
    prompt: Name


class ReferralDropped(Model):
    """An aftercare, to the account of a prospect: it is not named after all, and no sale is opened for it."""

    kind: Literal["referral_dropped"] = "referral_dropped"
    opportunity: Name


class Ordered(Model):
    """The customer ordered: an account, to the aftercare of its other sales, when one is signed; and an aftercare, to
    that of the newest sale, which leads the customer's rhythm from then on.

    Attributes:
        opportunity: Of which sale; the order by which it was signed is named as the sale is.
        order: The order.
        on: The day.
        amount: Its volume.
    """

    kind: Literal["ordered"] = "ordered"
    opportunity: Name
    order: Name
    on: Day
    amount: Amount


class OrderDropped(Model):
    """An account, to the aftercare of its other sales: a sale is the customer's no more, nor is what was ordered there.

    Attributes:
        opportunity: Which sale: its signing was taken back, it is lost, or it is another account's.
    """

    kind: Literal["order_dropped"] = "order_dropped"
    opportunity: Name


class Suggested(Model):
    """The activity that keeps an aftercare's ledger, to it: what the catalogue suggests for what was bought.

    Attributes:
        catalogue: The digest of the catalogue.
        suggestions: The best first.
    """

    kind: Literal["suggested"] = "suggested"
    catalogue: str
    suggestions: tuple[Suggestion, ...] = Field(default=(), max_length=50)


class Reached(Model):
    """A collection, to the aftercare of the same sale: a milestone was reached (delivery begins follow-ups)."""

    kind: Literal["reached"] = "reached"
    milestone: MilestoneId
    on: Day


class PaidUp(Model):
    """A collection, to the aftercare of the same sale: how much of the contract is paid (domain.md §7).

    Attributes:
        on: The day on which that was recorded.
        share: Paid share of what is not retention money, from 0 to 1.
        overdue: Whether anything is overdue, as the collection has recorded it: in its working hours.
        settled: Whether all is paid, retention money too.
        steps: By the payments' own days, which share was reached when; a day for each percent is enough.
        clear: Since when what had been overdue is overdue no more.
        due: Once anything is paid: the last day on which nothing is overdue if nothing more is paid.
    """

    kind: Literal["paid_up"] = "paid_up"
    on: Day
    share: Decimal = Field(ge=0, le=1)
    overdue: bool
    settled: bool = False
    steps: tuple[tuple[Day, Decimal], ...] = ()
    clear: Day | None = None
    due: Reckoned | None = None

    def overdue_on(self, day: date) -> bool:
        """Whether anything is overdue on a day, which no calendar of working days puts off."""
        return self.overdue or (self.due is not None and day > self.due)
