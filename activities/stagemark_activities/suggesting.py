"""What the catalogue suggests to a customer, told to their aftercare when it may be of use (domain.md §5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import JsonValue

from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.catalogue import suggest
from stagemark.domain.entries import Stream
from stagemark.domain.policy import Policy
from stagemark.domain.told import Suggested, Tell
from stagemark.ports import Books, Catalogues, Customers

__all__ = ["Suggesting"]

_RENEW: Final = frozenset({"turned", "rate", "record_order", "answer_prompt", "answer_task", "want_prompt"})
"""After these something else may fit: the order is completed, the score known, a product more bought. A prompt that is
wanted may have been for a sister company that has bought meanwhile."""


class Suggesting:
    """Looks the catalogue up for an aftercare whose ledger was just written."""

    def __init__(self, books: Books, catalogues: Catalogues, customers: Customers) -> None:
        """Stand on the ports."""
        self._books = books
        self._catalogues = catalogues
        self._customers = customers

    async def heard(self, stream: Stream, kinds: Iterable[str], policy: Policy) -> tuple[dict[str, JsonValue], ...]:
        """What the aftercare is to hear, as requests in their wire form; nothing if it knows it already.

        Args:
            stream: The neighbour that has written.
            kinds: Of the entries that it has written.
            policy: The policy that holds.
        """
        if stream.stream != "aftercare" or not _RENEW.intersection(kinds):
            return ()
        state = await self._books.state(stream)
        if not isinstance(state, AftercareState) or state.signed is None or "completion" not in state.anchors:
            return ()
        catalogue = await self._catalogues.catalogue()
        score = state.customer.score.score if state.customer.score else None
        customer = await self._customers.customer(state.signed.account)
        customer = customer._replace(orders=len(state.orders), score=score)  # as this very sale knows them
        found = suggest(catalogue, state.bought, customer, policy.aftercare.prompts.most)
        if found == state.suggestions:
            return ()
        fact = Suggested(catalogue=catalogue.digest(), suggestions=found)
        request = Tell.of(stream, f"catalogue:{stream.id}:{state.sequence}", fact).request
        return (request,) if request else ()
