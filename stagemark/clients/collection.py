"""The client's part for collecting: payments, promises, disputes, milestones, write-offs, legal steps, supply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Unpack

from stagemark.client import Said, Stagemark
from stagemark.clients.asking import Asking, request_of, valid
from stagemark.clients.known import OfSales
from stagemark.contracts.neighbours import NeighbourReceipt
from stagemark.domain.collection import commands as c
from stagemark.domain.collection.policy import DebtorType
from stagemark.domain.collection.state import CollectionState, Receivable
from stagemark.domain.complaint.commands import Close, ComplaintRequest
from stagemark.domain.contract import MilestoneId
from stagemark.domain.entries import AnswerTask, Stream
from stagemark.domain.money import Amount
from stagemark.domain.words import fit_name
from stagemark.errors import NotFound, Problem, Refused

__all__ = ["Collections"]


class Collections:
    """Collections, by the id of their sale. Raises as `Stagemark` does; safe to repeat with the same key."""

    def __init__(self, asking: Asking, sales: Stagemark) -> None:
        """Ask collections of sales, and the complaints that disputes have opened."""
        self._asking, self._complaints = OfSales(asking, sales), asking

    async def ask(self, sale: str, *commands: Any, **said: Unpack[Said]) -> NeighbourReceipt:
        """Record commands of `stagemark.domain.collection.commands` in one step, all or none."""
        return await self._asking.ask(_stream(sale), request_of(c.CollectionRequest, commands, said))

    async def why_not(self, sale: str, *commands: Any, **said: Unpack[Said]) -> list[Problem]:
        """Everything that would be refused now; empty if nothing would be."""
        return await self._asking.why_not_ask(_stream(sale), request_of(c.CollectionRequest, commands, said))

    async def state(self, sale: str) -> CollectionState:
        """How a collection stands."""
        view = await self._asking.standing(_stream(sale))
        return CollectionState.model_validate({**view.state, "id": sale})

    async def instalment(self, sale: str, instalment: str) -> tuple[CollectionState, Receivable]:
        """How a collection stands, and one instalment in it.

        Raises:
            NotFound: `instalment_unknown`.
        """
        state = await self.state(sale)
        if (one := state.receivables.get(instalment)) is None:
            raise NotFound.of("instalment_unknown", instalment=instalment, known=list(state.receivables))
        return state, one

    # -- money

    async def enter_payment(
        self,
        sale: str,
        payment: str,
        amount: Amount,
        on: date,
        *,
        instalments: Sequence[str] = (),
        allocation: Mapping[str, Decimal] | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """Enter a payment by hand; for named instalments, by an allocation, or else for the oldest debts first.

        A bank's id is made fit as it is when the bank reports it, so that it is the same.
        """
        command = valid(
            c.EnterPayment,
            payment=fit_name(payment),
            amount=amount,
            on=on,
            instalments=tuple(instalments) or None,
            allocation=dict(allocation) if allocation else None,
        )
        return await self.ask(sale, command, **said)

    async def reverse_payment(self, sale: str, payment: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Take back a payment: what a person entered is undone, what the account placed goes back to it."""
        return await self.ask(sale, valid(c.TakeBack, payment=fit_name(payment), reason=reason), **said)

    # -- what the customer says

    async def promise(
        self,
        sale: str,
        instalment: str,
        until: date,
        amount: Decimal | None = None,
        *,
        approved_by: str | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """The customer promises to pay an instalment, or so much of it, by a day; a late day has to be approved."""
        promise = valid(c.PromisePayment, instalment=instalment, until=until, amount=amount, approved_by=approved_by)
        return await self.ask(sale, promise, **said)

    async def dispute(
        self, sale: str, instalment: str, text: str, contact: str | None = None, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """The customer refuses to pay an instalment for a reason that lies with us: it pauses, a complaint opens."""
        return await self.ask(sale, valid(c.Dispute, instalment=instalment, text=text, contact=contact), **said)

    async def end_dispute(self, sale: str, instalment: str, text: str = "", **said: Unpack[Said]) -> NeighbourReceipt:
        """End a dispute: close the complaint that it opened. The collection goes on when it hears of that.

        Raises:
            NotFound: `instalment_unknown`.
            Refused: `instalment_undisputed`; `complaint_not_done`, with the steps that are left.
        """
        _, one = await self.instalment(sale, instalment)
        if not one.disputes:
            raise Refused.of("instalment_undisputed", instalment=instalment)
        complaint = Stream(stream="complaint", id=one.disputes[-1].complaint)
        return await self._complaints.ask(complaint, request_of(ComplaintRequest, [valid(Close, text=text)], said))

    async def threaten(self, sale: str, text: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """The customer threatens: stopping supply is proposed."""
        return await self.ask(sale, valid(c.Threaten, text=text), **said)

    async def set_debtor(self, sale: str, type: DebtorType, **said: Unpack[Said]) -> NeighbourReceipt:
        """What type of debtor the customer is; the tactics come with each message."""
        return await self.ask(sale, valid(c.SetDebtor, type=type), **said)

    # -- what is delivered

    async def reach(
        self, sale: str, milestone: MilestoneId, on: date, text: str = "", **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """A milestone was reached; told again with another day, it corrects the day."""
        return await self.ask(sale, valid(c.Reach, milestone=milestone, on=on, text=text), **said)

    async def plan(
        self, sale: str, milestone: MilestoneId, on: date, reason: str, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """Plan a milestone, or move it to another day."""
        return await self.ask(sale, valid(c.Plan, milestone=milestone, on=on, reason=reason), **said)

    # -- what somebody decides

    async def write_off(
        self, sale: str, instalment: str, approved_by: str, reason: str, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """Give up what is outstanding of an instalment; somebody approves it by name."""
        command = valid(c.WriteOff, instalment=instalment, approved_by=approved_by, reason=reason)
        return await self.ask(sale, command, **said)

    async def approve_legal(
        self, sale: str, instalment: str, approved_by: str, reason: str, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """Approve by name that an overdue instalment is collected by law."""
        command = valid(c.ApproveLegal, instalment=instalment, approved_by=approved_by, reason=reason)
        return await self.ask(sale, command, **said)

    async def stop_supply(self, sale: str, approved_by: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Supply the customer no more for now."""
        return await self.ask(sale, valid(c.StopSupply, approved_by=approved_by, reason=reason), **said)

    async def resume_supply(self, sale: str, approved_by: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Supply the customer again."""
        return await self.ask(sale, valid(c.ResumeSupply, approved_by=approved_by, reason=reason), **said)

    async def answer(
        self,
        sale: str,
        entry: int,
        answer: Literal["done", "put_off", "dismissed"],
        text: str = "",
        until: date | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """Answer a task, by the entry in which it fell due, as its message says."""
        return await self.ask(sale, valid(AnswerTask, entry=entry, answer=answer, text=text, until=until), **said)


def _stream(sale: str) -> Stream:
    stream: Stream = valid(Stream, stream="collection", id=sale)
    return stream
