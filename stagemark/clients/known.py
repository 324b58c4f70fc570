"""What is named has to be there, and in a position to: accounts and sales, people and roles, as far as we can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stagemark.client import Stagemark
from stagemark.clients.asking import Asking
from stagemark.contracts.neighbours import NeighbourReceipt, NeighbourView
from stagemark.domain.account.commands import Exempt, SetLimit
from stagemark.domain.commands import Override
from stagemark.domain.complaint.commands import TakeStep
from stagemark.domain.entries import Request, Stream
from stagemark.domain.policy import Policy
from stagemark.domain.roles import OF_A_SALE
from stagemark.errors import NotFound, Problem, Refused
from stagemark.ports import Customers, Directory, Person

__all__ = ["Known", "OfSales", "held_role", "may_not_do_without", "not_theirs"]


@dataclass(frozen=True, slots=True)
class Known:
    """Knows which accounts and sales are there."""

    sales: Stagemark
    asking: Asking
    customers: Customers

    async def account(self, account: str, opportunity: str | None) -> None:
        """Look whether there is such an account, and whether a sale is its own.

        Raises:
            NotFound: `account_unknown`, `unknown_opportunity`.
            Refused: `sale_of_other_account`.
        """
        if opportunity is not None:
            if (own := (await self.sales.view(opportunity)).account) != account:
                raise Refused.of("sale_of_other_account", opportunity=opportunity, account=own, named=account)
        elif await self.customers.known(account) != account:
            view = await self.asking.standing(Stream(stream="account", id=account))
            if not view.state.get("sequence"):
                raise NotFound.of("account_unknown", id=account)


@dataclass(frozen=True, slots=True)
class OfSales:
    """Asks the neighbours of sales: where one has not begun, because there is no such sale, it says that."""

    asking: Asking
    sales: Stagemark

    async def ask(self, stream: Stream, request: Request[Any]) -> NeighbourReceipt:
        """See `Asking`.

        Raises:
            NotFound: `unknown_opportunity`; or the sale is not signed.
        """
        try:
            return await self.asking.ask(stream, request)
        except NotFound:
            await self.sales.view(stream.id)
            raise

    async def why_not_ask(self, stream: Stream, request: Request[Any]) -> list[Problem]:
        """See `Asking`.

        Raises:
            NotFound: `unknown_opportunity`.
        """
        problems = await self.asking.why_not_ask(stream, request)
        if any(problem.code == f"{stream.stream}_unknown" for problem in problems):
            await self.sales.view(stream.id)
        return problems

    async def standing(self, stream: Stream) -> NeighbourView:
        """See `Asking`.

        Raises:
            NotFound: `unknown_opportunity`.
        """
        view = await self.asking.standing(stream)
        if not view.state.get("sequence"):
            await self.sales.view(stream.id)
        return view


async def held_role(directory: Directory, role: str) -> None:
    """Look whether a role is one of a sale's people, or somebody holds it for the company or a team.

    Raises:
        NotFound: `role_unknown`.
    """
    people = await directory.people()
    held = {one.partition("@")[0] for person in people for one in person.roles}
    if people and role not in OF_A_SALE and role not in held:
        raise NotFound.of("role_unknown", role=role, known=[*OF_A_SALE, *sorted(held)])


async def not_theirs(directory: Directory, policy: Policy, request: Request[Any]) -> list[Problem]:
    """What people can't have allowed or done, or be asked to do, that a request says of them.

    Args:
        directory: Who is of the company; where it is empty, everybody is taken for somebody who can.
        policy: Its roles say who can do what; where nobody holds any of them, anybody can.
        request: What is asked.

    Returns:
        `unknown_person`, or what is not theirs, with the place of each.
    """
    return await _untrue(directory, list(_claims(policy, request)))


async def may_not_do_without(directory: Directory, evidence: str, by: str, roles: Sequence[str]) -> list[Problem]:
    """Why somebody can't do without evidence of which these roles decide; empty if they can. As `not_theirs`."""
    found = await _untrue(directory, list(_claim("evidence_not_theirs", evidence, by, roles)))
    return [one.model_copy(update={"params": {**one.params, "evidence": evidence}}) for one in found]


async def _untrue(directory: Directory, claims: Sequence[Problem]) -> list[Problem]:
    people = {person.id: person for person in await directory.people()} if claims else {}
    found: dict[str, Problem] = {}
    for claim in claims:
        person, roles = claim.params["person"], claim.params.get("roles")
        able = people.keys() if roles is None else _holders(people, roles)
        if able and person not in able:
            found.setdefault(claim.where, claim)
    return list(found.values())


def _claims(policy: Policy, request: Request[Any]) -> Iterator[Problem]:
    """What would be wrong if nobody were of the company, or held any role."""
    for place, command in enumerate(request.commands):
        at = f"commands[{place}]"
        if (owner := getattr(command, "owner", None)) is not None:
            yield Problem(code="unknown_person", where=f"{at}.owner", params={"person": owner})
        if (by := getattr(command, "approved_by", None)) is not None:
            yield from _claim("approval_not_theirs", f"{at}.approved_by", by, _approvers(policy, command))
        if isinstance(override := getattr(command, "override", None), Override):
            yield from _claim("override_not_theirs", f"{at}.override.by", override.by, policy.account.override_by)
        if isinstance(command, SetLimit):
            params = {"person": request.actor, "roles": list(policy.account.limit_by)}
            yield Problem(code="limit_not_theirs", where="actor", params=params)
        if isinstance(command, TakeStep):
            yield Problem(code="unknown_person", where="actor", params={"person": request.actor})


def _approvers(policy: Policy, command: Any) -> Sequence[str]:
    match command:
        case Exempt():
            return policy.account.exempt_by
        case TakeStep():
            return policy.complaint.refused_to
        case _:
            return policy.collection.approve_by


def _claim(code: str, where: str, person: str, roles: Sequence[str]) -> Iterator[Problem]:
    """That somebody of the company has allowed something, who holds one of these roles."""
    yield Problem(code="unknown_person", where=where, params={"person": person})
    yield Problem(code=code, where=where, params={"person": person, "roles": list(roles)})


def _holders(people: Mapping[str, Person], roles: Sequence[str]) -> set[str]:
    """Who holds one of these roles, for the company or a team; a supervisor is whoever has somebody under them."""
    found = {id_ for id_, person in people.items() if {role.partition("@")[0] for role in person.roles} & {*roles}}
    return found | {person.supervisor for person in people.values() if person.supervisor and "supervisor" in roles}
