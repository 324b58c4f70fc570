"""What is asked of an account, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from stagemark.domain.account.policy import Grade, Level
from stagemark.domain.commands import Model, Override, PersonId
from stagemark.domain.entries import AnswerTask, Day, Entry, Request, TaskDue, TaskMissed
from stagemark.domain.money import Amount
from stagemark.domain.told import (
    ComplaintClosed,
    ComplaintOpened,
    CustomerSaid,
    MoneyUnplaced,
    Owed,
    PromptDropped,
    PromptMade,
    PromptWanted,
    ReferralDropped,
    Signed,
    Unsigned,
)
from stagemark.domain.words import Line, Name, Reason

__all__ = [
    "AccountEntry",
    "AccountRequest",
    "AskPrompt",
    "Assign",
    "BankReported",
    "BankReversed",
    "Blacklist",
    "Clear",
    "Describe",
    "Exempt",
    "Expired",
    "Keep",
    "Lift",
    "Place",
    "Placed",
    "Rate",
    "Recalled",
    "Refer",
    "Refund",
    "Release",
    "Report",
    "SetGrade",
    "SetLimit",
    "Survey",
    "TakeMeasure",
    "Worsened",
]

Money = Annotated[Decimal, Field(gt=0, le=Decimal(10) ** 15, decimal_places=6)]


class Describe(Model):
    """Describe an account, or change its description: what is left out stays.

    Attributes:
        title: Its name, of a company.
        group: To which group of departments and sister companies it belongs; empty: to none.
        level: The customer level.
        owner: Who looks after it.
        channel: How it was found, one of the policy's channels.
        our_share: Our share of what it buys, from 0 to 1.
        registered_capital: Its registered capital, from which a limit is proposed.
    """

    kind: Literal["describe"] = "describe"
    title: Line | None = None
    group: Line | None = None
    level: Level | None = None
    owner: PersonId | None = None
    channel: Name | None = None
    our_share: Decimal | None = Field(default=None, ge=0, le=1)
    registered_capital: Amount | None = None


class SetGrade(Model):
    """Set the credit grade."""

    kind: Literal["set_grade"] = "set_grade"
    grade: Grade
    reason: Reason


class SetLimit(Model):
    """Finance sets the credit limit for sales on instalments; none: there is none, and no credit."""

    kind: Literal["set_limit"] = "set_limit"
    limit: Amount | None = None
    reason: Reason


class Blacklist(Model):
    """Give no more credit."""

    kind: Literal["blacklist"] = "blacklist"
    reason: Reason


class Lift(Model):
    """Take the account off the blacklist."""

    kind: Literal["lift"] = "lift"
    reason: Reason


class Exempt(Model):
    """Exempt the account from legal steps and stop-supply (domain.md §7).

    Attributes:
        until: The last day; none: it is exempt no more.
        approved_by: Who allowed it.
        reason: Why.
    """

    kind: Literal["exempt"] = "exempt"
    until: Day | None = None
    approved_by: PersonId
    reason: Reason


class Rate(Model):
    """An exchange rate as evidence: one unit of `currency` was worth `value` of `into` on a day.

    Attributes:
        currency: ISO 4217 code.
        into: ISO 4217 code.
        value: The rate.
        on: Of which day.
        source: Whose rate it is.
    """

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    into: str = Field(pattern=r"^[A-Z]{3}$")
    value: Decimal = Field(gt=0, le=Decimal(10) ** 9)
    on: Day
    source: Line = ""


class Clear(Model):
    """Ask for a credit clearance before a signing: a reservation of the limit, for a time.

    Attributes:
        clearance: Its id.
        opportunity: The sale.
        amount: What will be paid later than at the signing.
        rates: Where it, or what is owed already, is in another currency than the limit.
        override: Finance takes it on itself, with a name and a reason.
        until: The last day for the signing; the account says.
    """

    kind: Literal["clear"] = "clear"
    clearance: Name
    opportunity: Name
    amount: Amount
    rates: tuple[Rate, ...] = Field(default=(), max_length=20)
    override: Override | None = None
    until: Day | None = None


class Release(Model):
    """Give a clearance back."""

    kind: Literal["release"] = "release"
    clearance: Name
    reason: Reason


class Report(Model):
    """A document, as its address and hash."""

    uri: Line = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Survey(Model):
    """A credit survey was made.

    Attributes:
        text: What it found: through banks, agencies, the trade and our own records; owner and business apart.
        report: The report, if it is a document.
        grade: The credit grade that follows from it, if another.
    """

    kind: Literal["survey"] = "survey"
    text: Reason
    report: Report | None = None
    grade: Grade | None = None


class Worsened(Model):
    """The account's credit has suddenly worsened: what was seen."""

    kind: Literal["worsened"] = "worsened"
    text: Reason


