"""Collecting from the command line, on a real server: what is owed, promised, disputed, delivered, given up."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import CommandLine

PLAYBOOK = """
id: sign-and-collect
label: {zh: 签约, en: Signing}
evidence:
  - {id: terms, type: contract, label: {zh: 条款, en: Terms}}
  - {id: paid, type: money, label: {zh: 已付, en: Paid}}
stages:
  - id: sign
    label: {zh: 签约, en: Sign}
    start: {label: {zh: 开始, en: Start}}
    end: {label: {zh: 签订, en: Signed}, evidence: [{evidence: terms}]}
  - id: collect
    label: {zh: 回款, en: Collect}
    collects: {amount: paid}
    start: {label: {zh: 开始, en: Start}}
    end: {label: {zh: 收齐, en: Collected}, evidence: [{evidence: paid}]}
loss_reasons: [{id: price, label: {zh: 价格, en: Price}}]
"""
PEOPLE = "id,name,supervisor,team\nwang,王,li,south\nli,李,,south\nzhou,周,li,north\n"
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()  # in the calendar by which debts age


def ago(days: int) -> str:
    return str(TODAY - timedelta(days=days))


@pytest.fixture
def stagemark(in_process: CommandLine) -> CommandLine:
    return in_process


@pytest.fixture
def done(stagemark: CommandLine) -> Callable[..., str]:
    def run(*words: str) -> str:
        answer = stagemark(*words)
        assert answer.status == 0, answer.err
        return answer.out

    return run


def listed(stagemark: CommandLine, *words: str, fits: Callable[[Any], Any]) -> Any:
    """What a list says, once the tables tell of that; the test's own time limit ends the wait."""
    while True:
        answer = stagemark(*words, "--output", "json")
        if answer.codes == ["unknown_opportunity"]:  # the ledger hears of it a moment later
            continue
        assert answer.status == 0, answer.err
        if fits(found := answer.json):
            return found


def signed(stagemark: CommandLine, sale: str, parts: list[dict[str, Any]], account: str, owner: str = "wang") -> None:
    """A sale that was signed ninety days ago."""
    (stagemark.folder / "sign.yaml").write_text(PLAYBOOK)
    (stagemark.folder / "people.csv").write_text(PEOPLE)
    amount = {"amount": str(sum(int(part["amount"]) for part in parts)), "currency": "CNY"}
    terms = json.dumps({"amount": amount, "instalments": parts, "milestones": {"delivery": ago(20)}, "number": "HT-7"})
    for words in (
        ("directory", "import", "people.csv"),
        ("open", sale, "--playbook", "./sign.yaml", "--account", account, "--owner", owner,
         "--mark", "sign.start", "--observed-at", ago(91)),
        ("mark", sale, "sign.end", "-e", f"terms={terms}", "--observed-at", ago(90)),
    ):  # fmt: skip
        answer = stagemark(*words)
        assert answer.status == 0, answer.err
    listed(stagemark, "instalment", "list", sale, fits=len)


def test_promises_disputes_and_deliveries_are_recorded_and_listed(
    stagemark: CommandLine, done: Callable[..., str]
) -> None:
    parts = [{"id": "1", "amount": "50000", "due": ago(40)}, {"id": "2", "amount": "150000", "due": ago(10)}]
    signed(stagemark, "C-1", parts, "acme-1")
    told = done("show", "C-1", "--language", "en")
    for line in ("HT-7 · 200,000.00 CNY, our standard contract", f"1: 50,000.00 CNY (part), due on {ago(40)}"):
        assert line in told
    assert "{" not in told
    assert stagemark("promise", "make", "C-1", "1", "--until", ago(1)).codes == ["promise_in_past"]
    assert stagemark("promise", "make", "C-1", "1", "--until", "soon").status == 2
    assert stagemark("promise", "make", "C-1", "1", "--until", ago(-31)).codes == ["promise_too_long"]
    done("promise", "make", "C-1", "1", "--until", ago(-31), "--approved-by", "li")
    assert "a longer promise, approved by" in done(
        "instalment", "show", "C-1", "1", "--output", "table", "--language", "en"
    )
    promising = ("promise", "make", "C-1", "1", "--until", ago(-5), "--amount", "20000")
    assert done(*promising, "--output", "table", "--language", "zh").startswith("C-1：已登记")
    (promise,) = listed(
        stagemark, "promise", "list", "C-1", fits=lambda found: [one["amount"] for one in found] == ["20000"]
    )
    assert (promise["until"], promise["amount"], promise["outcome"]) == (ago(-5), "20000", "open")

    done("dispute", "open", "C-1", "2", "--text", "it does not run")
    (dispute,) = listed(stagemark, "dispute", "list", "C-1", fits=len)
    assert dispute["complaint"] == "C-1/2/1"
    assert stagemark("dispute", "open", "C-1", "2", "--text", "again").codes == ["instalment_disputed"]
    assert stagemark("dispute", "end", "C-1", "2").codes == ["complaint_not_done"]
    assert stagemark("dispute", "end", "C-1", "1").codes == ["instalment_undisputed"]
    assert stagemark("dispute", "end", "C-1", "9").codes == ["instalment_unknown"]

    (late,) = listed(stagemark, "delivery", "list", "C-1", "--late", fits=len)
    assert (late["milestone"], late["late"]) == ("delivery", 20)
    assert stagemark("delivery", "reach", "C-1", "delivery", "--on", ago(95)).codes == ["milestone_before_signing"]
    done("delivery", "plan", "C-1", "acceptance", "--on", ago(-3), "--reason", "agreed so")
    done("delivery", "reach", "C-1", "delivery", "--on", ago(15))
    reached = listed(stagemark, "delivery", "list", "C-1", fits=lambda found: found[0]["reached"])
    assert [(one["milestone"], one["reached"], one["late"]) for one in reached] == [
        ("delivery", ago(15), 5), ("acceptance", None, None),
    ]  # fmt: skip
    done("dispute", "threat", "C-1", "--text", "or they buy elsewhere")
    done("delivery", "stop", "C-1", "--approved-by", "li", "--reason", "they threaten")
    assert stagemark("delivery", "stop", "C-1", "--approved-by", "li", "--reason", "so").codes == ["supply_stopped"]
    done("delivery", "resume", "C-1", "--approved-by", "li", "--reason", "they have calmed down")


