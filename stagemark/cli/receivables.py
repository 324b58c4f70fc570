"""The command `receivables`: what is owed, how old it is, and by which kind it is to be collected (domain.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

import typer

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, as_json, console, language, run
from stagemark.cli.listing import ListOutput, money, show
from stagemark.cli.neighbours import day_of, names
from stagemark.domain.collection.receivables import Owing, Share, Total, below, cells, shares, totals
from stagemark.errors import NotFound
from stagemark.ports import Person
from stagemark.texts.language import Language
from stagemark.texts.receivables import CELL_TERMS, HEADINGS, HELD, TOTAL
from stagemark.texts.tasks_collection import KIND_TERMS
from stagemark.texts.terms import Terms

__all__ = ["app", "held"]

app = typer.Typer()

By = Literal["cell", "owner", "supervisor", "team", "account", "kind"]

_SHOWN = {name: heading for name, heading in HEADINGS.items() if name not in HELD} | {"held": HELD["heading"]}
_TOTALS = {
    "cell": ("Cell", "类别"),
    "currency": ("Currency", "币种"),
    "count": ("Instalments", "笔数"),
    "outstanding": ("Amount", "金额"),
}
_SHARES = {
    "group": ("", ""),
    "currency": ("Currency", "币种"),
    "count": ("Count", "笔数"),
    "outstanding": ("Amount", "金额"),
    "overdue": ("Overdue", "逾期"),
    **CELL_TERMS,
}
_GROUPS = {
    "owner": ("Owner", "负责人"),
    "supervisor": ("Supervisor", "主管"),
    "team": ("Team", "团队"),
    "account": ("Customer", "客户"),
    "kind": ("To collect", "催收方式"),
}


@app.command()
def receivables(
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As it stood at the end of that day. [now]")
    ] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME|ID", help="Of this person's sales.")] = None,
    supervisor: Annotated[str | None, typer.Option(metavar="NAME|ID", help="Of this person and their people.")] = None,
    team: Annotated[str | None, typer.Option(metavar="TEAM", help="Of this team.")] = None,
    account: Annotated[str | None, typer.Option(metavar="ACCOUNT", help="Of this customer.")] = None,
    by: Annotated[By | None, typer.Option(help="Only totals: by cell of the matrix, by owner, supervisor…")] = None,
    output: ListOutput = "table",
    speaks: LanguageOption = None,
) -> None:
    """What is owed: customer, instalment, age, amount, kind due, promise, dispute; totals by cell of the matrix."""
    on, speech = day_of(as_of, "--as-of") if as_of else None, language(speaks)

    async def read() -> tuple[list[Owing], list[Person]]:
        async with bootstrap.engine(new=False) as parts:
            everybody = await parts.directory.people()
            if not (rows := await parts.lists.receivables(on, account=account)):
                await parts.lists.look_for(account=account)
            for who in filter(None, (owner, supervisor)):
                await _known(parts, who, rows)
            return rows, everybody

    rows, everybody = run(read())
    rows = list(_chosen(rows, everybody, owner, supervisor, team))
    if by is None:
        _whole(rows, output, speech)
    elif by == "cell":
        show([_total(total, output) for total in totals(rows)], _TOTALS, output, speech, {"cell": CELL_TERMS})
    else:
        found = [_share(share, by, output, speech) for share in shares(rows, _group(by, everybody))]
        people = output == "table" and by in ("owner", "supervisor")
        groups: dict[str, Terms] = {"group": names() if people else KIND_TERMS if by == "kind" else {}}
        show(found, {**_SHARES, "group": _GROUPS[by]}, output, speech, groups)


async def _known(parts: bootstrap.Engine, who: str, rows: Sequence[Owing]) -> None:
    """Refuse a name that nobody has: an empty table would look like good news."""
    if who not in {row.owner for row in rows}:
        await parts.directory.find(who)


def _chosen(
    rows: Sequence[Owing],
    everybody: Sequence[Person],
    owner: str | None,
    supervisor: str | None,
    team: str | None,
) -> Iterator[Owing]:
    ids = {person.name: person.id for person in everybody} | {person.id: person.id for person in everybody}
    teams = {person.id: person.team for person in everybody}
    reports = {person.id: person.supervisor for person in everybody}
    theirs = below(ids.get(supervisor, supervisor), reports) if supervisor else None
    if team is not None and team not in teams.values():
        raise NotFound.of("unknown_team", team=team, known=sorted({one for one in teams.values() if one}))
    for row in rows:
        if owner is not None and row.owner != ids.get(owner, owner):
            continue
        if theirs is not None and row.owner not in theirs:
            continue
        if team is not None and teams.get(row.owner) != team:
            continue
        yield row


def _group(by: By, everybody: Sequence[Person]) -> Callable[[Owing], str | None]:
    of = {person.id: person for person in everybody}
    groups: dict[str, Callable[[Owing], str | None]] = {
        "owner": lambda row: row.owner,
        "supervisor": lambda row: of[row.owner].supervisor if row.owner in of else None,
        "team": lambda row: of[row.owner].team if row.owner in of else None,
        "account": lambda row: row.account,
        "kind": lambda row: row.by,
    }
    return groups[by]


def _whole(rows: Sequence[Owing], output: str, speech: Language) -> None:
    """Every row; for people and as JSON with the totals by cell of the matrix."""
    if output == "json":
        plain = [row.model_dump(mode="json") for row in rows]
        print(as_json({"rows": plain, "totals": [total.model_dump(mode="json") for total in totals(rows)]}))
        return
    if output == "csv":
        show([row.model_dump() for row in rows], {name: (name, name) for name in Owing.model_fields}, output, speech)
        return
    zh = speech == "zh"
    said = [dict(zip(HEADINGS, cells(row, speech), strict=True)) for row in rows]
    terms = {"owner": names()} if said else {}
    show([{**row, "held": held(row, speech)} for row in said], _SHOWN, output, speech, terms)
    for total in totals(rows):
        amount = money(total.outstanding, total.currency)
        line = TOTAL[zh].format(cell=CELL_TERMS[total.cell][zh], count=total.count, amount=amount)
        console().print(line, markup=False, highlight=False)


def held(row: Mapping[str, Any], speech: Language) -> str:
    """What the customer has promised about an instalment and what they dispute, in one column."""
    return "\n".join(HELD[name][speech == "zh"].format(**row) for name in ("promised", "disputed") if row[name])


def _total(total: Total, output: str) -> Mapping[str, Any]:
    row = total.model_dump(mode="json")
    if output == "table":
        row["outstanding"] = f"{total.outstanding:,.2f}"
    return dict(row)


def _share(share: Share, by: By, output: str, speech: Language) -> Mapping[str, Any]:
    row = share.model_dump(mode="json")
    row |= row.pop("cells")
    if output != "table":
        return row
    if by == "kind" and not share.group:
        row["group"] = CELL_TERMS["not_due"][speech == "zh"]
    amounts: dict[str, Decimal] = {"outstanding": share.outstanding, "overdue": share.overdue}
    amounts.update(share.cells.items())
    return {**row, **{name: money(amount) for name, amount in amounts.items()}}