class TakeMeasure(Model):
    """Which of the policy's measures were taken, and how."""

    kind: Literal["take_measure"] = "take_measure"
    measures: tuple[Name, ...] = Field(min_length=1, max_length=20)
    text: Reason


class Place(Model):
    """So much of a payment for a sale.

    Attributes:
        opportunity: Which sale.
        amount: How much.
        instalments: For which instalments, in this order; none: the oldest first.
        payment: Of which payment, where it is one that is kept beside the one that is named.
        entered: It is there that a person has entered it by hand.
    """

    opportunity: Name
    amount: Money
    instalments: tuple[Name, ...] = ()
    payment: Name | None = None
    entered: bool = False


class BankReported(Model):
    """A bank reports money that came in. Never refused.

    Attributes:
        payment: The bank's id of it.
        amount: How much.
        on: The day on which it was received.
        reference: What the payer wrote.
        payer: Who paid, as the bank says.
        places: Where it was placed at once; the account says.
    """

    kind: Literal["bank_reported"] = "bank_reported"
    payment: Name
    amount: Amount
    on: Day
    reference: Line = ""
    payer: Line = ""
    places: tuple[Place, ...] = ()


class BankReversed(Model):
    """The bank took a payment back, all that came under its id and had not been paid back already. Never refused.

    Attributes:
        payment: The bank's id of it.
        on: The day.
        text: What the bank says.
        places: From which sales it was taken; the account says.
    """

    kind: Literal["bank_reversed"] = "bank_reversed"
    payment: Name
    on: Day
    text: Line = ""
    places: tuple[Place, ...] = ()


class Assign(Model):
    """Place money that waits.

    Attributes:
        payment: Which payment.
        opportunity: For which sale.
        amount: How much; none: all that waits, up to what is owed.
        instalments: For which instalments, in this order; none: the oldest first.
        entered: It is money that somebody entered by hand at that sale, under the same id; it need not be owed.
    """

    kind: Literal["assign"] = "assign"
    payment: Name
    opportunity: Name
    amount: Money | None = None
    instalments: tuple[Name, ...] = ()
    entered: bool = False


class Refund(Model):
    """Money that waits was paid back; no amount: all of it."""

    kind: Literal["refund"] = "refund"
    payment: Name
    amount: Money | None = None
    reason: Reason


class Keep(Model):
    """Money that waits is kept for later, as the customer's credit balance; it can still be assigned or refunded."""

    kind: Literal["keep"] = "keep"
    payment: Name
    reason: Reason


class AskPrompt(Model):
    """Ask whether somebody may be reminded of a cross-sell or up-sell: if so, the account cools down from then on.

    Attributes:
        opportunity: The sale whose aftercare makes the prompt.
        prompt: A name for it there, by which it can be dropped.
        cool_until: No other prompt of the account before this day; filled in by the policy.
    """

    kind: Literal["ask_prompt"] = "ask_prompt"
    opportunity: Name
    prompt: Name
    cool_until: Day | None = None


class Refer(Model):
    """Another customer names this one, whom we don't know: the first sale that is opened for it begins the account.

    Attributes:
        opportunity: The sale that will be opened.
        by: The sale whose customer names it.
    """

    kind: Literal["refer"] = "refer"
    opportunity: Name
    by: Name


class Expired(Model):
    """The engine: a clearance was not used in time."""

    kind: Literal["expired"] = "expired"
    clearance: Name


class Placed(Model):
    """The engine: money that waited is placed: what it names was signed since, or a person has entered it there."""

    kind: Literal["placed"] = "placed"
    payment: Name
    places: tuple[Place, ...]


class Recalled(Model):
    """The engine: money that is placed goes back from these sales, for a person has entered it at another one."""

    kind: Literal["recalled"] = "recalled"
    payment: Name
    places: tuple[Place, ...]


_Asked = (
    Describe | SetGrade | SetLimit | Blacklist | Lift | Exempt | Clear | Release | Survey | Worsened | TakeMeasure
    | BankReported | BankReversed | Assign | Refund | Keep | AnswerTask | AskPrompt | Refer
    | Signed | Unsigned | Owed | MoneyUnplaced | ComplaintOpened | ComplaintClosed | PromptMade
    | PromptWanted | PromptDropped | ReferralDropped | CustomerSaid
)  # fmt: skip

AccountCommand = Annotated[_Asked, Field(discriminator="kind")]
AccountFact = Annotated[_Asked | Expired | Placed | Recalled | TaskDue | TaskMissed, Field(discriminator="kind")]


class AccountRequest(Request[AccountCommand]):
    """What is asked of an account, or told to it."""


class AccountEntry(Entry[AccountFact]):
    """What happened to an account."""
