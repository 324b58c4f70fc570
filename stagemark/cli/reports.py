"""The commands that report: durations for managers, and one sale from its opening to now."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import RenderableType

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, language, run, screen, warn
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.moments import CALENDARS_END
from stagemark.domain.playbook import Playbook
from stagemark.domain.state import OpportunityState
from stagemark.errors import InvalidInput, NotFound, Problem, Unavailable
from stagemark.ports import Person
from stagemark.reports.durations import By, Report, durations
from stagemark.reports.render import Output, durations_csv, durations_json, durations_table
from stagemark.reports.sales import Clocks, seen
from stagemark.reports.telling import timeline_json, timeline_tables
from stagemark.reports.texts import Words
from stagemark.reports.timeline import timeline
from stagemark.texts.language import Language

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["app", "print_durations"]

app = typer.Typer()

_NAMED = 5
"""How many sales a warning names."""

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Look at what had happened by the end of that day. [now]"),
]
AsKnownOn = Annotated[
    str | None,
    typer.Option("--as-known-on", metavar="DATE", help="Look at what had been recorded by the end of that day."),
]


@app.command("durations")
def durations_command(
    by: Annotated[By | None, typer.Option("--by", help="Group by this besides the stage.")] = None,
    as_of: AsOf = None,
    as_known_on: AsKnownOn = None,
    playbook: Annotated[str | None, typer.Option("--playbook", metavar="ID", help="Sales of this playbook.")] = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="ID", help="This stage.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="ID", help="What this person held.")] = None,
    output: Annotated[Output, typer.Option("--output", help="For people or for programs.")] = "table",
    speaks: LanguageOption = None,
) -> None:
    """How long each stage takes, what lies between, and whom it waits on (docs/durations.md)."""
    days, said = (_day("--as-of", as_of), _day("--as-known-on", as_known_on)), language(speaks)

    async def make() -> str | RenderableType:
        async with bootstrap.engine(new=False) as parts:
            report, words = await _durations(parts, await _clocks(parts, *days), said, by, playbook, stage, owner)
        if output == "json":
            return durations_json(report)
        if output == "csv":
            return durations_csv(report).rstrip("\n")
        return durations_table(report, words, screen().width)

    _show(run(make()))


async def print_durations(parts: bootstrap.Engine, said: Language) -> None:
    """Print the table of durations as it stands now."""
    _show(durations_table(*await _durations(parts, await _clocks(parts), said), screen().width))


async def _durations(
    parts: bootstrap.Engine,
    clocks: Clocks,
    said: Language,
    by: By | None = None,
    playbook: str | None = None,
    stage: str | None = None,
    owner: str | None = None,
) -> tuple[Report, Words]:
    people = await parts.directory.people()
    teams = {person.id: person.team for person in people if person.team}
    with _no_collecting():
        found = await _read_all(parts, clocks)
        _known("playbook", playbook, {state.playbook.id for state in found.states})
        _known("stage", stage, {name for state in found.states for name in state.stages})
        _known("owner", owner, {span.value for state in found.states for span in state.owners})
        report = durations(
            found.states,
            _calendars(parts, found.states, clocks.now, said),
            clocks,
            by=by,
            teams=teams,
            playbook=playbook,
            stage=stage,
            owner=owner,
        )
    return report, _words(said, _newest_first(found), people)


@app.command()
def show(
    sale: Annotated[str, typer.Argument(metavar="SALE", help="The sale's id.")],
    as_of: AsOf = None,
    as_known_on: AsKnownOn = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """One sale: what happened, with evidence, gaps and pauses; what is due, and what is missing."""
    days, said = (_day("--as-of", as_of), _day("--as-known-on", as_known_on)), language(speaks)

    async def make() -> str | RenderableType:
        async with bootstrap.engine(new=False) as parts:
            clocks = await _clocks(parts, *days)
            found = await _read(parts, clocks, [sale])
            people = await parts.directory.people()
        if not found.states:
            raise NotFound.of("unknown_opportunity", opportunity=sale)
        (state,) = found.states
        calendar = _calendars(parts, found.states, clocks.now, said).get(state.calendar)
        told = timeline(state, calendar, clocks.valid(state.zone))
        whole = found.wholes[state.playbook.hash]
        if output == "json":
            return timeline_json(told)
        return timeline_tables(told, _words(said, [whole], people), screen().width)

    _show(run(make()))


@dataclass(frozen=True, slots=True)
class _Found:
    """The sales as they stood on the report's clocks, and the whole playbooks by hash."""

    states: list[OpportunityState]
    wholes: dict[str, Playbook]


