"""The commands `account …`: customers, their credit before a signing, and what they owe after it (domain.md §2, §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, amount_of, language, run, tell, valid
from stagemark.cli.listing import ListOutput, money, show
from stagemark.cli.neighbours import ApprovedBy, Ask, Part, day_of, listed, names, number_of
from stagemark.cli.recording import Actor, Key, Reason, plainly, said
from stagemark.domain.account.commands import Rate, Report
from stagemark.domain.account.policy import AccountPolicy, Grade, Level
from stagemark.domain.account.state import AccountState
from stagemark.domain.commands import Override
from stagemark.domain.entries import Stream
from stagemark.errors import InvalidInput, NotFound, Refused
from stagemark.reports.account import lines_of, overview
from stagemark.texts.account_page import PAGE_TEXTS
from stagemark.texts.tasks_account import GRADE_TERMS
from stagemark.texts.terms import Terms

if TYPE_CHECKING:
    from temporalio.client import Client

    from stagemark.clients.account import Accounts

__all__ = ["ACCOUNTS", "app"]

app = typer.Typer(no_args_is_help=True, help="Customers: groups, credit, clearances before a signing, exposure.")

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id.")]
Words = Annotated[str, typer.Option("--text", help="In words; no personal data.")]

_HEADINGS = {
    "id": ("Account", "客户"),
    "title": ("Name", "名称"),
    "group": ("Group", "集团"),
    "level": ("Level", "客户级别"),
    "grade": ("Credit", "信用等级"),
    "owner": ("Owner", "负责人"),
    "limit": ("Limit", "信用额度"),
    "used": ("Used", "已用"),
    "owed": ("Owed", "欠款"),
    "waits": ("Waiting", "待分配"),
    "blacklisted": ("Blacklisted", "黑名单"),
}
_SHOWN = {name: heading for name, heading in _HEADINGS.items() if name != "used"} | {
    "limit": ("Limit used", "已用 / 信用额度"),
}


def _accounts(parts: bootstrap.Engine, client: Client) -> Accounts:
    return parts.accounts(client)


ACCOUNTS = Part(_accounts, Account)


# -- what it is


@app.command()
@ACCOUNTS.recording
def describe(
    title: Annotated[str | None, typer.Option(help="Its name, of a company.")] = None,
    group: Annotated[
        str | None, typer.Option(help="Its group of departments and sister companies; '' for none.")
    ] = None,
    level: Annotated[Level | None, typer.Option(help="The customer level, its importance.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="PERSON", help="Who looks after it.")] = None,
    channel: Annotated[str | None, typer.Option(help="How it was found, by the policy's channels.")] = None,
    share: Annotated[str | None, typer.Option(metavar="0…1", help="Our share of what it buys.")] = None,
    capital: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Its registered capital, such as 1000000CNY.")
    ] = None,
) -> Ask:
    """Begin an account, or change what is said of it; what is left out stays."""
    own: Decimal | None = number_of(share, "--share") if share else None
    registered = amount_of(capital, "--capital") if capital else None
    return lambda part, account, said: part.describe(
        account, title=title, group=group, level=level, owner=owner, channel=channel, our_share=own,
        registered_capital=registered, **said,
    )  # fmt: skip


@app.command()
@ACCOUNTS.recording
def exempt(
    approved_by: ApprovedBy,
    reason: Reason,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day. [it ends now]")] = None,
) -> Ask:
    """Exempt it from legal steps and stop-supply until a day; without a day, it is exempt no more."""
    day = day_of(until, "--until") if until else None
    return lambda part, account, said: part.exempt(account, day, approved_by, reason, **said)


# -- credit


@app.command()
@ACCOUNTS.recording
def grade(grade: Annotated[Grade, typer.Argument(metavar="a|b|c", help="The credit grade.")], reason: Reason) -> Ask:
    """Set the credit grade, by which credit is surveyed. New ones are c."""
    return lambda part, account, said: part.grade(account, grade, reason, **said)


@app.command()
@ACCOUNTS.recording
def limit(
    amount: Annotated[str, typer.Argument(metavar="AMOUNT|none", help="Such as 500000CNY; none: no credit.")],
    reason: Reason,
) -> Ask:
    """Finance sets the credit limit for sales on instalments; `account show` gives the proposal."""
    most = None if amount == "none" else amount_of(amount, "AMOUNT")
    return lambda part, account, said: part.limit(account, most, reason, **said)


@app.command()
@ACCOUNTS.recording
def blacklist(reason: Reason) -> Ask:
    """Give no more credit; what is held for sales not signed yet is given back."""
    return lambda part, account, said: part.blacklist(account, reason, **said)


@app.command()
@ACCOUNTS.recording
def lift(reason: Reason) -> Ask:
    """Take it off the blacklist."""
    return lambda part, account, said: part.lift(account, reason, **said)


@app.command()
@ACCOUNTS.recording
def survey(
    text: Words,
    grade: Annotated[Grade | None, typer.Option(help="The credit grade that follows, if another.")] = None,
    report: Annotated[str | None, typer.Option(metavar="URI", help="The report, if it is a document.")] = None,
    sha256: Annotated[str | None, typer.Option(metavar="HEX", help="The report's SHA-256, 64 hex digits.")] = None,
) -> Ask:
    """A credit survey was made: what it found, the owner and the business apart."""
    if report and not sha256:
        raise InvalidInput.of("option_missing", name="--sha256", command="stagemark account survey")
    document = valid(Report, uri=report, sha256=sha256) if report else None
    return lambda part, account, said: part.survey(account, text, grade, document, **said)


@app.command()
@ACCOUNTS.recording
def worsened(text: Words) -> Ask:
    """Its credit has suddenly worsened: somebody is asked for a measure; until then nothing is cleared."""
    return lambda part, account, said: part.worsened(account, text, **said)


@app.command()
@ACCOUNTS.recording
def measure(
    measures: Annotated[
        list[str], typer.Argument(metavar="MEASURE…", help="Those of the policy, such as guarantor or deposit.")
    ],
    text: Words,
) -> Ask:
    """Which measures were taken, and how."""
    return lambda part, account, said: part.measure(account, measures, text, **said)


# -- clearances


@app.command()
def clear(
    account: Account,
    sale: Annotated[str, typer.Argument(metavar="SALE", help="The sale that is about to be signed.")],
    actor: Actor,
    amount: Annotated[
        str | None,
        typer.Option(metavar="AMOUNT", help="What is paid later than at the signing. [as the contract says]"),
    ] = None,
    name: Annotated[str | None, typer.Option("--id", help="An id of one's own for the clearance.")] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="USD/CNY=7.1@DATE", help="A dated exchange rate as evidence. Repeat it for more."),
    ] = None,
    override: Annotated[
        str | None, typer.Option(metavar="REASON", help="Finance takes on itself what stands in the way.")
    ] = None,
    override_by: Annotated[str | None, typer.Option(metavar="PERSON", help="Who of finance. [who records it]")] = None,
    carry: Annotated[bool, typer.Option("--carry/--no-carry", help="Record it in the sale as evidence.")] = True,
    observed_at: Annotated[
        str | None,
        typer.Option("--observed-at", metavar="WHEN", help="When it was given, for a signing that is told late. [now]"),
    ] = None,
    key: Key = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """Reserve credit for a signing. Refused with the list of what would make it lawful."""
    envelope = said(actor, observed_at, key, None, speaks)
    rates = [_rate(text) for text in rate or ()]
    credit = amount_of(amount) if amount else None
    allowed = valid(Override, by=override_by or actor, reason=override) if override is not None else None
    try:
        found = ACCOUNTS.use(
            lambda part: part.clear(
                account, sale, credit, clearance=name, rates=rates, override=allowed, carry=carry, **envelope
            )
        )
    except Refused as refused:
        raise type(refused)(*map(plainly, refused.problems)) from None
    line = PAGE_TEXTS["cleared"][language(speaks) == "zh"].format(
        id=found.id, sale=sale, amount=found.amount.text(), until=found.until
    )
    tell(found, output, [line])


def _rate(text: str) -> Rate:
    match = re.fullmatch(r"\s*([A-Za-z]{3})/([A-Za-z]{3})=([\d.]+)@(\S+?)(?:\s+(.+))?\s*", text)
    if match is None:
        raise InvalidInput.of("rate_unreadable", "--rate", text=text)
    currency, into, value, on, source = match.groups()
    return valid(Rate, currency=currency.upper(), into=into.upper(), value=value, on=on, source=source or "")


@app.command()
@ACCOUNTS.recording
def release(
    clearance: Annotated[str, typer.Argument(metavar="CLEARANCE", help="Its id, as `account show` gives it.")],
    reason: Reason,
) -> Ask:
    """Give a clearance back that no signing has used."""
    return lambda part, account, said: part.release(account, clearance, reason, **said)


# -- how it stands


@app.command("list")
def list_command(
    group: Annotated[str | None, typer.Option(help="Of this group only.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="PERSON", help="Of this person only.")] = None,
    owing: Annotated[bool, typer.Option("--owing", help="Only those that owe something.")] = False,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """All accounts, with credit, what they owe, and money that waits."""
    found = listed(lambda lists: lists.accounts(group=group, owner=owner, owing=owing))
    say = _said if output == "table" else _plain
    terms: dict[str, Terms] = {"grade": GRADE_TERMS, "owner": names() if output == "table" else {}}
    show([say(row) for row in found], _SHOWN if output == "table" else _HEADINGS, output, language(speaks), terms)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    limits = {name: f"{row[name]} {row['limit_currency']}" for name in ("limit", "used") if row[name] is not None}
    return {**row, **limits, "owed": row["exposure"], "waits": row["waiting"]}


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """For people, who read an amount in one piece."""
    limit = None
    if row["limit"] is not None:
        limit = f"{money(row['used'] or '0') or '0.00'} / {money(row['limit'], row['limit_currency'])}"
    sums = {
        shown: [money(amount, currency) for currency, amount in sorted(row[name].items())]
        for shown, name in (("owed", "exposure"), ("waits", "waiting"))
    }
    return {
        **row,
        "limit": limit,
        **sums,
        "level": (row["level"] or "").upper(),
        "blacklisted": row["blacklisted"] or None,
    }


@app.command("show")
def show_one(account: Account, output: OutputOption = "table", speaks: LanguageOption = None) -> None:
    """One account: credit, contracts, clearances, surveys and measures, and money that waits."""

    async def read() -> tuple[AccountState, AccountPolicy]:
        async with bootstrap.engine(new=False) as parts:
            state = await parts.books.state(Stream(stream="account", id=account))
            if not isinstance(state, AccountState):
                raise NotFound.of("account_unknown", id=account)
            return state, (await parts.policies.policy()).account

    state, policy = run(read())
    called = names() if output == "table" else {}
    tell(overview(state, policy), output, lines_of(state, policy, called, language(speaks)))
