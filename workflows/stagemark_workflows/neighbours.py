"""The neighbours of a sale as workflows: each is the shared shell with its own rules (design.md §6 rule 8).

Temporal wants `init` and `run` on each class itself, also where they are the base's.
"""

from __future__ import annotations

from temporalio import workflow

from stagemark.contracts.names import neighbour_workflow
from stagemark.contracts.neighbours import NeighbourInput
from stagemark.domain.account.rules import ACCOUNT
from stagemark.domain.aftercare.rules import AFTERCARE
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.complaint.rules import COMPLAINT
from stagemark_workflows.neighbour import Neighbour

__all__ = ["NEIGHBOURS", "Account", "Aftercare", "Collection", "Complaint"]


@workflow.defn(name=neighbour_workflow("account"))
class Account(Neighbour):
    """What all sales of one customer share: credit, exposure, and money that came in."""

    rules = ACCOUNT

    @workflow.init
    def __init__(self, start: NeighbourInput) -> None:
        """See base class."""
        super().__init__(start)

    @workflow.run
    async def run(self, start: NeighbourInput) -> None:
        """See `Neighbour.live`."""
        await self.live()


@workflow.defn(name=neighbour_workflow("aftercare"))
class Aftercare(Neighbour):
    """How a customer is cared for after the contract."""

    rules = AFTERCARE

    @workflow.init
    def __init__(self, start: NeighbourInput) -> None:
        """See base class."""
        super().__init__(start)

    @workflow.run
    async def run(self, start: NeighbourInput) -> None:
        """See `Neighbour.live`."""
        await self.live()


@workflow.defn(name=neighbour_workflow("collection"))
class Collection(Neighbour):
    """How the money of one signed sale is collected."""

    rules = COLLECTION

    @workflow.init
    def __init__(self, start: NeighbourInput) -> None:
        """See base class."""
        super().__init__(start)

    @workflow.run
    async def run(self, start: NeighbourInput) -> None:
        """See `Neighbour.live`."""
        await self.live()


@workflow.defn(name=neighbour_workflow("complaint"))
class Complaint(Neighbour):
    """A customer's complaint."""

    rules = COMPLAINT

    @workflow.init
    def __init__(self, start: NeighbourInput) -> None:
        """See base class."""
        super().__init__(start)

    @workflow.run
    async def run(self, start: NeighbourInput) -> None:
        """See `Neighbour.live`."""
        await self.live()


NEIGHBOURS = (Account, Aftercare, Collection, Complaint)
"""All of them."""