def test_what_became_of_a_receivable_is_known_afterwards(stagemark: CommandLine, done: Callable[..., str]) -> None:
    parts = [
        {"id": "1", "amount": "50000", "due": ago(40)},
        {"id": "2", "amount": "200", "due": ago(40)},
        {"id": "3", "amount": "150000", "due": ago(40)},
        {"id": "4", "amount": "7", "due": ago(-40)},
    ]
    signed(stagemark, "C-2", parts, "acme-2")
    done("instalment", "debtor", "C-2", "stubborn")
    done("payment", "enter", "C-2", "P-1", "--amount", "50000CNY", "--on", ago(3), "--for", "1")
    ghost = stagemark("instalment", "write-off", "C-2", "2", "--approved-by", "ghost", "--reason", "not worth it")
    assert (ghost.status, ghost.codes) == (2, ["unknown_person"])
    done("instalment", "write-off", "C-2", "2", "--approved-by", "li", "--reason", "not worth a letter")
    assert stagemark("instalment", "legal", "C-2", "4", "--approved-by", "li", "--reason", "x").codes == [
        "instalment_not_overdue"
    ]
    done("instalment", "legal", "C-2", "3", "--approved-by", "li", "--reason", "they do not answer")

    settled = listed(stagemark, "instalment", "outcomes", "C-2", fits=lambda found: len(found) == 2)
    told = {one["instalment"]: (one["became"], one["settled"], one["late"]) for one in settled}
    assert told == {"1": ("collected", ago(3), 37), "2": ("written_off", ago(0), 40)}
    steps = stagemark("instalment", "outcomes", "C-2", "--by-step", "--output", "json").json
    assert sum(one["count"] for one in steps) == 2
    shown = json.loads(done("instalment", "show", "C-2", "3", "--output", "json"))
    assert (shown["legal"]["by"], shown["outstanding"], shown["debtor"]) == ("li", "150000", "stubborn")
    lines = done("instalment", "show", "C-2", "3", "--output", "table", "--language", "en").splitlines()
    assert lines[0] == "C-2 · instalment 3 · part · open"
    assert lines[1] == "Amount: 150,000.00 CNY, paid 0.00 CNY, owed 150,000.00 CNY"
    assert f"Legal action approved by 李 on {ago(0)}" in lines
    assert "False" not in str(lines)
    assert "固执型" in done("instalment", "show", "C-2", "3", "--output", "table", "--language", "zh")
    assert stagemark("instalment", "show", "C-2", "9").codes == ["instalment_unknown"]


def test_the_receivables_table_is_had_as_of_any_day_and_by_cell_owner_and_supervisor(
    stagemark: CommandLine, done: Callable[..., str]
) -> None:
    mine = [{"id": "1", "amount": "50000", "due": ago(40)}, {"id": "2", "amount": "150000", "due": ago(10)}]
    signed(stagemark, "C-3", mine, "acme-3")
    signed(stagemark, "C-4", [{"id": "1", "amount": "300000", "due": ago(60)}], "acme-3", owner="zhou")
    asked = ("receivables", "--account", "acme-3")

    whole = listed(stagemark, *asked, fits=lambda found: len(found["rows"]) == 3)
    assert [(row["opportunity"], row["instalment"], row["age"], row["by"]) for row in whole["rows"]] == [
        ("C-4", "1", 60, "legal"), ("C-3", "1", 40, "finance"), ("C-3", "2", 10, "visit"),
    ]  # fmt: skip
    assert [(total["cell"], total["outstanding"]) for total in whole["totals"]] == [
        ("young_large", "150000"), ("old_small", "50000"), ("old_large", "300000"),
    ]  # fmt: skip
    (cells,) = [one for one in stagemark(*asked, "--by", "supervisor", "--output", "json").json if one["group"] == "li"]
    assert cells["overdue"] == "500000"
    assert cells["old_small"] == "50000"
    rows = list(csv.DictReader(io.StringIO(done(*asked, "--team", "north", "--output", "csv"))))
    assert [(row["opportunity"], row["outstanding"]) for row in rows] == [("C-4", "300000")]
    assert len(json.loads(done(*asked, "--owner", "王", "--output", "json"))["rows"]) == 2
    assert len(json.loads(done(*asked, "--supervisor", "li", "--output", "json"))["rows"]) == 3
    then = json.loads(done(*asked, "--as-of", ago(45), "--output", "json"))
    assert [row["age"] for row in then["rows"]] == [15, None, None]
    assert json.loads(done(*asked, "--as-of", ago(91), "--output", "json"))["rows"] == []
    table = done(*asked, "--output", "table", "--language", "zh")
    assert "财务催收" in table
    assert "账龄长、大额：1 笔，300,000.00 CNY" in table
    assert stagemark(*asked, "--team", "west").codes == ["unknown_team"]
    assert stagemark(*asked, "--owner", "nobody").codes == ["unknown_person"]
    assert date.fromisoformat(then["rows"][0]["due"]) == TODAY - timedelta(days=60)
