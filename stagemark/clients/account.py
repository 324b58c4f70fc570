"""The client's part for accounts: who they are, their credit, clearances before a signing, and money that comes in."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, Unpack

from stagemark.client import Said, Stagemark
from stagemark.clients.asking import Asking, request_of, valid
from stagemark.contracts.neighbours import NeighbourReceipt
from stagemark.domain.account import commands as c
from stagemark.domain.account.policy import Grade, Level
from stagemark.domain.account.state import AccountState
from stagemark.domain.commands import Given, Override, Record, fingerprint
from stagemark.domain.contract import Cleared, Contract
from stagemark.domain.entries import AnswerTask, Stream
from stagemark.domain.money import Amount
from stagemark.domain.words import fit_line, fit_name
from stagemark.errors import NotFound, Problem, Refused
from stagemark.ports import Ledger

__all__ = ["Accounts"]

_MOST_KEY: Final = 200
_ANY_DAY: Final = date(2999, 12, 31)
_OF_ACCOUNT: Final = (
    "clearance_not_of_account",
    "clearance_other_sale",
    "clearance_released",
    "clearance_differs",
    "clearance_blacklisted",
)
"""What accounts say of a clearance that they don't hold; of one that is not given yet the account is asked itself."""


class Accounts:
    """Accounts, by their id. Raises as `Stagemark` does; safe to repeat with the same key."""

    def __init__(self, asking: Asking, sales: Stagemark, ledger: Ledger) -> None:
        """Ask accounts, and let sales carry their clearances."""
        self._asking, self._sales, self._ledger = asking, sales, ledger

    async def ask(self, account: str, *commands: Any, **said: Unpack[Said]) -> NeighbourReceipt:
        """Record commands of `stagemark.domain.account.commands` in one step, all or none."""
        return await self._asking.ask(_stream(account), request_of(c.AccountRequest, commands, said))

    async def why_not(self, account: str, *commands: Any, **said: Unpack[Said]) -> list[Problem]:
        """Everything that would be refused now, with what would make it lawful; empty if nothing would be."""
        return await self._asking.why_not_ask(_stream(account), request_of(c.AccountRequest, commands, said))

    async def state(self, account: str) -> AccountState:
        """How an account stands.

        Raises:
            NotFound: `account_unknown`.
        """
        view = await self._asking.standing(_stream(account))
        if not view.state.get("sequence"):
            raise NotFound.of("account_unknown", id=account)
        return AccountState.model_validate({**view.state, "id": account})

    # -- what it is

    async def describe(
        self,
        account: str,
        *,
        title: str | None = None,
        group: str | None = None,
        level: Level | None = None,
        owner: str | None = None,
        channel: str | None = None,
        our_share: Decimal | None = None,
        registered_capital: Amount | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """Begin an account, or change what is said of it: what is left out stays. An empty group: of none.

        Raises:
            Refused: `unknown_person`: the owner, to whom its tasks would go; `channel_unknown`; `nothing_to_do`.
        """
        command = valid(
            c.Describe,
            title=title,
            group=group,
            level=level,
            owner=owner,
            channel=channel,
            our_share=our_share,
            registered_capital=registered_capital,
        )
        return await self.ask(account, command, **said)

    async def exempt(
        self, account: str, until: date | None, approved_by: str, reason: str, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """Exempt it from legal steps and stop-supply until a day; no day: it is exempt no more."""
        return await self.ask(account, valid(c.Exempt, until=until, approved_by=approved_by, reason=reason), **said)

    # -- credit

    async def grade(self, account: str, grade: Grade, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Set the credit grade, by which credit is surveyed."""
        return await self.ask(account, valid(c.SetGrade, grade=grade, reason=reason), **said)

    async def limit(self, account: str, limit: Amount | None, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Finance sets the credit limit; none: no credit.

        Raises:
            Refused: `limit_not_theirs`: for who asks, somebody else has to (`account.limit_by` of the policy).
        """
        return await self.ask(account, valid(c.SetLimit, limit=limit, reason=reason), **said)

    async def blacklist(self, account: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Give no more credit; what is held for sales not signed yet is given back."""
        return await self.ask(account, valid(c.Blacklist, reason=reason), **said)

    async def lift(self, account: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Take it off the blacklist."""
        return await self.ask(account, valid(c.Lift, reason=reason), **said)

    async def survey(
        self,
        account: str,
        text: str,
        grade: Grade | None = None,
        report: c.Report | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """A credit survey was made; the next is due after the time of the grade, while anything is owed."""
        return await self.ask(account, valid(c.Survey, text=text, grade=grade, report=report), **said)

    async def worsened(self, account: str, text: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Its credit has suddenly worsened: somebody is asked for a measure, and until then nothing is cleared."""
        return await self.ask(account, valid(c.Worsened, text=text), **said)

    async def measure(self, account: str, measures: Sequence[str], text: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Which of the policy's measures were taken."""
        return await self.ask(account, valid(c.TakeMeasure, measures=tuple(measures), text=text), **said)

    # -- clearances

    async def clear(
        self,
        account: str,
        sale: str,
        amount: Amount | None = None,
        *,
        clearance: str | None = None,
        rates: Sequence[c.Rate] = (),
        override: Override | None = None,
        carry: bool = True,
        **said: Unpack[Said],
    ) -> Cleared:
        """Reserve credit for a sale that is about to be signed, and let the sale carry it as evidence.

        Args:
            account: Whose.
            sale: For which sale.
            amount: How much will be paid later than at the signing; none: what the contract says that the sale holds.
            clearance: An id of one's own for it.
            rates: Dated exchange rates, where currencies differ from the limit's.
            override: Finance takes on itself what stands in the way.
            carry: Whether to record it in the sale, with the account's level where the sale knows of none; else the
                answer is to be given with the signing.
            said: Who asks, and when it was given: not after the signing. A repeat under the same key gives the same
                clearance.

        Raises:
            Refused: Each thing that stands in the way, with what would make it lawful; `clearance_other_account`,
                `clearance_no_contract`.
        """
        view = await self._sales.view(sale)
        if view.account != account:
            raise Refused.of("clearance_other_account", opportunity=sale, account=view.account, asked=account)
        book = await self._ledger.playbook(view.playbook.hash)
        compiled = book.compiled() if book else None
        held = {one.evidence: one.value for one in view.evidence if one.person is None and one.value is not None}
        if amount is None:
            contract = held.get(compiled.signing[1]) if compiled and compiled.signing else None
            if contract is None:
                raise Refused.of("clearance_no_contract", opportunity=sale)
            signing = Contract.model_validate(contract)
            amount = Amount(amount=signing.on_credit(None), currency=signing.amount.currency)
        key = said.get("key")
        named = clearance or f"C-{hashlib.sha256(key.encode()).hexdigest()[:12] if key else uuid.uuid4().hex[:12]}"
        command = valid(
            c.Clear, clearance=named, opportunity=sale, amount=amount, rates=tuple(rates) or None, override=override
        )
        piece = compiled.clearance if compiled is not None and carry else None
        if piece is not None and dict(held.get(piece) or {}).get("id") != named:  # type: ignore[arg-type]  # as above
            await self._would_carry(sale, piece, named, amount, said)
        await self.ask(account, command, **said)
        state = await self.state(account)
        cleared = state.clearances.get(named)
        if cleared is None or cleared.status not in ("held", "confirmed"):  # a repeat, and it has been given back since
            status = cleared.status if cleared else "released"
            raise Refused.of("clearance_not_held", clearance=named, status=status)
        found = Cleared(id=named, amount=cleared.amount, until=cleared.until)
        value = found.model_dump(mode="json")
        if piece is not None and held.get(piece) != value:
            again: Any = {"key": f"{key[:150]}:carried"} if key else {}
            carried = [Given(evidence=piece, value=value)]
            level = compiled.customer_level if compiled else None
            if level and state.level and all(one.evidence != level for one in view.evidence):
                carried.append(Given(evidence=level, value=state.level))
            try:
                await self._sales.add_evidence(sale, carried, **_when(said), **again)
                if "observed_at" in said and piece in held:  # what it has carried since is no longer held
                    later: Any = {"key": f"{key[:150]}:since"} if key else {}
                    await self._sales.add_evidence(sale, [Given(evidence=piece, value=value)], **_who(said), **later)
            except Refused:  # in the meantime it has become another sale: nothing is to be kept for it
                if cleared.status == "held":
                    await self.release(account, named, "the sale could not take it", **_who(said))
                raise
        return found

    async def _would_carry(self, sale: str, piece: str, named: str, amount: Amount, said: Said) -> None:
        """Whether the sale would take a clearance as evidence: before anything is reserved for it."""
        trial = Cleared(id=named, amount=amount, until=_ANY_DAY).model_dump(mode="json")
        command = valid(Record, evidence=(Given(evidence=piece, value=trial),))
        found = await self._sales.why_not(sale, command, **_when(said))
        if problems := [problem for problem in found if problem.code not in _OF_ACCOUNT]:
            raise Refused(*problems)

    async def release(self, account: str, clearance: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Give a clearance back that no signing has used."""
        return await self.ask(account, valid(c.Release, clearance=clearance, reason=reason), **said)

    # -- money

    async def report(
        self,
        account: str,
        payment: str,
        amount: Amount,
        on: date,
        *,
        reference: str = "",
        payer: str = "",
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """A bank reports money that came in. Never refused: what fits nothing waits at the account.

        Its words are brought into one line, its id into one that fits; whoever names the payment later can give either.

        The same report again gives the same answer. Under the same key or id with another content it is kept beside the
        first one and shown to people, since none of it may be lost.
        """
        command = valid(
            c.BankReported,
            payment=fit_name(payment),
            amount=amount,
            on=on,
            reference=fit_line(reference),
            payer=fit_line(payer),
        )
        return await self.ask(account, command, **_keyed(command, said))

    async def bounced(
        self, account: str, payment: str, on: date, text: str = "", **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """The bank took a payment back. Never refused."""
        command = valid(c.BankReversed, payment=fit_name(payment), on=on, text=fit_line(text))
        return await self.ask(account, command, **_keyed(command, said))

    async def assign(
        self,
        account: str,
        payment: str,
        sale: str,
        amount: Decimal | None = None,
        *,
        instalments: Sequence[str] = (),
        entered: bool = False,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """Place money that waits at one of the account's sales; no amount: all that is owed there.

        Args:
            account: Where it waits.
            payment: Which payment.
            sale: For which sale.
            amount: How much.
            instalments: For which instalments; none: the oldest first. What was written off is paid by its name.
            entered: Somebody has entered the same money at that sale by hand, under the same id.
            said: Who says so.
        """
        command = valid(
            c.Assign,
            payment=fit_name(payment),
            opportunity=sale,
            amount=amount,
            instalments=tuple(instalments) or None,
            entered=entered or None,
        )
        return await self.ask(account, command, **said)

    async def refund(
        self, account: str, payment: str, reason: str, amount: Decimal | None = None, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """Money that waits was paid back; no amount: all of it."""
        return await self.ask(account, valid(c.Refund, payment=fit_name(payment), reason=reason, amount=amount), **said)

    async def keep(self, account: str, payment: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Money that waits is kept as a credit balance; it can still be assigned or refunded."""
        return await self.ask(account, valid(c.Keep, payment=fit_name(payment), reason=reason), **said)

    # -- tasks

    async def answer(
        self,
        account: str,
        entry: int,
        answer: Literal["done", "put_off", "dismissed"],
        text: str = "",
        until: date | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """Answer a task; that a survey is done makes the text its report."""
        return await self.ask(account, valid(AnswerTask, entry=entry, answer=answer, text=text, until=until), **said)


def _who(said: Said) -> Any:
    return {name: said[name] for name in ("actor", "source", "language") if name in said}


def _when(said: Said) -> Any:
    return _who(said) | ({"observed_at": said["observed_at"]} if "observed_at" in said else {})


def _stream(account: str) -> Stream:
    stream: Stream = valid(Stream, stream="account", id=account)
    return stream


def _keyed(command: Any, said: Said) -> Said:
    """A bank's report is known by its content: another content under the same key is another report."""
    content = fingerprint(command.model_dump(mode="json"))[:16]
    key = said.get("key") or f"bank:{command.payment}"
    kept: Any = {name: value for name, value in said.items() if name != "expected_sequence"}  # it would refuse
    kept["key"] = f"{key[: _MOST_KEY - 17]}:{content}"
    return kept  # type: ignore[no-any-return]  # the same, with another key
