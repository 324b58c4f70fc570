"""Sales that are opened because of another: once, and only after what they come from was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stagemark.client import Said, Stagemark
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.commands import Command, Given, Open, Origin, Record
from stagemark.domain.money import Amount
from stagemark.domain.opportunity import Rejected, decide, fold
from stagemark.domain.playbook import Playbook, Text
from stagemark.domain.state import OpportunityState
from stagemark.errors import InvalidInput, NotFound, Refused
from stagemark.ports import Calendars, Ledger, Policies
from stagemark.saying import check_sendable, envelope_of, valid

__all__ = ["Linked", "Linking", "Opening", "named"]


@dataclass(frozen=True, slots=True)
class Linked:
    """A sale that is opened because of another.

    Attributes:
        opportunity: Its id.
        playbook: By which it runs.
        owner: Whose it is; none: of the owner of the sale that it comes from.
        title: What is sold; empty: what was suggested.
        value: Its expected value.
    """

    opportunity: str
    playbook: Playbook
    owner: str | None = None
    title: str = ""
    value: Amount | None = None


def named(opens: Linked | None) -> Linked:
    """The sale that is to be opened.

    Raises:
        InvalidInput: `linked_sale_missing`: nobody has said which, or by which playbook it runs.
    """
    if not isinstance(opens, Linked) or not opens.opportunity or not isinstance(opens.playbook, Playbook):
        raise InvalidInput.of("linked_sale_missing", "opens")
    return opens


@dataclass(frozen=True, slots=True)
class Opening:
    """A linked sale that nothing keeps from being opened: what it is opened with."""

    opportunity: str
    playbook: Playbook
    fields: dict[str, Any]
    also: tuple[Command, ...]
    said: Said


class Linking:
    """Opens linked sales.

    The reason of one is recorded first: of several who want it at once one is heard, and only that one's sale is
    opened. A repeat of what was cut short between the two opens it still.
    """

    def __init__(self, sales: Stagemark, ledger: Ledger, policies: Policies, calendars: Calendars) -> None:
        """Open sales through `sales`."""
        self._sales, self._ledger, self._policies, self._calendars = sales, ledger, policies, calendars

    async def prepared(
        self,
        state: AftercareState,
        opens: Linked,
        origin: Origin,
        said: Said,
        account: str | None = None,
        label: Text | None = None,
    ) -> Opening | None:
        """Look whether the sale can be opened, before its reason is recorded; one of the same customer begins with what
        is known of them.

        Args:
            state: The aftercare that it comes from, of a sale that is signed.
            opens: What is opened.
            origin: Why.
            said: Who says so.
            account: Whose it is; none: of the same customer.
            label: What was suggested.

        Returns:
            The opening; none where this very sale was opened for this customer and reason before: a repeat.

        Raises:
            InvalidInput: What has the wrong form.
            Refused: `linked_sale_known`: there is a sale of that id; or what else keeps it from being opened.
        """
        signed = state.signed
        assert signed is not None  # else the reason would have been refused
        who: Said = {"actor": said["actor"]}
        for name in ("language", "source"):
            if name in said:
                who[name] = said[name]
        zh = said.get("language") == "zh"
        carried = () if account and account != signed.account else await self._carried(state.id, opens.playbook)
        fields = {
            "account": account or signed.account,
            "owner": opens.owner or signed.owner,
            "title": opens.title or (label.zh if label and zh else label.en if label else signed.title),
            "value": opens.value,
            "origin": origin,
        }
        also = (Record(evidence=carried),) if carried else ()
        zone = (await self._calendars.calendar("cn")).zone
        command = valid(Open, playbook=opens.playbook.ref(), calendar="cn", zone=zone, **fields)
        envelope = envelope_of([command, *also], who)
        check_sendable(opens.opportunity, envelope)
        try:
            known = await self._sales.view(opens.opportunity)
        except NotFound:
            pass
        else:
            if (known.origin, known.account) == (origin, command.account):
                return None
            raise Refused.of("linked_sale_known", opportunity=opens.opportunity)
        new = OpportunityState(opens.opportunity, opens.playbook.compiled())
        decision = decide(new, envelope, datetime.now(UTC))
        if isinstance(decision, Rejected):
            raise Refused(*decision.problems)
        return Opening(opens.opportunity, opens.playbook, fields, also, who)

    async def open(self, opening: Opening | None) -> None:
        """Open it, once."""
        if opening is not None:
            await self._sales.open(
                opening.opportunity, opening.playbook, also=opening.also, **opening.fields, **opening.said
            )

    async def _carried(self, sale: str, playbook: Playbook) -> tuple[Given, ...]:
        """What the policy carries over of the evidence of a sale, as far as the playbook of the new one knows it."""
        events = await self._ledger.events(sale)
        view = await self._sales.view(sale)
        book = await self._ledger.playbook(view.playbook.hash)
        if book is None:
            return ()
        names = (await self._policies.policy()).aftercare.carried
        held = fold(sale, events, book.compiled()).evidence
        return tuple(
            Given(evidence=name, person=person, value=piece.value)
            for (name, person), piece in held.items()
            if name in names and piece.value is not None
            if playbook.evidence_of.get(name) == book.evidence_of.get(name)
        )[:100]
