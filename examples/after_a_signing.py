"""Sign a contract, take money for it, and ask what is owed. Needs a running worker (`stagemark up`)."""

import asyncio
from datetime import date
from decimal import Decimal

from stagemark import bootstrap
from stagemark.domain.commands import Given, Mark
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Playbook
from stagemark.errors import Refused

# A process of one's own is data: two stages, of which the first ends with a contract and the second collects it.
ORDERS = Playbook.model_validate(
    {
        "id": "orders",
        "evidence": [{"id": "terms", "type": "contract"}, {"id": "paid", "type": "money"}],
        "stages": [
            {"id": "order", "start": {}, "end": {"evidence": [{"evidence": "terms"}]}},
            {"id": "collect", "collects": {"amount": "paid"}, "start": {}, "end": {"evidence": [{"evidence": "paid"}]}},
        ],
        "loss_reasons": [{"id": "price"}],
    }
)
TERMS = {
    "number": "HT-18",
    "amount": {"amount": "100000", "currency": "CNY"},
    "instalments": [
        {"id": "deposit", "type": "deposit", "amount": "30000", "after": "signing"},
        {"id": "rest", "amount": "70000", "due": "2026-03-31"},
    ],
}


async def main() -> None:
    async with bootstrap.engine() as engine:
        client = await engine.connect()
        sales, money, lists = engine.sales(client), engine.collections(client), engine.lists
        await sales.open(
            "S-2026-018", ORDERS, account="acme", owner="wang", actor="wang", observed_at="2026-03-02",
            also=[Mark(stage="order", edge="start")],
        )  # fmt: skip
        await sales.record(
            "S-2026-018",
            Mark(stage="order", edge="end", evidence=(Given(evidence="terms", value=TERMS),)),
            Mark(stage="collect", edge="start"),
            actor="wang",
            observed_at="2026-03-03",
        )
        # Its collection hears of the signing a moment later.
        while not await lists.instalments("S-2026-018"):  # noqa: ASYNC110  # another process writes it: no event tells
            await asyncio.sleep(0.1)

        deposit = Amount(amount=Decimal(30_000), currency="CNY")
        await money.enter_payment("S-2026-018", "P-1", deposit, date(2026, 3, 4), actor="chen", key="bank-881")
        try:
            await money.enter_payment(
                "S-2026-018", "P-2", deposit, date(2026, 3, 5), instalments=["deposit"], actor="chen"
            )
        except Refused as refused:
            print("refused:", refused.code)

        for owed in await lists.receivables():
            if owed.opportunity == "S-2026-018" and owed.instalment == "rest":
                print("owed:", owed.outstanding, owed.currency, "since", owed.due, "by", owed.by)


asyncio.run(main())