async def _read(parts: bootstrap.Engine, clocks: Clocks, sales: Sequence[str] | None = None) -> _Found:
    """Fold sales anew from the ledger: the one source, and exact on both clocks (docs/durations.md)."""
    from stagemark.readmodel.courses import kept

    wholes = await parts.store.read(lambda connection: kept(connection, parts.store.namespace))
    histories = await parts.ledger.all_events(sales)
    compiled = _Compiled(wholes)
    states = (seen(sale, events, compiled.of, clocks) for sale, events in histories.items())
    return _Found([state for state in states if state is not None], wholes)


async def _read_all(parts: bootstrap.Engine, clocks: Clocks) -> _Found:
    """All sales: from the tables where they tell everything, which is faster; the others folded anew.

    The tables hold what is known now, so what was known on an earlier day is always folded.
    """
    from stagemark.readmodel.courses import courses, kept, untimed

    if clocks.as_known_on is not None:
        return await _read(parts, clocks)

    def work(connection: Connection) -> tuple[set[str], list[OpportunityState]]:
        namespace = parts.store.namespace
        besides = untimed(connection, namespace)
        return besides, courses(connection, namespace, _Compiled(kept(connection, namespace)).of, besides)

    besides, states = await parts.store.read(work)
    folded = await _read(parts, clocks, sorted(besides))
    opened = [state for state in states if state.lives and state.lives[0].start <= clocks.valid(state.zone)]
    return _Found(sorted([*opened, *folded.states], key=lambda state: state.opportunity), folded.wholes)


class _Compiled:
    """The compiled playbooks by hash, each made once."""

    def __init__(self, wholes: dict[str, Playbook]) -> None:
        self._made = {digest: whole.compiled() for digest, whole in wholes.items()}

    def of(self, digest: str) -> Playbook:
        try:
            return self._made[digest]
        except KeyError:
            raise Unavailable.of("playbook_not_kept", playbook=digest) from None


def _calendars(
    parts: bootstrap.Engine, states: Iterable[OpportunityState], now: datetime, said: Language
) -> dict[str, WorkCalendar]:
    """The calendars of the sales, resolved for all the years that they ran and two to come; warns of unknown ones."""
    from stagemark.adapters.calendars import resolve

    years: dict[str, set[int]] = {}
    unknown: dict[str, list[str]] = {}
    known = parts.calendars.ids
    for state in states:
        if state.calendar not in known:
            unknown.setdefault(state.calendar, []).append(state.opportunity)
            continue
        ran = [visit.began.year for visit in state.visits if visit.began_known]
        ran += [span.start.year for span in state.lives if span.start_known]
        years.setdefault(state.calendar, {now.year}).update(ran)
    for calendar, sales in unknown.items():
        some = [*sales[:_NAMED], "…"] if len(sales) > _NAMED else sales
        warn([Problem(code="calendar_left_out", params={"calendar": calendar, "sales": some})], said)
    return {
        calendar: resolve(parts.calendars.spec(calendar), date(min(ran), 1, 1), date(max(ran) + 2, 12, 31))
        for calendar, ran in years.items()
    }


def _newest_first(found: _Found) -> list[Playbook]:
    """The playbooks by which the sales run, that of the sale which was opened last before the others."""
    opened = sorted(found.states, key=lambda state: state.lives[0].start, reverse=True)
    return [found.wholes[digest] for digest in dict.fromkeys(state.playbook.hash for state in opened)]


def _words(said: Language, wholes: Iterable[Playbook], people: Iterable[Person]) -> Words:
    versions: dict[str, list[Playbook]] = {}
    for whole in wholes:
        versions.setdefault(whole.id, []).append(whole)
    newest = {id_: books[0] for id_, books in versions.items()}
    earlier = {id_: books[1:] for id_, books in versions.items()}
    return Words(said, newest, {person.id: person.name for person in people}, earlier)


async def _clocks(parts: bootstrap.Engine, as_of: date | None = None, as_known_on: date | None = None) -> Clocks:
    return Clocks(await parts.present(), as_of, as_known_on)


def _day(option: str, text: str | None) -> date | None:
    try:
        day = None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.of("day_malformed", option, value=text) from None
    if day is not None and day >= CALENDARS_END:
        raise InvalidInput.of("day_too_late", option, value=text, latest=str(CALENDARS_END))
    return day


def _known(what: Literal["playbook", "stage", "owner"], asked: str | None, known: set[str]) -> None:
    if asked is not None and asked not in known:
        raise NotFound.of(f"no_sale_of_{what}", asked=asked, known=sorted(known)[:20])


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Among thousands of sales the collector finds nothing, and takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show(made: str | RenderableType) -> None:
    if isinstance(made, str):
        print(made)
    else:
        screen().print(made)
