"""What is due, on the page before a visit: each thing once, with its day and who sees to it; and what came in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from stagemark.adapters.directory import SqlDirectory
from stagemark.domain.aftercare import commands as c
from stagemark.domain.collection.commands import CollectionRequest
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.entries import Entry
from stagemark.domain.neighbour import Accepted, Around, decide, fall_due, next_due
from stagemark.policies.load import shipped_policy
from stagemark.readmodel import dossier
from stagemark.readmodel.migrate import migrate
from stagemark.readmodel.store import Store, open_store
from stagemark.reports.briefing import briefing
from stagemark.reports.briefing_page import briefing_html, briefing_tables
from tests.reports.test_briefing import WHOLE, page, rows, write, write_sale
from tests.scenarios.account.playing import Account, report
from tests.scenarios.aftercare.playing import ACCOUNT, CALENDAR, SALE, SHANGHAI, completed, day, satisfied, signed

CONTRACT = {
    "amount": {"amount": 200_000, "currency": "CNY"},
    "instalments": [
        {"id": "1", "amount": 50_000, "due": "2026-03-10"},
        {"id": "2", "amount": 150_000, "due": "2026-04-25"},
    ],
    "milestones": {"delivery": "2026-04-01", "acceptance": "2026-05-04"},
}


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'stagemark.db'}", "test")
    await migrate(opened)
    yield opened
    await opened.close()


class Collecting:
    """The collection of a contract, from its signing to ten in the morning of a day."""

    def __init__(self, until: str, **contract: Any) -> None:
        self.now = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)
        self.state, self.entries = COLLECTION.state(id=SALE), list[Entry[Any]]()
        whole = signed().model_dump(mode="json") | {"contract": {**CONTRACT, **contract}}
        self.ask(whole, actor="stagemark")
        self.until(until)

    @property
    def around(self) -> Around:
        return Around(shipped_policy(), CALENDAR, self.now)

    def ask(self, *commands: dict[str, Any], actor: str = "wang") -> None:
        fields = {"key": f"k{len(self.entries)}", "actor": actor, "commands": commands}
        self._take(decide(COLLECTION, self.state, CollectionRequest.model_validate(fields), self.around))

    def until(self, text: str) -> None:
        end = datetime.combine(day(text), self.now.timetz())
        while (due := next_due(COLLECTION, self.state, self.around)) is not None and due <= end:
            self.now = due
            self._take(fall_due(COLLECTION, self.state, self.around))
        self.now = end

    def _take(self, decision: Any) -> None:
        assert isinstance(decision, Accepted)
        self.entries += decision.entries
        self.state = decision.state


async def written(store: Store, life: Collecting) -> None:
    await write_sale(store)
    await write(store, "collection", life.entries)


async def test_open_tasks_late_and_coming_milestones_and_instalments_stand_there_once_with_who(store: Store) -> None:
    life = Collecting("2026-04-20")
    await written(store, life)
    found = await page(store, life)
    assert found.due.columns == ("Day", "What", "Sale", "How", "Who")
    texts = [row[1] for row in found.due.rows]
    assert texts[1].startswith("Instalment 1: 50,000.00 CNY, due 2026-03-10, 41 days overdue. Finance sends")
    assert [texts[0], *texts[2:]] == [
        "delivery: late by 19 days", "instalment 2 falls due: 150,000.00 CNY", "acceptance: planned",
    ]  # fmt: skip
    assert [(row[0], row[2], row[4]) for row in found.due.rows] == [
        ("2026-04-01", SALE, "王磊"),
        ("2026-04-17", SALE, "finance, 王磊"),
        ("2026-04-25", SALE, "王磊"),
        ("2026-05-04", SALE, "王磊"),
    ]


async def test_of_a_late_milestone_speaks_its_task_while_it_is_open(store: Store) -> None:
    life = Collecting("2026-04-02")
    await written(store, life)
    said = [row[1:] for row in (await page(store, life)).due.rows if "delivery" in row[1]]
    text = "Late: delivery, planned for 2026-04-01. See to it before the customer makes it a reason not to pay."
    assert said == [(text, SALE, "", "王磊, supervisor")]


async def test_a_reminder_stands_for_its_instalment(store: Store) -> None:
    life = Collecting("2026-04-23", milestones={})
    await written(store, life)
    coming = [
        row[1] for row in (await page(store, life)).due.rows if "Instalment 2" in row[1] or "instalment 2" in row[1]
    ]
    assert coming == ["Instalment 2 falls due on 2026-04-25: 150,000.00 CNY. Remind the customer, gently."]


async def test_of_a_signing_that_was_taken_back_nothing_falls_due(store: Store) -> None:
    life = Collecting("2026-04-01")
    life.ask({"kind": "unsigned", "opportunity": SALE}, actor="stagemark")
    await written(store, life)
    found = await page(store, life)
    assert found.due.rows == []
    assert not any(hint.about.startswith("instalment") for hint in found.next)


async def test_the_accounts_tasks_and_its_waiting_money_are_due_too(store: Store) -> None:
    await write_sale(store)
    account = Account()
    account.tell(signed())
    account.ask(report("B-1", 30_000, "for what?"))
    account.until("2026-03-04")
    await write(store, "account", account.entries, ACCOUNT)
    found = await page(store, account)
    said = [row[1] for row in found.due.rows]
    assert [row[4] for row in found.due.rows if "payment B-1" in row[1]] == ["finance, 王磊"]
    assert sum("B-1" in text for text in said) == 1
    assert any(text.startswith("Survey the credit of acme") for text in said)
    assert rows(found, "payments") == [("2026-03-02", "", "30,000.00 CNY", "waits to be assigned (B-1)")]


async def test_money_for_which_nobody_is_asked_yet_is_said_in_short(store: Store) -> None:
    await write_sale(store)
    account = Account()
    account.tell(signed())
    account.ask(report("B-1", 30_000, "for what?"))
    account.answer("money_waits", "put_off", until="2026-03-20")
    await write(store, "account", account.entries, ACCOUNT)
    due = [row[1] for row in (await page(store, account)).due.rows]
    assert "payment B-1 waits to be assigned: 30,000.00 CNY" in due


async def test_an_open_trigger_of_a_sale_is_due_with_its_stage_in_words(store: Store) -> None:
    life = completed()
    await write_sale(store)
    found = await store.read(lambda connection: dossier.read(connection, "test", ACCOUNT))
    assert found is not None
    trigger = next(one for one in WHOLE.triggers if one.id == "silence")
    fired = {"opportunity": SALE, "trigger": trigger.id, "rung": trigger.rungs[0].id, "stage": "analysis"}
    found.rows["triggers"] = [{**fired, "to": ["owner", "supervisor"], "due_at": life.now}]
    assert trigger.label is not None
    due = briefing(found, life.around, "zh", {"ann": "Ann Li"}).due.rows
    assert due == [("2026-04-08", f"{trigger.label.zh}：客户分析", SALE, "", "Ann Li、主管")]


async def test_a_payment_is_told_with_its_day_and_what_it_paid_for(store: Store) -> None:
    life = Collecting("2026-03-12")
    money = {"amount": 60_000, "currency": "CNY"}
    paid = {"kind": "enter_payment", "payment": "P-1", "amount": money, "on": "2026-03-11"}
    life.ask({**paid, "allocation": {"1": 50_000, "2": 10_000}})
    await written(store, life)
    found = await page(store, life)
    (column,) = (section.columns for section in found.sections if section.id == "payments")
    assert column == ("Day", "Sale", "Amount", "For")
    assert rows(found, "payments") == [
        ("2026-03-11", SALE, "60,000.00 CNY", "1: 50,000.00 CNY, 2: 10,000.00 CNY"),
    ]
    assert [row[3:5] for row in rows(found, "instalments")] == [
        ("50,000.00 CNY", "0.00 CNY"), ("10,000.00 CNY", "140,000.00 CNY"),
    ]  # fmt: skip


async def test_contacts_that_were_made_are_told_with_their_outcome(store: Store) -> None:
    life = completed()
    life.ask(satisfied())
    life.answering = False
    life.ask(c.RecordFollowUp(item="in-use", text="They need a second charger."))
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    made = rows(await page(store, life), "made")
    assert made[0] == ("2026-04-08", "how it is used", SALE, "by a visit", "They need a second charger.", "王磊")
    assert not any("how it is used" in row[1] for row in (await page(store, life)).due.rows)


async def test_people_have_the_names_of_the_directory_and_addresses_are_whole(store: Store) -> None:
    life = completed()
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    found = await page(store, life)
    assert rows(found, "sales")[0][-1] == "Ann Li"
    assert [contact.name for contact in found.contacts] == ["chen", "刘总"]
    long = "https://dms.example.com/" + "very-long/" * 20
    documents = next(section for section in found.sections if section.id == "documents")
    documents.rows[:] = [(*row[:-1], long) for row in documents.rows]
    console = Console(width=80, file=StringIO())
    console.print(briefing_tables(found, console.width))
    text = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO of above
    assert "…" not in text
    assert "2026-03-02" in text
    assert long in briefing_html(found)


async def test_a_contact_has_the_style_that_the_directory_knows(store: Store, tmp_path: Path) -> None:
    life = completed()
    await write_sale(store)
    (tmp_path / "c.csv").write_text(
        f"id,name,account,style,note\nchen,陈工,{ACCOUNT},owl,\nnew,何总,{ACCOUNT},,quiet\n"
    )
    await SqlDirectory(store).bring_in(tmp_path / "c.csv")
    found = await page(store, life, "zh")
    assert [(contact.name, contact.known) for contact in found.contacts if contact.id != "liu"] == [
        ("陈工", {"沟通风格": "猫头鹰型（分析型）", "采购角色": "使用者、评估者"}),
        ("何总", {"备注": "quiet"}),
    ]


@pytest.mark.parametrize(("language", "said"), [("zh", "最近 3 个月"), ("en", "within 3 months")])
async def test_the_trend_names_the_policys_own_window(store: Store, language: Any, said: str) -> None:
    policy = shipped_policy()
    orders = policy.aftercare.orders.model_copy(update={"window": "P3M"})
    care = policy.aftercare.model_copy(update={"orders": orders})
    life = completed(policy=policy.model_copy(update={"aftercare": care}))
    life.ask(c.RecordOrder(order="PO-1", on=day("2025-12-20"), amount=signed().contract.amount))
    await write_sale(store)
    await write(store, "aftercare", life.entries)
    found = await page(store, life, language)
    assert said in briefing_html(found)
