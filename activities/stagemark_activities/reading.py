"""What a ledger knows of a sale, for those who go on with it."""

from __future__ import annotations

from stagemark.contracts.messages import Told
from stagemark.domain.history import playbook_of
from stagemark.errors import NotFound
from stagemark.ports import Ledger

__all__ = ["told"]


async def told(ledger: Ledger, opportunity: str) -> Told:
    """What a ledger knows of a sale.

    Raises:
        NotFound: `unknown_opportunity`, or `playbook_not_kept` where its playbook was not kept.
    """
    events = tuple(await ledger.events(opportunity))
    ref = playbook_of(events)
    if ref is None:
        raise NotFound.of("unknown_opportunity", opportunity=opportunity)
    whole = await ledger.playbook(ref.hash)
    if whole is None:
        raise NotFound.of("playbook_not_kept", playbook=ref.id)
    return Told(events=events, playbook=whole.compiled())
