"""The timeline of one sale for people, in their language and with the labels of its playbook."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stagemark.domain.playbook import Evidence
from stagemark.reports.columns import table_of
from stagemark.reports.contract import in_words
from stagemark.reports.labels import Labels
from stagemark.reports.render import DASH, days_of
from stagemark.reports.texts import Words
from stagemark.reports.timeline import Amended, Due, Entry, StayShown, Timeline
from stagemark.texts.money import money_text
from stagemark.texts.terms import ROLE_TERMS, joined, noted, paired, term

__all__ = ["timeline_json", "timeline_tables"]

_SOFT = "dim"
_VOID = "strike dim"


def timeline_json(told: Timeline) -> str:
    """The timeline as JSON: lengths in seconds and ISO 8601, `null` for what is not known."""
    return told.model_dump_json(indent=2)


def timeline_tables(told: Timeline, words: Words, width: int) -> RenderableType:
    """The timeline for people, in a screen so many columns wide."""
    return _Telling(told, words, width).whole()


class _Telling:
    def __init__(self, told: Timeline, words: Words, width: int) -> None:
        self.told, self.words, self.say, self.width = told, words, words.say, width
        self.zone = ZoneInfo(told.zone)
        self._moments = {entry.sequence: self._moment(entry) for entry in told.entries}

    def whole(self) -> RenderableType:
        return Group(
            *self._head(),
            self._entries(),
            self._stays(),
            *self._account(),
            *self._missing(),
            *self._due(),
            *([Text(self.say("missed", count=self.told.missed))] if self.told.missed else ()),
        )

    # -- parts

    def _head(self) -> Iterator[RenderableType]:
        told = self.told
        yield Text(" ".join(filter(None, (told.opportunity, told.title))), "bold")
        life = self.say(f"life_{told.life}")
        if told.open_stages:
            life = self._noted(life, self._joined(map(self._stage, told.open_stages)))
        value = told.value and money_text(told.value["amount"], str(told.value["currency"]))
        playbook = self._noted(self.words.playbook(told.playbook), told.playbook_version)
        facts = {"account": told.account, "owner": self.words.person(told.owner), "life": life, "playbook": playbook}
        facts |= {"value": str(value)} if value else {}
        facts |= {"waits_on": self.say(told.waiting_on)} if told.waiting_on else {}
        facts["zone"] = told.zone
        yield Text(" · ".join(self._pair(self.say(name), fact) for name, fact in facts.items()))

    def _entries(self) -> Table:
        rows: list[tuple[datetime, int, list[Text]]] = [
            (entry.at, entry.sequence, self._entry(entry)) for entry in self.told.entries
        ]
        if self.told.whole.exact:
            for gap in self.told.gaps:
                text = Text(self.say("gap_row", days=days_of(gap.elapsed)), _SOFT)
                rows.append((gap.start, len(rows) + 10**9, [Text(""), Text(""), text, Text(""), Text("")]))
        shown = [cells for _, _, cells in sorted(rows, key=lambda row: row[:2])]
        return self._table(shown, "timeline", "#", "when", "what", "details", "who")

    def _entry(self, entry: Entry) -> list[Text]:
        style = _VOID if entry.void else ""
        when = Text(self._moment(entry), style)
        if entry.late:
            when.append("\n" + self.say("recorded_on", at=self._local(entry.recorded_at)), _SOFT)
        details = Text("\n").join(Text(line, style) for line in self._details(entry))
        for amended in entry.corrected:
            was = self._joined(self._was(entry))
            details = self._amend(details, "corrected", amended, was=was)
        if entry.void:
            details = self._amend(details, "void", entry.void)
        who = Text(self.words.person(entry.actor), style)
        return [
            Text(str(entry.sequence), _SOFT),
            when,
            Text(self.words.what(self.told.playbook, entry.fact), style),
            details,
            who,
        ]

    def _amend(self, details: Text, text: str, amended: Amended, **values: str) -> Text:
        said = Text(self.say(text, reason=amended.reason, by=self.words.person(amended.by), **values), "yellow")
        return Text("\n").join([details, said]) if details else said

    def _stays(self) -> Table:
        names = ("stage", "began", "left_at", "how_left", "elapsed_short", "working_short", "before_short")
        rows = [list(map(Text, self._stay(stay))) for stay in self.told.stays]
        return self._table(rows, "stays", *names, "paused", "waited", "owner")

    def _stay(self, stay: StayShown) -> Iterator[str]:
        goes_on = stay.left_by is None
        stage = self._stage(stay.stage)
        yield self._noted(stage, stay.number) if stay.number > 1 else stage
        yield self._moments[stay.began_event]
        yield "" if stay.left_event is None else self._moments[stay.left_event]
        yield self.say("life_open") if stay.left_by is None else self.say(f"by_{stay.left_by}")
        yield self._bound(days_of(stay.elapsed), goes_on and stay.elapsed is not None)
        yield self._bound(days_of(stay.working_days), goes_on and stay.working_days is not None)
        if stay.before is None:
            yield DASH
        elif stay.overlaps:
            yield self.say("an_overlap", days=self._bound(days_of(stay.before), stay.before_running))
        else:
            yield self.say("a_gap", days=days_of(stay.before)) if stay.before else ""
        yield days_of(stay.paused) if stay.paused else ""
        yield "\n".join(f"{self.say(party)} {days_of(length)}" for party, length in stay.waited.items())
        several = len(stay.owners) > 1
        yield "\n".join(
            f"{self.words.person(owner)} {days_of(had)}" if several else self.words.person(owner)
            for owner, had in stay.owners.items()
        )

    def _account(self) -> Iterator[Text]:
        whole = self.told.whole
        lengths = {name: days_of(value) for name, value in whole if isinstance(value, timedelta)}
        said = self.say("whole_line", **lengths) if whole.exact else self.say("not_exact")
        yield Text(self._pair(self.say("whole"), said))

    def _missing(self) -> Iterator[Text]:
        if self.told.missing:
            yield Text(self.say("missing"), "bold")
        book = self.words.playbooks.get(self.told.playbook)
        labels = Labels(self.words.language, *([book] if book else []))
        for missing in self.told.missing:
            yield Text(self._pair("  " + self.say(f"missing_{missing.edge}", stage=self._stage(missing.stage)), ""))
            for problem in missing.problems:
                yield Text(f"    - {labels.labelled(problem).text(self.words.language)}")
            if not missing.problems:
                yield Text(f"    {self.say('nothing_missing')}")

    def _due(self) -> Iterator[Text]:
        if self.told.due:
            yield Text(self.say("due"), "bold")
        for due in self.told.due:
            yield Text(f"  {self._local(due.at)}  {self._due_line(due)}")

    def _due_line(self, due: Due) -> str:
        trigger, rung = self.words.trigger(self.told.playbook, due.trigger, due.rung)
        if due.misses is not None:
            return self.say("due_missed", trigger=trigger)
        roles = [term(ROLE_TERMS, role, self.words.language) for role in due.to]
        return self.say("due_line", trigger=trigger, rung=rung, to=self._joined(roles))

    # -- words

    def _table(self, rows: Sequence[Sequence[Text]], title: str, *columns: str) -> Table:
        called = [column if column == "#" else self.say(column) for column in columns]
        return table_of(called, rows, self.width, self.say(title))

    def _stage(self, stage: str) -> str:
        return self.words.stage(self.told.playbook, stage)

    def _bound(self, days: str, lower: bool) -> str:
        return self.say("at_least", days=days) if lower else days

    def _pair(self, name: str, said: str) -> str:
        return paired(name, said, self.words.language)

    def _noted(self, name: str, note: object) -> str:
        return noted(name, note, self.words.language)

    def _joined(self, parts: Iterable[str]) -> str:
        return joined(parts, self.words.language)

    def _local(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def _moment(self, entry: Entry) -> str:
        if not entry.known:
            return self.say("unknown_time")
        if len(entry.observed_at) == len("2026-03-05"):
            return entry.observed_at
        return self._local(entry.at)

    def _details(self, entry: Entry) -> Iterator[str]:
        fact: dict[str, Any] = entry.fact
        evidence = fact.get("evidence")
        for given in evidence if isinstance(evidence, list) else ():
            yield self._given(given)
        if fact.get("step"):
            yield self._pair(self._stage(fact["stage"]), self._step(fact["stage"], fact["step"]))
        if entry.kind != "lose" and fact.get("reason"):
            yield fact["reason"]
        for name in ("note", "text"):
            if fact.get(name):
                yield fact[name]
        if entry.kind == "change":
            told = {k: v for k, v in fact.items() if k not in ("kind", "reason") and v not in (None, False)}
            yield self._joined(self._changed(name, value) for name, value in told.items())

    def _was(self, entry: Entry) -> Iterator[str]:
        """What the corrected event said before, where it says something else now."""
        now: dict[str, Any] = {**entry.fact, "observed_at": entry.observed_at}
        for name, value in (entry.was or {}).items():
            if name == "evidence" and isinstance(value, list):
                yield from (self._given(cast(Any, given)) for given in value if given not in now.get(name, []))
            elif value != now.get(name):
                yield str(value) if name == "observed_at" else self._changed(name, value)

    def _changed(self, name: str, value: JsonValue) -> str:
        if value is True:
            return self.words.field(name)
        people = value if isinstance(value, list) else [value] if value else []
        about_people = name in ("owner", "deputy", "collaborators")
        said = self._joined(self.words.person(str(person)) for person in people) if about_people else _plain(value)
        return self._pair(self.words.field(name), said or DASH)

    def _step(self, stage: str, step: str) -> str:
        book = self.words.playbooks.get(self.told.playbook)
        found = book.stage_of.get(stage) if book else None
        return self.words.of(next((one for one in found.steps if one.id == step), None) if found else None, step)

    def _given(self, given: Mapping[str, Any]) -> str:
        label, rule = self.words.evidence(self.told.playbook, given["evidence"])
        if given.get("person"):
            label = self._noted(label, self.words.person(given["person"]))
        if given.get("override"):
            by = self.words.person(given["override"]["by"])
            return self._pair(label, self.say("override", by=by, reason=given["override"]["reason"]))
        return self._pair(label, self._value(given.get("value"), rule))

    def _value(self, value: JsonValue, rule: Evidence | None) -> str:
        options = {option.id: option for option in rule.options} if rule else {}
        if isinstance(value, list):
            return self._joined(self._value(item, rule) for item in value)
        if rule and (said := in_words(rule.type, value, self.words.language)) is not None:
            return said
        return self.words.of(options.get(value), value) if isinstance(value, str) else _plain(value)


def _plain(value: JsonValue) -> str:
    if isinstance(value, dict) and set(value) == {"amount", "currency"}:
        return money_text(value["amount"], str(value["currency"]))
    if isinstance(value, dict) and "uri" in value:
        return str(value["uri"])
    if value is None:
        return DASH
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
