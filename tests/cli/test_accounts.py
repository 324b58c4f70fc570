"""Accounts and payments from the command line, on a real server: credit before a signing, money after it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from stagemark import bootstrap
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Playbook
from stagemark.settings import Settings
from tests.cli.conftest import CommandLine, Up

PLAYBOOK = Playbook.model_validate(
    {
        "id": "sign-on-credit",
        "evidence": [{"id": "terms", "type": "contract"}, {"id": "credit", "type": "clearance"}],
        "stages": [
            {"id": "sign", "start": {}, "end": {"evidence": [{"evidence": "terms"}]}},
            {"id": "after", "start": {}, "end": {}},
        ],
        "loss_reasons": [{"id": "price"}],
    }
)
TERMS: Any = {
    "number": "HT-7",
    "amount": {"amount": "100", "currency": "CNY"},
    "instalments": [
        {"id": "1", "amount": "30", "after": "signing", "days": 5},
        {"id": "2", "amount": "70", "after": "signing", "days": 30},
    ],
}


def done(stagemark: CommandLine, *words: str, **variables: str) -> str:
    answer = stagemark(*words, **variables)
    assert answer.status == 0, answer.err
    return answer.out


def account(stagemark: CommandLine, name: str, fits: Callable[[Any], bool]) -> dict[str, Any]:
    """The account, once the tables tell of that."""
    while True:
        answer = stagemark("account", "show", name, "--output", "json")
        if answer.status == 0 and fits(shown := json.loads(answer.out)):
            return dict(shown)


def test_credit_is_cleared_for_a_signing_or_refused_with_what_would_make_it_lawful(stagemark: CommandLine) -> None:
    done(stagemark, "account", "describe", "acme", "--title", "Acme", "--owner", "wang", "--capital", "1000000CNY")
    done(stagemark, "open", "CR-1", "--account", "acme", "--owner", "wang")
    refused = stagemark("account", "clear", "acme", "CR-1", "--amount", "60000CNY")
    assert (refused.status, refused.codes) == (2, ["limit_missing"])
    assert "500,000.00 CNY" in refused.err
    done(stagemark, "account", "limit", "acme", "50000CNY", "--reason", "as surveyed")
    refused = stagemark("account", "clear", "acme", "CR-1", "--amount", "60000CNY", "--language", "zh")
    assert refused.codes == ["limit_exceeded"]
    assert "超出 10,000.00 CNY" in refused.err
    said = done(
        stagemark, "account", "clear", "acme", "CR-1", "--amount", "60000CNY", "--id", "C-1",
        "--override", "parent pays",
    )  # fmt: skip
    assert said.startswith("Clearance C-1: 60,000.00 CNY on credit for CR-1")
    carried = json.loads(done(stagemark, "show", "CR-1", "--output", "json"))
    assert "C-1" in json.dumps(carried)
    shown = account(stagemark, "acme", lambda found: "C-1" in found["clearances"])
    assert (shown["used"], shown["grade"], shown["clearances"]["C-1"]["override"]) == ("60000", "c", "wang")


def test_what_is_asked_wrongly_of_credit_is_refused_and_an_account_is_shown_in_words(stagemark: CommandLine) -> None:
    done(stagemark, "account", "describe", "omega", "--title", "Omega", "--owner", "wang", "--capital", "80CNY")
    done(stagemark, "open", "S-omega", "--account", "omega", "--owner", "wang")
    assert stagemark("account", "clear", "beta", "S-omega", "--amount", "1CNY").codes == ["clearance_other_account"]
    assert stagemark("account", "clear", "omega", "S-omega").codes == ["clearance_no_contract"]
    assert stagemark("account", "clear", "omega", "S-omega", "--rate", "7.1").codes == ["rate_unreadable"]
    account(stagemark, "omega", lambda found: found["owner"] == "wang")
    words = done(stagemark, "account", "show", "omega", "--language", "zh")
    assert words.startswith("omega · Omega · ")
    assert "信用额度：未设定；建议：40.00 CNY" in words
    assert "omega" in done(stagemark, "account", "list", "--owner", "wang", "--output", "csv")


def test_a_worsening_needs_a_measure_and_the_blacklist_blocks(stagemark: CommandLine) -> None:
    done(stagemark, "account", "describe", "delta", "--title", "Delta", "--group", "greek")
    done(stagemark, "account", "worsened", "delta", "--text", "their bank froze an account")
    done(stagemark, "account", "measure", "delta", "guarantor", "deposit", "--text", "the parent answers")
    done(stagemark, "account", "blacklist", "delta", "--reason", "a court order")
    done(stagemark, "account", "survey", "delta", "--text", "sound", "--grade", "b")
    done(stagemark, "account", "exempt", "delta", "--until", "2100-01-01", "--approved-by", "li", "--reason", "talks")
    shown = account(stagemark, "delta", lambda found: found["exempt"] is not None)
    assert [one["what"] for one in shown["reviews"]] == ["worsened", "measure", "survey"]
    assert (shown["grade"], shown["blacklisted"], shown["group"]) == ("b", "a court order", "greek")


def test_what_a_bank_reports_under_one_key_with_two_amounts_is_kept_and_shown(stagemark: CommandLine) -> None:
    for amount in ("700CNY", "700CNY", "800CNY"):
        done(stagemark, "payment", "report", "gamma", "B-1", "--amount", amount, "--on", "2026-03-02", "--key", "K")
    shown = account(stagemark, "gamma", lambda found: len(found["payments"]) == 2)
    assert shown["waiting"] == {"CNY": "1500"}
    assert "reported as B-1 with other content" in done(stagemark, "payment", "waiting", "gamma", COLUMNS="200")


def test_money_that_waits_is_kept_refunded_or_taken_back(stagemark: CommandLine) -> None:
    done(stagemark, "payment", "report", "kappa", "B-1", "--amount", "700CNY", "--on", "2026-03-02")
    done(stagemark, "payment", "keep", "kappa", "B-1", "--reason", "for the next order")
    assert stagemark("payment", "assign", "kappa", "B-1", "S-9").codes == ["sale_not_of_account"]
    done(stagemark, "payment", "refund", "kappa", "B-1", "--amount", "1", "--reason", "a fee")
    done(stagemark, "payment", "bounced", "kappa", "B-1", "--on", "2026-03-03")
    account(stagemark, "kappa", lambda found: found["waiting"] == {})
    (whole,) = json.loads(done(stagemark, "payment", "waiting", "kappa", "--all", "--output", "json"))
    assert (whole["payment"], whole["returned"], whole["note"]) == ("B-1", "700", "the bank took it back")


def test_a_sale_is_cleared_signed_and_paid_by_hand_and_by_the_bank(stagemark: CommandLine, running: Up) -> None:
    asyncio.run(prepared(running))
    done(stagemark, "account", "clear", "sigma", "S-sigma")  # what the contract says is paid later
    done(stagemark, "mark", "S-sigma", "sign.end")
    account(stagemark, "sigma", lambda found: found["exposure"] == {"CNY": "100"})
    day = str(datetime.now(UTC).date() - timedelta(days=1))
    done(stagemark, "payment", "enter", "S-sigma", "P-1", "--amount", "30CNY", "--on", day, "--for", "1")
    beyond = stagemark("payment", "enter", "S-sigma", "P-2", "--amount", "90CNY", "--on", day, "--allocate", "2=90")
    assert beyond.codes == ["payment_beyond"]
    done(stagemark, "payment", "report", "sigma", "B-1", "--amount", "90CNY", "--on", day, "--reference", "HT-7")
    shown = account(stagemark, "sigma", lambda found: found["waiting"] == {"CNY": "20"} and not found["exposure"])
    assert (shown["used"], [one["status"] for one in shown["clearances"].values()]) == ("0", ["confirmed"])


async def prepared(up: Up) -> None:
    """An account with a limit and a sale with its contract, by the client: that is faster than the command line."""
    settings = Settings(database_url=f"sqlite:///{up.folder / '.stagemark' / 'stagemark.db'}")
    async with bootstrap.engine(settings, target_host=f"127.0.0.1:{up.port}") as parts:
        client = await parts.connect()
        sales, accounts = parts.sales(client), parts.accounts(client)
        await accounts.describe("sigma", title="Sigma", actor="wang")
        await accounts.limit("sigma", Amount(amount=Decimal(100), currency="CNY"), "as surveyed", actor="li")
        await sales.open("S-sigma", PLAYBOOK, account="sigma", owner="wang", actor="wang")
        await sales.mark("S-sigma", "sign", "start", {"terms": TERMS}, actor="wang")


def test_what_a_person_enters_wrongly_is_refused(stagemark: CommandLine) -> None:
    entering = ("payment", "enter", "S-none", "P-1", "--on", "2026-03-02")
    assert stagemark(*entering, "--amount", "5CNY").codes == ["unknown_opportunity"]
    assert stagemark(*entering, "--amount", "-5CNY").codes == ["money_negative"]
    assert stagemark(*entering, "--amount", "5").codes == ["amount_unreadable"]
    order = ("follow-up", "order", "S-none", "PO-1", "--on", "2026-03-02", "--amount", "5")
    assert stagemark(*order).codes == ["amount_unreadable"]
    assert stagemark(*entering, "--amount", "5CNY", "--allocate", "1").codes == ["allocation_unreadable"]
    twice = stagemark(*entering, "--amount", "5CNY", "--allocate", "2=3", "--allocate", "2=5")
    assert twice.codes == ["allocation_twice"]
    assert all(word in twice.err for word in ("2", "3", "5"))


def test_what_was_typed_wrongly_is_named_as_it_was_typed(stagemark: CommandLine) -> None:
    entering = ("payment", "enter", "S-none", "P-1")
    for option, typed in (("--on", "yesterday"), ("--allocate", "1=x"), ("--amount", "-5CNY")):
        given = {"--on": "2026-03-02", "--amount": "5CNY", option: typed}
        refused = stagemark(*entering, *(word for pair in given.items() for word in pair))
        assert f": {option}: " in refused.err
