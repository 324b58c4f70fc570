"""The clients with which the demo's people work after the contract: all of one present."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from temporalio.client import Client

from stagemark.client import Stagemark
from stagemark.clients.account import Accounts
from stagemark.clients.aftercare import Aftercare
from stagemark.clients.asking import Asking
from stagemark.clients.collection import Collections
from stagemark.clients.complaint import Complaints
from stagemark.ports import Ledger

__all__ = ["Desk", "House"]


class House(Protocol):
    """What makes clients: `bootstrap.Engine`, or `testing.Platform`. `simulation` may set what `Living` has."""

    @property
    def ledger(self) -> Ledger:
        """The list of all events."""

    def sales(self, client: Client, **simulation: Any) -> Stagemark:
        """The client of sales."""

    def neighbours(self, client: Client, **simulation: Any) -> Asking:
        """The way to a sale's neighbours."""

    def complaints(self, client: Client, **simulation: Any) -> Complaints:
        """The client of complaints."""

    def aftercare(self, client: Client, **simulation: Any) -> Aftercare:
        """The client of what comes after the contract."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A client for each thing that people work at."""

    sales: Stagemark
    accounts: Accounts
    collections: Collections
    aftercare: Aftercare
    complaints: Complaints

    @classmethod
    def of(cls, house: House, client: Client, **simulation: Any) -> Desk:
        """A desk in this house; `simulation` as in `House`."""
        sales, asking = house.sales(client, **simulation), house.neighbours(client, **simulation)
        return cls(
            sales,
            Accounts(asking, sales, house.ledger),
            Collections(asking, sales),
            house.aftercare(client, **simulation),
            house.complaints(client, **simulation),
        )
