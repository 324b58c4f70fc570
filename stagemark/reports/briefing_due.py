"""What is due, on the page before a visit: tasks and reminders, contacts, milestones, instalments, waiting money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from stagemark.domain.neighbour import Around
from stagemark.readmodel.dossier import Dossier
from stagemark.reports.briefing_parts import Section, Voice
from stagemark.reports.texts import Words
from stagemark.texts.tasks import task_text
from stagemark.texts.tasks_aftercare import FOLLOW_UP_TERMS, HOW_TERMS, contact_text
from stagemark.texts.tasks_collection import MILESTONE_TERMS

__all__ = ["DONE", "due", "late"]

DONE: Final = ("done", "cancelled", "overtaken")
"""What became of a contact that waits no more."""
_SOON: Final = timedelta(days=60)
"""How far ahead what is planned counts as due."""
_OF_AFTERCARE: Final = "aftercare"
"""Its tasks are not said here again: contacts are listed as such, prompts and referrals are what to say next."""
_ABOUT: Final = ("instalment", "milestone", "payment")
"""What a task can speak of, so that it is not listed beside its task."""

_Row = tuple[str, ...]
_Cells = dict[str, Any]


def late(row: _Cells, around: Around) -> int:
    """For how many days an instalment is overdue; 0: it is not."""
    open_ = Decimal(row["outstanding"]) > 0 and row["due"] is not None
    return max((around.today - row["due"]).days, 0) if open_ else 0


def due(dossier: Dossier, around: Around, voice: Voice) -> Section:
    """Everything that waits for somebody or comes soon, by day, each thing once."""
    found = voice.section("due", "day", "what", "sale", "how", "who")
    found.rows = sorted(_Due(dossier, around, voice).rows())
    return found


class _Due:
    def __init__(self, dossier: Dossier, around: Around, voice: Voice) -> None:
        self.dossier, self.around, self.voice = dossier, around, voice
        self.until = around.today + _SOON
        self.owners = {(row["stream"], row["id"]): row["owner"] for row in dossier.rows.get("neighbours", [])}
        self.tasks = [row for row in dossier.rows.get("tasks", []) if row["stream"] != _OF_AFTERCARE]
        self.told = {
            (name, row["id"], row["params"][name]) for row in self.tasks for name in _ABOUT if name in row["params"]
        }

    def rows(self) -> Iterator[_Row]:
        yield from self._tasks()
        yield from self._triggers()
        yield from self._contacts()
        yield from self._milestones()
        yield from self._instalments()
        yield from self._money()

    def _tasks(self) -> Iterator[_Row]:
        sales = {(row["stream"], row["id"]): row["opportunity"] for row in self.dossier.rows.get("neighbours", [])}
        owed = {(row["id"], row["instalment"]): row for row in self.dossier.rows.get("instalments", [])}
        for task in self.tasks:
            whose, params = (task["stream"], task["id"]), task["params"]
            if (one := owed.get((task["id"], params.get("instalment")))) is not None:  # as it stands today
                params = {**params, "amount": one["outstanding"], "days": late(one, self.around)}
            text = task_text(task["task"], self.voice.language, params) or task["task"]
            sale = params.get("opportunity") or sales.get(whose, "")
            who = self.voice.who(task["to"], self.owners.get(whose, ""))
            yield str(self.around.calendar.local_date(task["due_at"])), text, sale, "", who

    def _triggers(self) -> Iterator[_Row]:
        sales = {row["opportunity"]: row for row in self.dossier.sales}
        for row in self.dossier.rows.get("triggers", []):
            sale = sales[row["opportunity"]]
            book = self.dossier.playbooks.get(sale["playbook_hash"])
            words = Words(self.voice.language, {book.id: book} if book else {})
            text, _ = words.trigger(sale["playbook"], row["trigger"], row["rung"])
            if row["stage"]:
                text = self.voice.pair(text, words.stage(sale["playbook"], row["stage"]))
            who = self.voice.who(row["to"], sale["owner"])
            yield str(self.around.calendar.local_date(row["due_at"])), text, row["opportunity"], "", who

    def _contacts(self) -> Iterator[_Row]:
        for row in self.dossier.rows.get("follow_ups", []):
            day = row["until"] or row["day"]  # what we promised is a task from the first day on
            if row["status"] not in DONE and day <= self.until:
                about = contact_text(row["item"], row["text"], row["params"], self.voice.language)
                what = self.voice.pair(self.voice.term(FOLLOW_UP_TERMS, row["kind"]), about)
                missed = self.voice.say("missed") if row["status"] == "missed" else ""
                how = self.voice.term(HOW_TERMS, row["how"]) if row["how"] else ""
                yield str(day), what + missed, row["id"], how, self._whose(row, row["to"])

    def _milestones(self) -> Iterator[_Row]:
        for row in self._running("milestones"):
            planned = row["planned"]
            if planned is None or row["reached"] is not None or planned > self.until or self._told("milestone", row):
                continue
            days = (self.around.today - planned).days
            said = self.voice.say("late_by", days=days) if days > 0 else self.voice.say("is_planned")
            what = self.voice.pair(self.voice.term(MILESTONE_TERMS, row["milestone"]), said)
            yield str(planned), what, row["id"], "", self._whose(row)

    def _instalments(self) -> Iterator[_Row]:
        """Those that fall due; of the overdue ones speak their tasks, and what to say next."""
        for row in self._running("instalments"):
            day, open_ = row["due"], Decimal(row["outstanding"]) > 0
            if (
                open_
                and day is not None
                and self.around.today <= day <= self.until
                and not self._told("instalment", row)
            ):
                what = self.voice.say("falls_due", id=row["instalment"], amount=self._outstanding(row))
                yield str(day), what, row["id"], "", self._whose(row)

    def _money(self) -> Iterator[_Row]:
        for row in self.dossier.rows.get("account_payments", []):
            if Decimal(row["waiting"]) > 0 and not row["kept"] and not self._told("payment", row):
                amount = self.voice.money(row["waiting"], row["currency"])
                what = self.voice.say("waits", payment=row["payment"], amount=amount)
                yield str(row["on"]), what, "", "", self._whose(row)

    def _outstanding(self, row: _Cells) -> str:
        return self.voice.money(row["outstanding"], row["currency"])

    def _running(self, table: str) -> Iterator[_Cells]:
        """Rows of the collections whose signing was not taken back."""
        void = {row["id"] for row in self.dossier.rows.get("collections", []) if row["void"]}
        return (row for row in self.dossier.rows.get(table, []) if row["id"] not in void)

    def _told(self, name: str, row: _Cells) -> bool:
        return (name, row["id"], row[name]) in self.told

    def _whose(self, row: _Cells, roles: tuple[str, ...] = ("owner",)) -> str:
        return self.voice.who(roles, self.owners.get((row["stream"], row["id"]), ""))
