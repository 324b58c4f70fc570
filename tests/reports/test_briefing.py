"""The page before a visit: what stands on it, in both languages, and nothing that is not so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from stagemark.adapters.ledger import SqlLedger
from stagemark.domain.account.commands import AccountRequest, Describe, SetLimit
from stagemark.domain.account.rules import ACCOUNT as ACCOUNT_RULES
from stagemark.domain.aftercare import commands as c
from stagemark.domain.collection.commands import CollectionRequest
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.commands import Given, Record
from stagemark.domain.complaint.commands import ComplaintRequest, Raise
from stagemark.domain.complaint.rules import COMPLAINT
from stagemark.domain.entries import Stream
from stagemark.domain.neighbour import Accepted, decide
from stagemark.domain.told import Held
from stagemark.playbooks.load import shipped_playbook
from stagemark.readmodel import books, dossier
from stagemark.readmodel.migrate import migrate
from stagemark.readmodel.store import Store, open_store
from stagemark.reports.briefing import Briefing, briefing
from stagemark.reports.briefing_page import briefing_html, briefing_tables
from stagemark.texts.language import Language
from tests.playing import Sale
from tests.scenarios.aftercare.playing import ACCOUNT, SALE, Aftercare, amount, completed, day, satisfied, signed
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play

NAMES = {"liu": "刘总", "wang": "王磊", "ann": "Ann Li"}
WHOLE = shipped_playbook("key-account-six")


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'stagemark.db'}", "test")
    await migrate(opened)
    yield opened
    await opened.close()


async def write_sale(store: Store) -> None:
    sale = Sale(WHOLE.compiled())
    sale.open(account=ACCOUNT, title="Cameras")
    people = [
        ("buying_role", "liu", ["decision_maker"]),
        ("relationship", "liu", "trust"),
        ("style_noted", "liu", ["in_directory"]),
        ("buying_role", "chen", ["user", "evaluator"]),
    ]
    sale.tell(Record(evidence=tuple(Given(evidence=e, person=p, value=v) for e, p, v in people)))
    proposal = {"uri": "dms:proposal-7", "sha256": "0" * 64}
    sale.tell(Record(evidence=(Given(evidence="proposal", value=proposal),)))
    ledger = SqlLedger(store)
    await ledger.keep_playbook(WHOLE)
    await ledger.append(SALE, sale.state.events)


async def write(store: Store, kind: Any, entries: Any, id_: str = SALE) -> None:
    stream = Stream(stream=kind, id=id_)
    await store.write(lambda connection: books.write(connection, "test", stream, entries))


def entries_of(rules: Any, id_: str, request: Any, life: Aftercare) -> Any:
    decision = decide(rules, rules.state(id=id_), request, life.around)
    assert isinstance(decision, Accepted)
    return decision.entries


async def page(store: Store, life: Any, language: Language = "en") -> Briefing:
    found = await store.read(lambda connection: dossier.read(connection, "test", ACCOUNT))
    assert found is not None
    return briefing(found, life.around, language, NAMES)


def rows(found: Briefing, section: str) -> list[tuple[str, ...]]:
    return next(one.rows for one in found.sections if one.id == section)


async def test_the_page_tells_orders_trend_contacts_what_is_due_and_what_to_say(store: Store) -> None:
    life = completed()
    life.ask(satisfied())
    life.ask(c.RecordOrder(order="PO-1", on=day("2026-04-02"), amount=amount(20_000)))
    life.answering = False
    life.ask(c.PromiseTask(item="manual", text="Send the Chinese manual.", until=day("2026-04-30")))
    life.until("2026-04-16")
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    found = await page(store, life)
    assert [(contact.id, contact.known) for contact in found.contacts] == [
        ("chen", {"Buying role": "User, Evaluator"}),
        ("liu", {"Buying role": "Decision maker", "Ladder of relations": "Trust",
                 "Communication style identified": "Noted in the directory"}),
    ]  # fmt: skip
    assert rows(found, "orders") == [
        ("PO-1", SALE, "2026-04-02", "20,000.00 CNY"),
        (SALE, SALE, "2026-03-02", "100,000.00 CNY"),
    ]
    assert rows(found, "trend") == [("2026 Q1", "100,000.00 CNY"), ("2026 Q2", "20,000.00 CNY")]
    assert rows(found, "satisfaction") == [("2026-04-08", SALE, "5", "all well")]
    assert [row[:3] for row in rows(found, "proposed")] == [("2026-04-15", "card", "no answer yet")]
    assert [row[1:] for row in rows(found, "documents")] == [("Proposal", SALE, "dms:proposal-7")]
    due = [row[:2] for row in found.due.rows]
    assert ("2026-06-10", "follow-up: after a quarter") in due
    assert all(day_ <= "2026-06-15" for day_, _ in due)
    texts = [hint.text for hint in found.next]
    assert texts[0] == "You promised: Send the Chinese manual (until 2026-04-30)."
    assert "Suggest card: card card card" in texts
    assert "A referral, next step: learn their attitude." in texts


async def test_a_complaint_and_what_is_overdue_come_first_and_no_prompt_is_said(store: Store) -> None:
    life = completed()
    life.ask(satisfied())
    life.tell("2026-04-10", Held(complaints=("C-1",)))
    raised = Raise(account=ACCOUNT, owner="wang", text="Two cameras are dead.", title="Dead cameras")
    told = (signed(),)
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    complaint = ComplaintRequest(key="c", commands=(raised,), actor="wang")
    await write(store, "complaint", entries_of(COMPLAINT, "C-1", complaint, life), "C-1")
    owed = CollectionRequest.model_validate(
        {"key": "s", "actor": "stagemark", "commands": [told[0].model_dump(mode="json"),
         {"kind": "reach", "milestone": "delivery", "on": "2026-03-05"}]}
    )  # fmt: skip
    await write(store, "collection", entries_of(COLLECTION, SALE, owed, life))
    life.until("2026-04-15")
    found = await page(store, life)
    hints = [hint.text for hint in found.next]
    assert hints[0].startswith("First ask about the complaint C-1")
    assert hints[1] == "Settle what is overdue: 100,000.00 CNY of S-1, for 11 days. Ask for all of it, not a part."
    assert "No prompt now: complaints of the customer are open: C-1" in hints
    assert not any("referral" in hint for hint in hints)
    assert rows(found, "complaints") == [("C-1", "Dead cameras", "open", "let them vent", "2026-04-10")]
    assert rows(found, "instalments")[0][4:] == ("100,000.00 CNY", "2026-04-04", "11")
    assert ("S-1", "delivery", "", "2026-03-05") in rows(found, "deliveries")


async def test_money_that_came_back_and_was_assigned_again_is_told_once(store: Store) -> None:
    play = Play(read("""
