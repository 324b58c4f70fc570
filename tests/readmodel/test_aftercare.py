"""Aftercares in SQL: a rebuild gives the same rows; who refers us, and what grew out of a sale."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from stagemark.domain.aftercare import commands as c
from stagemark.domain.aftercare.rules import AFTERCARE as RULES
from stagemark.domain.entries import Stream
from stagemark.domain.neighbour import Accepted, decide
from stagemark.readmodel import books
from stagemark.readmodel.growth import descendants, earned, referral_centres
from stagemark.readmodel.schema import opportunities
from stagemark.readmodel.store import Store
from stagemark.readmodel.tables.aftercare import TABLES, follow_ups, prompts, satisfaction
from stagemark.readmodel.tables.common import tasks
from tests.scenarios.aftercare.playing import ACCOUNT, SALE, amount, completed, contract, day, satisfied, signed

AFTERCARE = Stream(stream="aftercare", id=SALE)
NOW = "2026-03-02"


async def derived(store: Store) -> dict[str, list[dict[str, Any]]]:
    def read(connection: Any) -> dict[str, list[dict[str, Any]]]:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in (*TABLES, tasks)
        }

    return await store.read(read)


async def test_the_rows_tell_what_is_planned_what_became_of_it_and_what_can_be_said(store: Store) -> None:
    life = completed()
    life.ask(satisfied())
    life.ask(c.RecordOrder(order="PO-1", on=day("2026-04-01"), amount=amount(5), product="camera"))
    life.ask(c.RateReferrer(contact="liu", signs=("influence", "connections")))
    life.until("2026-04-16")
    life.ask(c.AnswerPrompt(prompt=life.state.open_prompt or "", answer="accepted", text="yes", opportunity="S-2"))
    life.ask(c.GiveName(account="beta", contact="liu", opportunity="S-3"))
    await store.write(lambda connection: books.write(connection, "test", AFTERCARE, life.entries))
    found = await derived(store)
    arrived = next(row for row in found[follow_ups.name] if row["item"] == "arrived")
    assert (arrived["status"], arrived["outcome"], str(arrived["answered_on"])) == ("done", "done", "2026-03-13")
    assert {row["status"] for row in found[follow_ups.name]} == {"planned", "done"}
    (prompt,) = found[prompts.name]
    assert (prompt["status"], prompt["opened"], prompt["words"]["reason"]) == (
        "accepted",
        "S-2",
        {"zh": "card", "en": "card"},
    )
    assert [row["score"] for row in found[satisfaction.name]] == [5]
    await store.write(lambda connection: books.rebuild(connection, "test"))
    assert await derived(store) == found


async def test_an_aftercare_without_a_signing_has_no_rows(store: Store) -> None:
    life = completed()
    await store.write(lambda connection: books.write(connection, "test", AFTERCARE, life.entries[:1]))
    assert all(rows for name, rows in (await derived(store)).items() if name == "aftercares")


def sale(
    id_: str, account: str, origin: str | None = None, by: str | None = None, who: str | None = None
) -> dict[str, Any]:
    """A row of a sale, with no more than what counts here."""
    row: dict[str, Any] = dict.fromkeys(column.name for column in opportunities.columns if column.nullable)
    row |= dict.fromkeys(("hash", "playbook", "playbook_version", "playbook_hash", "title", "owner", "zone"), "")
    row |= {"calendar": "cn", "collaborators": [], "open_stages": [], "skipped_stages": [], "sequence": 1, "missed": 0}
    row |= {
        "opened_known": True,
        "ended_known": True,
        "high_risk": False,
        "last_told": datetime(2026, 3, 2, tzinfo=UTC),
    }
    row |= {"namespace": "test", "opportunity": id_, "account": account, "life": "open"}
    return {**row, "origin": origin, "origin_by": by, "origin_id": who}


async def signed_sale(store: Store, id_: str, value: int) -> None:
    life = completed()
    life.state = life.state.model_copy(update={"id": id_})
    told = signed(opportunity=id_, account=id_.lower(), contract=contract(value=value))
    request = c.AftercareRequest(key="s", commands=(told,), actor="wang")
    decision = decide(RULES, RULES.state(id=id_), request, life.around)
    assert isinstance(decision, Accepted)
    stream = Stream(stream="aftercare", id=id_)
    await store.write(lambda connection: books.write(connection, "test", stream, decision.entries))


async def test_a_chain_of_sales_tells_what_it_has_earned(store: Store) -> None:
    rows = [
        sale("S-1", ACCOUNT),
        sale("S-2", ACCOUNT, "S-1", "prompt", "p9"),
        sale("S-3", "beta", "S-1", "referral", "liu"),
        sale("S-4", "gamma", "S-3", "referral", "chen"),
        sale("S-5", "delta"),
    ]
    await store.write(lambda connection: connection.execute(insert(opportunities), rows))
    for id_, value in (("S-1", 100_000), ("S-3", 40_000), ("S-4", 5_000), ("S-5", 7)):
        await signed_sale(store, id_, value)
    found = await store.read(lambda connection: descendants(connection, "test", "S-1"))
    assert [(one.depth, one.opportunity, one.by, one.amount) for one in found] == [
        (0, "S-1", None, "100000"),
        (1, "S-2", "prompt", None),
        (1, "S-3", "referral", "40000"),
        (2, "S-4", "referral", "5000"),
    ]
    assert earned(found) == {"CNY": Decimal(45_000)}


async def test_referral_centres_are_ranked_by_signs_then_names_then_what_they_earned(store: Store) -> None:
    life = completed()
    life.ask(satisfied())
    life.ask(c.RateReferrer(contact="few", signs=("influence",)))
    life.ask(c.RateReferrer(contact="many", signs=("influence", "connections", "endorses_product")))
    life.ask(c.RateReferrer(contact="named", signs=("endorses_person",)))
    life.ask(c.GiveName(account="beta", contact="named", opportunity="S-3"))
    life.ask(c.GiveName(account="gamma", contact="unrated", opportunity="S-4"))
    await store.write(lambda connection: books.write(connection, "test", AFTERCARE, life.entries))
    await signed_sale(store, "S-3", 40_000)
    found = await store.read(lambda connection: referral_centres(connection, "test", ACCOUNT))
    assert [(one.contact, len(one.signs), one.named, one.earned) for one in found] == [
        ("many", 3, 0, {}),
        ("named", 1, 1, {"CNY": Decimal(40_000)}),
        ("few", 1, 0, {}),
        ("unrated", 0, 1, {}),
    ]
    assert await store.read(lambda connection: referral_centres(connection, "test", "nobody")) == []
