"""What is named has to be there: accounts and sales, people and roles, as far as this side can know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stagemark.client import Stagemark
from stagemark.clients.asking import Asking
from stagemark.contracts.neighbours import NeighbourReceipt, NeighbourView
from stagemark.domain.commands import Override
from stagemark.domain.entries import Request, Stream
from stagemark.domain.roles import OF_A_SALE
from stagemark.errors import NotFound, Problem, Refused
from stagemark.ports import Customers, Directory

__all__ = ["Known", "OfSales", "held_role", "not_theirs"]


@dataclass(frozen=True, slots=True)
class Known:
    """Knows who and what is there. Of a company whose directory is empty every person is taken for one of its own."""

    sales: Stagemark
    asking: Asking
    customers: Customers
    directory: Directory

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

    async def person(self, person: str) -> None:
        """Look whether somebody is of the company.

        Raises:
            NotFound: `unknown_person`.
        """
        if await self.directory.person(person) is None and await self.directory.people():
            raise NotFound.of("unknown_person", person=person)


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


async def not_theirs(directory: Directory, overriding: Sequence[str], request: Request[Any]) -> list[Problem]:
    """Who is named in a request as having allowed something, and can't have.

    Args:
        directory: Who is of the company; where it is empty, everybody named is taken for somebody.
        overriding: The roles that can take on themselves what stands in the way of a clearance; where nobody holds one
            of them, anybody can.
        request: What is asked.

    Returns:
        `unknown_person` and `override_not_theirs`, with the place of each.
    """
    named: dict[str, str] = {}
    overriders: dict[str, str] = {}
    for place, command in enumerate(request.commands):
        if (by := getattr(command, "approved_by", None)) is not None:
            named[f"commands[{place}].approved_by"] = by
        if isinstance(override := getattr(command, "override", None), Override):
            overriders[f"commands[{place}].override.by"] = override.by
    people = {person.id: person for person in await directory.people()} if named or overriders else {}
    if not people:
        return []
    found = [
        Problem(code="unknown_person", where=where, params={"person": by})
        for where, by in (named | overriders).items()
        if by not in people
    ]
    holders = {
        id_ for id_, person in people.items() if {role.partition("@")[0] for role in person.roles} & {*overriding}
    }
    return found + [
        Problem(code="override_not_theirs", where=where, params={"person": by, "roles": list(overriding)})
        for where, by in overriders.items()
        if by in people and holders and by not in holders
    ]
