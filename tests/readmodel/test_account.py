"""Accounts in SQL: their rows, and a rebuild gives the same ones."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from stagemark.adapters.collections import SqlCollections
from stagemark.domain.account import commands as c
from stagemark.domain.entries import Stream
from stagemark.domain.told import ComplaintOpened, PromptMade
from stagemark.readmodel import books
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.account import (
    TABLES,
    account_payments,
    account_sales,
    accounts,
    clearances,
    credit_reviews,
)
from tests.scenarios.account.playing import Account, bounced, clear, day, limit, owed, report, signed


def life(group: str = "acme-group") -> Account:
    account = Account().tell(
        c.Describe(title="Acme", owner="wang", group=group, level="a", channel="fair", our_share=Decimal("0.4")),
        limit(200_000), clear("C-1", 100_000), signed(clearance="C-1", number="HT-1"), signed("S-2", 500),
        c.Exempt(until=day("2026-09-30"), approved_by="li", reason="talks"), ComplaintOpened(complaint="K-1"),
        PromptMade(opportunity="S-1", on=day("2026-03-02"), cool_until=day("2026-04-01")),
    )  # fmt: skip
    account.tell(report("B-1", 130_000, "HT-1", payer="Acme Ltd"), report("B-2", 7, currency="USD"))
    account.tell(bounced("B-1", 30_000), owed(_1=0, _2=0), c.Refund(payment="B-1", amount=Decimal(1), reason="fee"))
    account.tell(c.Survey(text="sound", grade="b"), c.Worsened(text="late"), on="2026-03-05")
    return account


async def keep(store: Store, account: Account, id_: str = "acme") -> None:
    stream = Stream(stream="account", id=id_)
    await store.write(lambda connection: books.write(connection, "test", stream, account.entries))


async def derived(store: Store) -> dict[str, list[dict[str, Any]]]:
    def read_all(connection: Any) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in TABLES
        }

    return await store.read(read_all)


async def test_a_customer_is_called_by_the_title_that_somebody_gave(store: Store) -> None:
    await keep(store, life())
    await keep(store, Account().tell(signed()), "nameless")
    assert await SqlCollections(store).customers() == {"acme": "Acme"}


async def test_the_rows_tell_who_it_is_what_it_may_owe_and_where_its_money_is(store: Store) -> None:
    await keep(store, life())
    found = await derived(store)
    (whole,) = found[accounts.name]
    told = {
        "title": "Acme", "group": "acme-group", "level": "a", "grade": "b", "channel": "fair", "our_share": "0.4",
        "limit": "200000", "limit_currency": "CNY", "used": "500", "exposure": {"CNY": "500"},
        "waiting": {"CNY": "29999", "USD": "7"}, "exempt_until": date(2026, 9, 30), "exempt_by": "li",
        "surveyed": date(2026, 3, 5), "worsened_on": date(2026, 3, 5), "complaints": ["K-1"],
        "cool_until": date(2026, 4, 1), "blacklisted": "",
    }  # fmt: skip
    assert {name: whole[name] for name in told} == told
    sales = {
        row["opportunity"]: (row["number"], row["outstanding"], row["cleared"]) for row in found[account_sales.name]
    }
    assert sales == {"S-1": ("HT-1", "0", True), "S-2": ("", "500", False)}
    (cleared,) = found[clearances.name]
    assert (cleared["clearance"], cleared["status"], cleared["amount"]) == ("C-1", "confirmed", "100000")
    money = {row["payment"]: (row["placed"], row["waiting"], row["returned"]) for row in found[account_payments.name]}
    assert money == {"B-1": ("100000", "29999", "1"), "B-2": ("0", "7", "0")}
    assert [row["what"] for row in found[credit_reviews.name]] == ["survey", "worsened"]


async def test_a_rebuild_gives_the_same_rows(store: Store) -> None:
    await keep(store, life())
    before = await derived(store)
    await store.write(lambda connection: books.rebuild(connection, "test"))
    assert await derived(store) == before
