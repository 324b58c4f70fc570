"""What only shows in a whole policy: names that have to exist, and names that stand twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Final

from stagemark.domain.policy import Policy
from stagemark.domain.roles import OF_A_SALE, deciding, may_decide, roles_named
from stagemark.playbooks.findings import Finding, Path

__all__ = ["COMPANY_ROLES", "check_policy"]

COMPANY_ROLES: Final = ("finance", "legal", "manager")
"""The roles that the shipped policy names besides those of a sale; a company's people can hold others."""


def check_policy(policy: Policy, calendars: Collection[str], roles: Collection[str] = ()) -> Iterator[Finding]:
    """Find names that don't exist or stand twice.

    Args:
        policy: Its form is right.
        calendars: The ids of the calendars that there are.
        roles: What the company's people hold besides the roles that are always known.
    """
    if policy.calendar not in calendars:
        yield Finding(("calendar",), "unknown_calendar", {"calendar": policy.calendar, "known": sorted(calendars)})
    known = sorted({*COMPANY_ROLES, *roles})
    for role, places in roles_named(policy).items():
        if role not in known:
            near = get_close_matches(role, [*OF_A_SALE, *known], 1)
            params = {"role": role, "known": near or [*OF_A_SALE, *known]}
            yield from (Finding(_path(place), "policy_role_unknown", params) for place in dict.fromkeys(places))
    for place, role in deciding(policy):
        if not may_decide(role):
            yield Finding(_path(place), "role_of_sale", {"role": role, "known": ["supervisor", *known]})
    for name in ("channels", "measures"):
        ids = Counter(one.id for one in getattr(policy.account, name))
        if twice := [id_ for id_, count in ids.items() if count > 1]:
            yield Finding(("account", name), "named_twice", {"what": name, "ids": ", ".join(twice)})


def _path(place: str) -> Path:
    """Of `follow_ups[2].to` the parts."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", place))
