"""What is named has to be there: accounts and sales, people and roles, as far as this side can know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stagemark.client import Stagemark
from stagemark.clients.asking import Asking
from stagemark.domain.commands import Override
from stagemark.domain.entries import Request, Stream
from stagemark.domain.roles import OF_A_SALE
from stagemark.errors import NotFound, Problem, Refused
from stagemark.ports import Customers, Directory, Person

__all__ = ["Known", "held_role", "may_not_override", "not_theirs"]


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
            NotFound: `unknown_account`, `unknown_opportunity`.
            Refused: `sale_of_other_account`.
        """
        if opportunity is not None:
            if (own := (await self.sales.view(opportunity)).account) != account:
                raise Refused.of("sale_of_other_account", opportunity=opportunity, account=own, named=account)
        elif await self.customers.known(account) != account:
            view = await self.asking.standing(Stream(stream="account", id=account))
            if not view.state.get("sequence"):
                raise NotFound.of("unknown_account", account=account)

    async def person(self, person: str) -> None:
        """Look whether somebody is of the company.

        Raises:
            NotFound: `unknown_person`.
        """
        if await self.directory.person(person) is None and await self.directory.people():
            raise NotFound.of("unknown_person", person=person)


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
    found = [
        Problem(code="unknown_person", where=where, params={"person": by})
        for where, by in named.items()
        if people and by not in people
    ]
    return found + [
        problem.model_copy(update={"where": where})
        for where, by in overriders.items()
        for problem in _may_not(people, by, overriding)
    ]


async def may_not_override(directory: Directory, by: str, roles: Sequence[str]) -> list[Problem]:
    """Why somebody can't take something on themselves; empty if they can.

    Args:
        directory: Who is of the company; where it is empty, everybody is taken for somebody.
        by: Who does.
        roles: The roles that may; where nobody holds one of them, anybody may.

    Returns:
        `unknown_person` or `override_not_theirs`.
    """
    return _may_not({person.id: person for person in await directory.people()}, by, roles)


def _may_not(people: Mapping[str, Person], by: str, roles: Sequence[str]) -> list[Problem]:
    if people and by not in people:
        return [Problem(code="unknown_person", params={"person": by})]
    holders = {id_ for id_, one in people.items() if {role.partition("@")[0] for role in one.roles} & {*roles}}
    if holders and by not in holders:
        return [Problem(code="override_not_theirs", params={"person": by, "roles": list(roles)})]
    return []
