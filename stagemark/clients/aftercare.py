"""The client's part for what comes after the contract: follow-ups, satisfaction, orders, prompts, referrals."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Unpack

from stagemark.client import Said, Stagemark
from stagemark.clients.asked_accounts import AskedAccounts
from stagemark.clients.asking import Asking, request_of, valid
from stagemark.clients.known import OfSales, held_role
from stagemark.clients.linking import Linked, Linking, named
from stagemark.contracts.neighbours import NeighbourReceipt
from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.add_on import why_no_add_on
from stagemark.domain.aftercare.growth import why_no_prompt, why_no_referral
from stagemark.domain.aftercare.policy import ReferralStep, Way
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.catalogue import Bought, Catalogue, Customer, Suggestion, called, suggest
from stagemark.domain.commands import Origin, Record, fingerprint
from stagemark.domain.entries import Request, Stream
from stagemark.domain.money import Amount
from stagemark.domain.neighbour import Around
from stagemark.domain.playbook import Text
from stagemark.errors import NotFound, Problem, Refused
from stagemark.ports import Calendars, Catalogues, Customers, Directory, Ledger, Policies
from stagemark.texts.growth import GROWTH_TEXTS

__all__ = ["Aftercare", "Linked", "Ports"]


@dataclass(frozen=True, slots=True)
class Ports:
    """What it stands on."""

    ledger: Ledger
    policies: Policies
    calendars: Calendars
    catalogues: Catalogues
    customers: Customers
    directory: Directory


class Aftercare:
    """Aftercares, by the id of their sale. Raises as `Stagemark` does; safe to repeat with the same key."""

    def __init__(self, sales: Stagemark, asking: Asking, ports: Ports) -> None:
        """Ask aftercares through `asking`, and open linked sales through `sales`."""
        self._sales, self._asking, self._ports = sales, OfSales(asking, sales), ports
        self._linking = Linking(sales, ports.ledger, ports.policies, ports.calendars)
        self._accounts = AskedAccounts(asking)

    async def ask(self, sale: str, *commands: Any, **said: Unpack[Said]) -> NeighbourReceipt:
        """Record commands of `stagemark.domain.aftercare.commands` in one step, all or none."""
        return await self._asking.ask(_stream(sale), _request(commands, said))

    async def state(self, sale: str) -> AftercareState:
        """How an aftercare stands."""
        view = await self._asking.standing(_stream(sale))
        return AftercareState.model_validate({**view.state, "id": sale})

    # -- follow-ups

    async def plan(
        self,
        sale: str,
        item: str,
        on: date,
        how: Way,
        *,
        text: str = "",
        round: str | None = None,
        to: str = "owner",
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """Plan a contact; the contacts of a round end with its evaluation.

        Raises:
            NotFound: `role_unknown`: nobody holds that role.
        """
        command = valid(c.PlanFollowUp, item=item, on=on, how=how, text=text, round=round, to=to)
        await held_role(self._ports.directory, command.to)
        return await self.ask(sale, command, **said)

    async def move(self, sale: str, item: str, on: date, reason: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Move a planned contact."""
        return await self.ask(sale, valid(c.MoveFollowUp, item=item, on=on, reason=reason), **said)

    async def done(
        self,
        sale: str,
        item: str,
        text: str,
        outcome: Literal["done", "cancelled"] = "done",
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """What became of a contact, whether it has fallen due or not."""
        return await self.ask(sale, valid(c.RecordFollowUp, item=item, outcome=outcome, text=text), **said)

    async def evaluate(self, sale: str, round: str, text: str, **said: Unpack[Said]) -> NeighbourReceipt:
        """Evaluate a round of contacts that is over."""
        return await self.done(sale, f"evaluation:{round}", text, **said)

    async def promise_task(
        self, sale: str, item: str, text: str, until: date, to: str = "owner", **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """What was promised in a talk: a task until its day.

        Raises:
            NotFound: `role_unknown`: nobody holds that role.
        """
        command = valid(c.PromiseTask, item=item, text=text, until=until, to=to)
        await held_role(self._ports.directory, command.to)
        return await self.ask(sale, command, **said)

    async def rate(
        self, sale: str, score: int, text: str, contact: str | None = None, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """How satisfied the customer is, in their words."""
        return await self.ask(sale, valid(c.Rate, score=score, text=text, contact=contact), **said)

    async def order(
        self, sale: str, order: str, on: date, amount: Amount, product: str | None = None, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """The customer ordered; by their orders their rhythm is known.

        Raises:
            NotFound: `product_unknown`: it is not in the catalogue, where there is one.
        """
        command = valid(c.RecordOrder, order=order, on=on, amount=amount, product=product)
        catalogue = await self._ports.catalogues.catalogue()
        if command.product is not None and catalogue.products and command.product not in catalogue.product_of:
            raise _no_product(command.product, catalogue)
        return await self.ask(sale, command, **said)

    # -- prompts

    async def suggest(self, *products: str, quantity: int = 1) -> tuple[Suggestion, ...]:
        """What goes with products, for a customer of whom nothing is known.

        Raises:
            NotFound: `product_unknown`; `catalogue_missing`: there is none at all.
        """
        return await self._with_order(products, quantity, Customer())

    async def add_on(
        self, sale: str, *products: str, quantity: int = 1, **said: Unpack[Said]
    ) -> tuple[Suggestion, ...]:
        """What goes with the order of a sale that is about to be signed, which notes it (domain.md §5).

        Raises:
            NotFound: As of `suggest`.
            Refused: `add_on_too_early`, `add_on_too_late`: it is not the stage of the signing; `growth_complaint_open`.
        """
        view = await self._sales.view(sale)
        known = await self._ports.customers.customer(view.account)
        # This order counts; what a sister company may need is no add-on to it.
        found = await self._with_order(products, quantity, known._replace(orders=known.orders + 1, sisters=()))
        playbook = await self._ports.ledger.playbook(view.playbook.hash)
        complaints = await self._accounts.complaints(view.account)
        if playbook and (problems := list(why_no_add_on(sale, playbook, view.stages, complaints))):
            raise Refused(*problems)
        if found:
            language = said.get("language", "en")
            labels = ("、" if language == "zh" else ", ").join(getattr(one.label, language) for one in found)
            note = GROWTH_TEXTS["add_on_note"][language == "zh"].format(products=labels)
            await self._sales.record(sale, valid(Record, note=note), **said)
        return found

    async def _with_order(self, products: Sequence[str], quantity: int, customer: Customer) -> tuple[Suggestion, ...]:
        catalogue = await self._ports.catalogues.catalogue()
        for product in products:
            if product not in catalogue.product_of:
                raise _no_product(product, catalogue)
        most = (await self._ports.policies.policy()).aftercare.prompts.most
        return suggest(catalogue, [Bought(product, Decimal(quantity)) for product in products], customer, most)

    async def make_prompt(
        self, sale: str, suggestion: str, reason: str | None = None, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """Make a prompt of oneself, by the id of what is suggested, or of a product of the catalogue.

        Args:
            sale: Which sale's aftercare.
            suggestion: The suggestion's id, or the product's.
            reason: Why it fits this customer, in one's own words.
            said: Who says so.

        Raises:
            Refused: `growth_complaint_open`, `prompt_cooling`, also of a sister company that it is for; and what else
                `why_no_prompt` says.
        """
        found = await self._suggestion(sale, suggestion)
        if reason:
            found = valid(Suggestion, **{**found.model_dump(), "reason": Text(zh=reason, en=reason)})
        said.setdefault("key", str(uuid.uuid4()))
        named = hashlib.sha256(said["key"].encode()).hexdigest()[:32]  # so that a repeat is the same prompt
        request = _request([valid(c.MakePrompt, suggestion=found, prompt=named)], said)
        await self._admitted(sale, request)
        accounts = (await self.state(sale)).asks_for(found)
        async with self._accounts.prompt(named, accounts, sale, request):
            return await self._asking.ask(_stream(sale), request)

    async def why_no_prompt(self, sale: str, suggestion: str | None = None) -> list[Problem]:
        """Every reason why no prompt is right now, or why not this one; empty if none."""
        wanted = await self._suggestion(sale, suggestion) if suggestion else None
        state = await self.state(sale)
        found = why_no_prompt(state, await self._around(sale), wanted)
        if wanted and wanted.account:
            found += await self._accounts.why_no_prompt(wanted.account, sale)
        return found

    async def answer_prompt(
        self,
        sale: str,
        prompt: str,
        answer: Literal["declined", "later"],
        text: str,
        until: date | None = None,
        **said: Unpack[Said],
    ) -> NeighbourReceipt:
        """The customer declined (not again for a while), or later."""
        command = valid(c.AnswerPrompt, prompt=prompt, answer=answer, text=text, until=until)
        return await self.ask(sale, command, **said)

    async def accept_prompt(
        self, sale: str, prompt: str, text: str, opens: Linked, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """The customer accepted: a linked sale is opened, with what is known of the customer already.

        Raises:
            InvalidInput: `linked_sale_missing`: it is not said which.
        """
        command = valid(
            c.AnswerPrompt, prompt=prompt, answer="accepted", text=text, opportunity=named(opens).opportunity
        )
        request = _request([command], said, once=True)
        await self._admitted(sale, request)
        state = await self.state(sale)
        made, origin = state.prompts[prompt].suggestion, Origin(opportunity=sale, by="prompt", id=prompt)
        opening = await self._linking.prepared(state, opens, origin, said, made.account, made.label)
        receipt = await self._asking.ask(_stream(sale), request)
        await self._linking.open(opening)
        return receipt

    # -- referrals

    async def why_no_referral(self, sale: str) -> list[Problem]:
        """Every reason why a referral is not to be asked for now; empty if none."""
        return why_no_referral(await self.state(sale), await self._around(sale))

    async def referral_step(
        self, sale: str, step: ReferralStep, text: str, willing: bool = True, **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """A step of asking for a referral was taken; `willing`: whether the customer wants to go on."""
        return await self.ask(sale, valid(c.TakeReferralStep, step=step, text=text, willing=willing), **said)

    async def give_name(
        self, sale: str, account: str, contact: str, opens: Linked, text: str = "", **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """The customer names a prospect: a linked sale is opened.

        Raises:
            Refused: `referral_known_customer`: we have that customer already.
        """
        command = valid(c.GiveName, account=account, contact=contact, opportunity=named(opens).opportunity, text=text)
        request = _request([command], said, once=True)
        await self._admitted(sale, request)
        origin, prospect = Origin(opportunity=sale, by="referral", id=command.contact), command.account
        opening = await self._linking.prepared(await self.state(sale), opens, origin, said, prospect)
        if opening is None:
            return await self._asking.ask(_stream(sale), request)
        known = await self._ports.customers.known(prospect)
        if known and not await self._accounts.referred(prospect, opens.opportunity):
            raise Refused.of("referral_known_customer", account=prospect, customer=known)
        async with self._accounts.referral(prospect, opens.opportunity, sale, request):
            receipt = await self._asking.ask(_stream(sale), request)
        await self._linking.open(opening)
        return receipt

    async def rate_referrer(
        self, sale: str, contact: str, signs: Sequence[c.Sign], **said: Unpack[Said]
    ) -> NeighbourReceipt:
        """Which of the four signs of a referral centre a contact shows."""
        return await self.ask(sale, valid(c.RateReferrer, contact=contact, signs=tuple(signs)), **said)

    # -- linked sales

    async def repurchase(self, sale: str, item: str, opens: Linked, **said: Unpack[Said]) -> NeighbourReceipt:
        """The customer buys again: a linked sale is opened, and the follow-up that asked for it is done."""
        command = valid(c.RecordFollowUp, item=item, text=named(opens).opportunity)
        request = _request([command], said, once=True)
        await self._admitted(sale, request)
        origin = Origin(opportunity=sale, by="repurchase", id=item)
        opening = await self._linking.prepared(await self.state(sale), opens, origin, said)
        receipt = await self._asking.ask(_stream(sale), request)
        await self._linking.open(opening)
        return receipt

    # -- how

    async def _suggestion(self, sale: str, named: str) -> Suggestion:
        """A suggestion of the aftercare, by its id or product; else what the catalogue says of the product."""
        state = await self.state(sale)
        if state.signed is None or state.over:
            raise Refused.of("aftercare_not_signed", id=sale)
        for one in state.suggestions:
            if named in (one.id, one.product):
                await self._lacking(state.signed.account, one)
                return one
        catalogue = await self._ports.catalogues.catalogue()
        found = suggest(catalogue, state.bought, Customer(len(state.orders), 10**6), 50)
        for one in found:
            if named in (one.id, one.product):
                return one
        if named in catalogue.product_of:
            raise NotFound.of("suggestion_unknown", suggestion=named, known=[one.id for one in found])
        raise _no_product(named, catalogue)

    async def _lacking(self, account: str, one: Suggestion) -> None:
        """Look whether a sister company has bought meanwhile what is for her."""
        for sister in (await self._ports.customers.customer(account)).sisters if one.account else ():
            if sister.account == one.account and one.product in sister.has:
                raise Refused.of("prompt_sister_has", product=one.called, account=sister.title or sister.account)

    async def _around(self, sale: str) -> Around:
        policy = await self._ports.policies.policy()
        view = await self._asking.standing(_stream(sale))
        return Around(policy, await self._ports.calendars.calendar(policy.calendar), view.at)

    async def _admitted(self, sale: str, request: Request[Any]) -> None:
        """Refuse before anything is opened; a repeat is admitted."""
        if problems := await self._asking.why_not_ask(_stream(sale), request):
            raise Refused(*problems)


def _stream(sale: str) -> Stream:
    stream: Stream = valid(Stream, stream="aftercare", id=sale)
    return stream


def _request(commands: Sequence[Any], said: Said, once: bool = False) -> c.AftercareRequest:
    """A request; one that opens a sale has, without a key of its own, that of its content: a repeat finishes it."""
    if once and "key" not in said:
        said = {**said, "key": f"{commands[0].kind}:{fingerprint([one.model_dump(mode='json') for one in commands])}"}
    request: c.AftercareRequest = request_of(c.AftercareRequest, commands, said)
    return request


def _no_product(product: str, catalogue: Catalogue) -> NotFound:
    if not catalogue.products:
        return NotFound.of("catalogue_missing", product=product)
    known = [called(one.id, one.label) for one in catalogue.products]
    return NotFound.of("product_unknown", product=product, known=known)