given signed 2026-02-02: 1=50000 due 2026-03-20; 2=50000 due 2026-04-20
02-10  * placed B1 60000 for 1
02-11  * placed B1 10000 for 2
02-12  * placed B2 50000 for 9
until 2026-02-13
"""))  # fmt: skip
    play.run()
    await write_sale(store)
    await write(store, "collection", play.entries)
    assert rows(await page(store, completed()), "payments") == [
        ("2026-02-11", SALE, "60,000.00 CNY", "1: 50,000.00 CNY, 2: 10,000.00 CNY")
    ]


async def test_an_order_that_two_sales_know_is_counted_once(store: Store) -> None:
    life = completed()
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    found = await store.read(lambda connection: dossier.read(connection, "test", ACCOUNT))
    assert found is not None
    found.rows["orders"] *= 2
    assert len(rows(briefing(found, life.around, "en"), "orders")) == 1


async def test_a_volume_is_compared_with_that_of_as_long_before(store: Store) -> None:
    life = completed()
    life.ask(c.RecordOrder(order="PO-1", on=day("2025-08-01"), amount=amount(200_000)))
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    found = await page(store, life)
    assert str(found.change) == "-0.5"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_can_be_read_in_a_terminal_and_printed(store: Store, language: Language) -> None:
    life = completed()
    life.ask(satisfied())
    life.answering = False
    life.ask(c.PromiseTask(item="x", text="<b>&", until=day("2026-04-30")))
    life.until("2026-04-16")
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    found = await page(store, life, language)
    console = Console(width=120, file=StringIO())
    console.print(briefing_tables(found, console.width))
    text = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO of above
    html = briefing_html(found)
    for said in ("刘总", SALE, {"zh": "联系人", "en": "Contacts"}[language]):
        assert said in text
        assert said in html
    assert "&lt;b&gt;&amp;" in html
    assert "http" not in html  # it needs nothing from elsewhere
    assert Briefing.model_validate_json(found.model_dump_json()) == found
    assert "{" not in text
    assert {
        "zh": "采购角色：决策者；关系阶梯：信赖", "en": "Buying role: Decision maker; Ladder of relations: Trust",
    }[language] in text  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_customer_is_called_by_name_with_what_is_known_of_their_credit(
    store: Store, language: Language
) -> None:
    life = completed()
    life.ask(satisfied())
    life.until("2026-04-16")
    (prompt,) = life.state.prompts
    life.ask(c.AnswerPrompt(prompt=prompt, answer="accepted", text="Yes.", opportunity="S-2"))
    life.until("2026-05-20")
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    bare = await page(store, life, language)
    assert (bare.customer, bare.standing) == (ACCOUNT, "")
    described = Describe(title="极光贸易", group="Aurora", level="a")
    credit = (described, SetLimit(limit=amount(500_000), reason="so"), signed())
    asked = AccountRequest(key="a", commands=credit, actor="wang")
    await write(store, "account", entries_of(ACCOUNT_RULES, ACCOUNT, asked, life), ACCOUNT)
    found = await page(store, life, language)
    assert found.standing.split(" · ") == {
        "en": ["Group: Aurora", "Customer level: A", "Credit grade: C",
               "Credit limit: 500,000.00 CNY, used: 100,000.00 CNY", "Owed: 100,000.00 CNY"],
        "zh": ["集团：Aurora", "客户级别：A", "信用等级：C 级",
               "信用额度：500,000.00 CNY，已用：100,000.00 CNY", "欠款：100,000.00 CNY"],
    }[language]  # fmt: skip
    title = {"en": "Before the visit: 极光贸易 (acme)", "zh": "拜访准备单：极光贸易（acme）"}[language]
    html = briefing_html(found)
    assert f"<h1>{title}</h1>" in html
    assert found.standing in html
    assert {"en": "card (card) was accepted already", "zh": "“card（card）”已被接受"}[language] in html
    console = Console(width=300, file=StringIO())
    console.print(briefing_tables(found, console.width))
    assert f"{title} · " in console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO of above


async def test_what_is_too_long_for_a_line_goes_on_below_where_it_began(store: Store) -> None:
    life = completed()
    life.answering = False
    life.ask(
        c.PromiseTask(item="x", text="Send the Chinese manual to everybody at the works.", until=day("2026-04-30"))
    )
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    found = await page(store, life)
    console = Console(width=40, file=StringIO())
    console.print(briefing_tables(found, console.width))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # the StringIO of above
    first = next(number for number, line in enumerate(lines) if line.startswith(" 1. You promised"))
    assert lines[first + 1].startswith("    ")
    liu = next(number for number, line in enumerate(lines) if line.startswith(" 刘总"))
    assert lines[liu + 1].startswith("       ")


async def test_nobody_knows_of_an_account_without_sales(store: Store) -> None:
    assert await store.read(lambda connection: dossier.read(connection, "test", "nobody")) is None


async def test_of_a_promised_payment_and_of_a_disputed_one_something_else_is_said(store: Store) -> None:
    life = completed()
    await write_sale(store)
    owed = CollectionRequest.model_validate(
        {"key": "s", "actor": "stagemark", "commands": [signed().model_dump(mode="json"),
         {"kind": "reach", "milestone": "delivery", "on": "2026-03-05"}]}
    )  # fmt: skip
    await write(store, "collection", entries_of(COLLECTION, SALE, owed, life))
    life.until("2026-04-15")
    found = await store.read(lambda connection: dossier.read(connection, "test", ACCOUNT))
    assert found is not None
    late = next(row for row in found.rows["instalments"] if row["due"])

    def said(**changes: object) -> list[str]:
        assert found is not None
        found.rows["instalments"] = [{**late, **changes}]
        return [hint.text for hint in briefing(found, life.around, "en").next if hint.about.startswith("instalment")]

    assert said()[0].startswith("Settle what is overdue")
    assert said(promised_until=day("2026-04-20"))[0].startswith("They have promised")
    assert said(promised_until=day("2026-04-10"))[0].startswith("Settle what is overdue")
    assert said(disputed="C-1") == []
