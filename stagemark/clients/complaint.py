"""The client's part for complaints: raised, taken through their six steps, closed, opened again."""

from __future__ import annotations

from typing import Any, Unpack

from stagemark.client import Said
from stagemark.clients.asking import Asking, request_of, valid
from stagemark.clients.known import Known
from stagemark.contracts.neighbours import NeighbourReceipt
from stagemark.domain.complaint import commands as c
from stagemark.domain.complaint.policy import StepId
from stagemark.domain.complaint.rules import ComplaintState
from stagemark.domain.entries import Stream
from stagemark.errors import NotFound, Problem

__all__ = ["Complaints"]


class Complaints:
    """Complaints, by their id. Raises as `Stagemark` does; safe to repeat with the same key."""

    def __init__(self, asking: Asking, known: Known | None = None) -> None:
        """Ask complaints; `known` looks whether the account and the sale are there, else they are taken to be."""
        self._asking, self._known = asking, known

    async def ask(self, complaint: str, *commands: Any, **said: Unpack[Said]) -> NeighbourReceipt:
        """Record commands of `stagemark.domain.complaint.commands` in one step, all or none."""
        return await self._asking.ask(_stream(complaint), request_of(c.ComplaintRequest, commands, said))

    async def why_not(self, complaint: str, *commands: Any, **said: Unpack[Said]) -> list[Problem]:
        """Everything that would be refused now; empty if nothing would be."""
        return await self._asking.why_not_ask(_stream(complaint), request_of(c.ComplaintRequest, commands, said))

    async def state(self, complaint: str) -> ComplaintState:
        """How a complaint stands.

        Raises:
            NotFound: `complaint_unknown`.
        """
        view = await self._asking.standing(_stream(complaint))
        state = ComplaintState.model_validate({**view.state, "id": complaint})
        if state.raised is None:
            raise NotFound.of("complaint_unknown", id=complaint)
        return state

    async def raise_(
        self,
        complaint: str,
        account: str,
        owner: str,
        text: str,
        *,
        opportunity: str | None = None,
        contact: str | None = None,
        title: str | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """A customer complains. From then on prompts and referral requests of the account hold.

        A customer who refuses to pay an instalment is a dispute (`Collections.dispute`): it opens its complaint itself.

        Args:
            complaint: Its id, chosen by the caller.
            account: Whose account.
            owner: Who deals with it.
            text: What the customer says.
            opportunity: The sale it is about, if one.
            contact: Who complained, an opaque id.
            title: A name for it.
            said: Who says so.

        Raises:
            NotFound: `account_unknown`, `unknown_opportunity`.
            Refused: `unknown_person`; `sale_of_other_account`; `complaint_id_of_dispute`: such an id is kept for
                disputes.
        """
        command = valid(
            c.Raise,
            account=account,
            owner=owner,
            text=text,
            opportunity=opportunity,
            contact=contact,
            title=title,
        )
        if self._known is not None:
            await self._known.account(command.account, command.opportunity)
        return await self.ask(complaint, command, **said)

    async def step(
        self, complaint: str, step: StepId, text: str, accepted: bool | None = None, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """A step was taken; `accepted` belongs to `ask` alone, which `view` says.

        Raises:
            Refused: `complaint_step_out_of_turn`: with the step whose turn it is; `unknown_person`: nobody took it.
        """
        return await self.ask(complaint, valid(c.TakeStep, step=step, text=text, accepted=accepted), **said)

    async def propose(
        self, complaint: str, text: str, approved_by: str | None = None, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """A solution was proposed to the customer; after one that they refused, by the superior who approves it.

        Raises:
            Refused: `complaint_needs_superior`; `unknown_person`.
        """
        command = valid(c.TakeStep, step="propose", text=text, approved_by=approved_by)
        return await self.ask(complaint, command, **said)

    async def view(self, complaint: str, text: str, accepted: bool, **said: Unpack[Said]) -> NeighbourReceipt:
        """The customer's own view of the proposal; one that is refused goes to a superior."""
        return await self.step(complaint, "ask", text, accepted, **said)

    async def close(self, complaint: str, text: str = "", **said: Unpack[Said]) -> NeighbourReceipt:
        """It is settled.

        Raises:
            Refused: `complaint_not_done`: with the steps that are left.
        """
        return await self.ask(complaint, valid(c.Close, text=text), **said)

    async def reopen(self, complaint: str, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """It comes back, with all its steps."""
        return await self.ask(complaint, valid(c.OpenAgain, reason=reason), **said)

    async def hand_over(self, complaint: str, owner: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Somebody else deals with it, and is told of the step that waits.

        Raises:
            Refused: `unknown_person`.
        """
        return await self.ask(complaint, valid(c.HandOver, owner=owner), **said)


def _stream(complaint: str) -> Stream:
    stream: Stream = valid(Stream, stream="complaint", id=complaint)
    return stream
