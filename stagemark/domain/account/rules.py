"""The rules of an account: credit before a signing, exposure after it, and all money that comes in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from stagemark.domain.account import commands as asked
from stagemark.domain.account import growing
from stagemark.domain.account.agenda import agenda, standing
from stagemark.domain.account.entered import claimed
from stagemark.domain.account.happening import happen
from stagemark.domain.account.paying import arrived, fitting, placing, taken
from stagemark.domain.account.refusals import refuse
from stagemark.domain.account.state import AccountState
from stagemark.domain.account.telling import tells
from stagemark.domain.entries import Entry
from stagemark.domain.moments import Moment
from stagemark.domain.neighbour import Addressed, Around, Due, Rules
from stagemark.domain.spans import later
from stagemark.domain.told import PromptWanted, Tell
from stagemark.errors import Problem

__all__ = ["ACCOUNT"]

_FACTS = frozenset(
    {
        "signed", "unsigned", "owed", "money_unplaced", "complaint_opened", "complaint_closed", "prompt_made",
        "bank_reported", "bank_reversed", "prompt_wanted", "prompt_dropped", "referral_dropped",
        "customer_said",
    }
)  # fmt: skip


class AccountRules(Rules[AccountState]):
    """See module. An account begins with what is told of it, or with its description."""

    stream = "account"
    state = AccountState
    request = asked.AccountRequest
    entry = asked.AccountEntry
    openings = _FACTS | {"describe", "ask_prompt", "refer"}
    undeniable = _FACTS
    noted = frozenset({"placed", "recalled"})

    def refuse(self, state: AccountState, command: Any, observed: Moment, around: Around) -> Iterable[Problem]:
        """See base class."""
        return refuse(state, command, around)

    def recorded(self, state: AccountState, command: Any, around: Around) -> Any:
        """See base class: until when a clearance holds, where money goes, and how much is meant by all of it."""
        policy = around.policy.account
        match command:
            case asked.Clear():
                return command.model_copy(update={"until": later(around.today, policy.clearance_lasts)})
            case asked.AskPrompt():
                return growing.asked(command, around)
            case PromptWanted():
                return growing.wanted(state, command)
            case asked.BankReported():
                id_, payment, first = arrived(state, command, state.sequence + 1)
                sure = first and id_ == command.payment and not payment.reversed
                if not sure:
                    return command.model_copy(update={"places": ()})
                by_hand = claimed(state, id_, payment)
                rest = min(command.amount.amount, payment.waiting) - sum(place.amount for place in by_hand)
                money = (rest, command.amount.currency, command.reference)
                places = placing(state, *money, by_amount=policy.place_by_amount and not by_hand)
                return command.model_copy(update={"places": (*by_hand, *places)})
            case asked.BankReversed():
                return command.model_copy(update={"places": taken(state, command.payment)})
            case asked.Assign() if command.amount is None:
                return command.model_copy(update={"amount": fitting(state, command)})
            case asked.Refund() if command.amount is None:
                return command.model_copy(update={"amount": state.payments[command.payment].waiting})
        return command

    def happen(self, state: AccountState, entry: Entry[Any]) -> AccountState:
        """See base class."""
        return happen(state, entry)

    def agenda(self, state: AccountState, around: Around) -> Iterable[Due]:
        """See base class."""
        return agenda(state, around)

    def standing(self, state: AccountState) -> Collection[str]:
        """See base class."""
        return standing(state)

    def addressed(self, state: AccountState) -> Addressed:
        """See base class: its own owner, else the owner of its newest sale."""
        newest = next((sale.owner for sale in reversed(state.sales.values()) if sale.owner), "")
        return Addressed(owner=state.owner or newest, account=state.id, title=state.title)

    def ended(self, state: AccountState) -> bool:
        """Nothing is owed, reserved or asked of anybody; it comes back when it is asked or told."""
        held = any(one.status == "held" for one in state.clearances.values())
        asked_before = standing(state) <= set(state.fired.values())
        return not (state.exposure or held or state.tasks) and asked_before

    def tells(self, before: AccountState, after: AccountState, news: Sequence[Entry[Any]]) -> Iterable[Tell]:
        """See base class."""
        return tells(before, after, news)

    def summary(self, state: AccountState) -> str:
        """See base class."""
        limit = f"{state.used} of {state.limit.amount} {state.limit.currency}" if state.limit else "none"
        owed = ", ".join(f"{amount} {currency}" for currency, amount in sorted(state.exposure.items()))
        waits = sum(not payment.done for payment in state.payments.values())
        lines = [f"- limit used: {limit}", f"- owed: {owed or 'nothing'}", f"- payments that wait: {waits}"]
        if state.blacklisted:
            lines.append("- **blacklisted**")
        return "\n".join(lines)


ACCOUNT = AccountRules()
