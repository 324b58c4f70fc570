"""(f) Billable actions of a sale and its neighbours, from the locked account to the referral.

Three instalments: a deposit with the signing, a small part that is forty days late, retention money. The late one is
collected by phone, then by finance, and is paid while finance is at it; then the customer is satisfied and names
somebody. It is played in virtual time on the real server, and counted from the histories of all runs, as (b) is.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.actions import VIRTUAL, histories, single, spent
from benchmarks.figures import Figure
from benchmarks.place import Place, place
from benchmarks.sale import STEPS
from stagemark.clients.account import Accounts
from stagemark.clients.aftercare import Aftercare, Linked
from stagemark.clients.collection import Collections
from stagemark.contracts.names import opportunity_workflow_id
from stagemark.demo.virtual import VirtualSale
from stagemark.domain.account.commands import AccountRequest, Describe, SetGrade, SetLimit
from stagemark.domain.aftercare.commands import Rate, TakeReferralStep
from stagemark.domain.commands import Given
from stagemark.domain.entries import Stream
from stagemark.domain.money import Amount
from stagemark.playbooks.load import shipped_playbook

__all__ = ["measure"]

SALE, NEXT, ACCOUNT = "after", "after-next", "A-9"
NEAR = (f"account:{ACCOUNT}", f"collection:{SALE}", f"aftercare:{SALE}")


async def measure(folder: Path, quick: bool) -> list[Figure]:
    """Play it, and count."""
    async with place(folder, on_file=False, jitter=timedelta(0), present=datetime.now(UTC)) as at:
        story = _Story(at)
        await story.play()
        parts: dict[str, dict[str, int]] = {}
        for workflow in (opportunity_workflow_id(SALE), *NEAR):
            runs = await histories(at.client, workflow)
            for name, part in spent(event for run in runs for event in run.events).items():
                if name != VIRTUAL and part["actions"]:
                    parts[f"{workflow.split(':')[0]}: {name}"] = part
    total = Counter[str]()
    for part in parts.values():
        total.update(part)
    figure = single("actions from lock to referral", "actions", total["actions"], most=80)
    figure.parts.update({**parts, "whole": dict(total)})
    return [figure]


class _Story:
    def __init__(self, at: Place) -> None:
        self._at = at
        self._world = VirtualSale(at.client, SALE, ACCOUNT)

    async def play(self) -> None:
        """From the lock to the referral."""
        await self._limit()
        await self._sign()
        await self._collect()
        await self._refer()

    async def _limit(self) -> None:
        neighbours = await self._neighbours()
        amount = Amount(amount=Decimal(200_000), currency="CNY")
        commands = (
            Describe(title="Acme", owner="wang"),
            SetLimit(limit=amount, reason="half of their capital"),
            SetGrade(grade="a", reason="first-class"),
        )
        request = AccountRequest(key="limit", commands=commands, actor="finance")
        await neighbours.ask(Stream(stream="account", id=ACCOUNT), request)

    async def _sign(self) -> None:
        at = self._at
        first, *later = STEPS[:-1]
        await at.sales.open(
            SALE, shipped_playbook("key-account-six"), account=ACCOUNT, owner="wang", actor="wang",
            also=[mark.command() for mark in first],
        )  # fmt: skip
        for step in later[:-1]:
            await self._after(6)
            await at.sales.record(SALE, *(mark.command() for mark in step), actor="wang")
        await self._after(6)
        accounts = Accounts(await self._neighbours(), at.sales, at.engine.ledger)
        credit = Amount(amount=Decimal(84_000), currency="CNY")
        cleared = await accounts.clear(ACCOUNT, SALE, credit, carry=False, actor="wang")
        today = await self._today()
        contract: dict[str, Any] = {
            "number": "HT-9",
            "amount": {"amount": "120000", "currency": "CNY"},
            "instalments": [
                {"id": "deposit", "type": "deposit", "amount": "36000", "after": "signing"},
                {"id": "second", "amount": "72000", "after": "acceptance", "days": 30},
                {"id": "retention", "type": "retention", "amount": "12000", "after": "acceptance", "days": 75},
            ],
            "milestones": {"delivery": str(today + timedelta(days=14)), "acceptance": str(today + timedelta(days=21))},
        }
        signed, begun = (mark.command() for mark in later[-1])
        given = (
            *signed.evidence,
            Given(evidence="terms", value=contract),
            Given(evidence="clearance", value=cleared.model_dump(mode="json")),
        )
        await at.sales.record(SALE, signed.model_copy(update={"evidence": given}), begun, actor="wang")

    async def _collect(self) -> None:
        await self._after(1)
        await self._pay("P-1", 36_000)
        await self._after(10)
        money = await self._collections()
        await money.reach(SALE, "delivery", await self._today(), actor="wang")
        await self._after(5)
        money = await self._collections()
        await money.reach(SALE, "acceptance", await self._today(), actor="wang")
        await self._after(30 + 40)
        await self._pay("P-2", 72_000)
        await self._after(5)
        await self._pay("P-3", 12_000)

    async def _refer(self) -> None:
        """Two talks: how content they are and what they think; what we offer, and whom they know."""
        await self._after(4)
        care = await self._care()
        content = Rate(score=5, text="All runs well.", contact="buyer")
        await care.ask(SALE, content, TakeReferralStep(step="attitude", text="They praise it."), actor="wang")
        await self._after(8)
        care = await self._care()
        offered = [TakeReferralStep(step=step, text="Done so.") for step in ("benefit", "ask")]
        await care.ask(SALE, *offered, actor="wang")
        await care.give_name(SALE, "B-1", "buyer", Linked(NEXT, shipped_playbook("key-account-six")), actor="wang")

    # -- how

    async def _after(self, days: int) -> None:
        await self._world.go_to(await self._world.now() + timedelta(days=days))

    async def _today(self) -> date:
        return (await self._world.now() + timedelta(hours=8)).date()

    async def _pay(self, payment: str, amount: int) -> None:
        money = await self._collections()
        paid = Amount(amount=Decimal(amount), currency="CNY")
        await money.enter_payment(SALE, payment, paid, await self._today(), actor="finance")

    async def _simulation(self) -> dict[str, Any]:
        now = await self._world.now()
        return {"offset": now - datetime.now(now.tzinfo), "present": now, "jitter": timedelta(0)}

    async def _neighbours(self) -> Any:
        return self._at.engine.neighbours(self._at.client, **await self._simulation())

    async def _collections(self) -> Collections:
        return self._at.engine.collections(self._at.client, **await self._simulation())

    async def _care(self) -> Aftercare:
        return self._at.engine.aftercare(self._at.client, **await self._simulation())
