"""What keeps a clearance, as a sale carries it, from being one that its account holds for it (design.md §6 rule 8)."""

from __future__ import annotations

from collections.abc import Iterator

from stagemark.domain.account.state import AccountState
from stagemark.domain.contract import Cleared
from stagemark.errors import Problem

__all__ = ["unheld"]


def unheld(state: AccountState, opportunity: str, cleared: Cleared) -> Iterator[Problem]:
    """Everything in which what is carried differs from what the account holds, or has held in its time.

    One that was not used in time is not given back: a signing before its last day, told late, counts. Which day that is
    the sale knows; here it only has to be the same last day.
    """
    params = {"clearance": cleared.id, "account": state.id, "opportunity": opportunity}
    known = state.clearances.get(cleared.id)
    if known is None:
        held = [id_ for id_, one in state.clearances.items() if one.opportunity == opportunity and one.status == "held"]
        yield Problem(code="clearance_not_of_account", params=params | {"held": held})
    else:
        if known.opportunity != opportunity:
            yield Problem(code="clearance_other_sale", params=params | {"of": known.opportunity})
        if known.status == "released":
            yield Problem(code="clearance_released", params=params)
        carried, right = _said(cleared), _said(Cleared(id=cleared.id, amount=known.amount, until=known.until))
        if carried != right:
            yield Problem(code="clearance_differs", params=params | {"found": carried, "held": right})
    if state.blacklisted and (known is None or known.status == "released"):
        yield Problem(code="clearance_blacklisted", params={"account": state.id, "reason": state.blacklisted})


def _said(cleared: Cleared) -> str:
    return f"{cleared.amount.amount.normalize():f} {cleared.amount.currency}, {cleared.until}"
