"""The page before a visit: everything about an account that an account manager wants to have read (domain.md §5).

Composed once, in the reader's language, from what was read of the account; shown by `briefing_page`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

from stagemark.domain.aftercare.growth import why_no_prompt, why_no_referral
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.contract import MILESTONES
from stagemark.domain.neighbour import Around
from stagemark.domain.playbook import Evidence, EvidenceType, Playbook
from stagemark.domain.spans import earlier
from stagemark.readmodel.dossier import Dossier
from stagemark.reports.briefing_due import DONE, due, late
from stagemark.reports.briefing_parts import Section, Voice
from stagemark.texts.account_page import PAGE_TEXTS
from stagemark.texts.contacts import STYLE_TERMS
from stagemark.texts.language import Language
from stagemark.texts.spans import span_text
from stagemark.texts.tasks_account import GRADE_TERMS
from stagemark.texts.tasks_aftercare import HOW_TERMS, PROMPT_TERMS, REFERRAL_TERMS, contact_text
from stagemark.texts.tasks_collection import MILESTONE_TERMS
from stagemark.texts.tasks_complaint import COMPLAINT_LIFE_TERMS, STEP_TERMS
from stagemark.texts.terms import LIFE_TERMS, clauses, joined

__all__ = ["Briefing", "Contact", "Hint", "briefing"]

_MADE: Final = 10
"""So many of the last contacts are listed."""


class Hint(BaseModel):
    """Something to say, the most urgent first; `about` names what it rests on."""

    about: str
    text: str


class Contact(BaseModel):
    """A contact, an opaque id, what to call them, and what the sales' evidence tells of them: label → values."""

    id: str
    name: str
    known: dict[str, str]


class Briefing(BaseModel):
    """The page.

    Attributes:
        account: Whose.
        customer: What they are called, with the id beside it.
        standing: Their group, level, credit and what they owe, in a line; empty where nothing is known.
        on: As of which day.
        language: In which language its texts are.
        next: What to say next.
        due: What is due or planned soon.
        contacts: Who they are.
        sections: The tables: sales, instalments, payments, deliveries, orders, trend, complaints, satisfaction,
            contacts that were made, prompts, documents.
        window: The policy's window of orders, in words.
        change: How the volume of the last window compares with the one before, as a share; none without orders.
    """

    account: str
    customer: str
    standing: str
    on: date
    language: Language
    next: list[Hint]
    due: Section
    contacts: list[Contact]
    sections: list[Section]
    window: str
    change: Decimal | None


def briefing(dossier: Dossier, around: Around, language: Language, names: Mapping[str, str] | None = None) -> Briefing:
    """Compose the page of an account.

    Args:
        dossier: What is known of it.
        around: The policy, the calendar and the present.
        language: `zh` or `en`.
        names: What people of the company are called, by id.
    """
    contacts = {row["id"]: row["name"] for row in dossier.rows.get("contacts", [])}
    page = _Page(dossier, around, Voice(language, {**contacts, **(names or {})}))
    return Briefing(
        account=dossier.account,
        customer=page.customer(),
        standing=page.standing(),
        on=around.today,
        language=language,
        next=list(page.hints()),
        due=due(dossier, around, page.voice),
        contacts=page.contacts(),
        sections=[
            page.sales(), page.instalments(), page.payments(), page.deliveries(), page.orders(), page.trend(),
            page.complaints(), page.satisfaction(), page.made(), page.proposed(), page.documents(),
        ],
        window=span_text(around.policy.aftercare.orders.window, language),
        change=page.change,
    )  # fmt: skip


class _Page:
    def __init__(self, dossier: Dossier, around: Around, voice: Voice) -> None:
        self.dossier, self.around, self.voice = dossier, around, voice
        self.language, self.today = voice.language, around.today
        self.say, self.term, self.money, self.section = voice.say, voice.term, voice.money, voice.section
        self.own: dict[str, Any] = next(iter(dossier.rows.get("accounts", [])), {})
        orders = {(row["opportunity"], row["order"]): row for row in dossier.rows.get("orders", [])}
        self.ordered = sorted(orders.values(), key=lambda row: row["day"])  # each once, whoever keeps it
        self.change = self._change()

    # -- the customer

    def customer(self) -> str:
        """What they are called, with the id beside it."""
        title = self.own.get("title")
        return self.say("called", title=title, id=self.dossier.account) if title else self.dossier.account

    def standing(self) -> str:
        """Group, level, credit and what is owed, in a line."""
        own = self.own
        if not own:
            return ""
        grade = own["grade"] or self.around.policy.account.new_grade
        owed = [self.money(amount, currency) for currency, amount in sorted(own["exposure"].items())]
        plain = {
            "group": own["group"],
            "level": (own["level"] or "").upper(),
            "grade": self.term(GRADE_TERMS, grade),
            "owed": self.voice.joined(owed),
            "blacklisted": own["blacklisted"],
        }
        zh = self.language == "zh"
        said = {name: PAGE_TEXTS[name][zh].format(value=value) for name, value in plain.items() if value}
        if own["limit"] is not None:
            limit, used = (self.money(own[name] or "0", own["limit_currency"]) for name in ("limit", "used"))
            said["grade"] += f" · {PAGE_TEXTS['limit'][zh].format(limit=limit, used=used)}"
        return " · ".join(said.values())

    # -- the tables

    def sales(self) -> Section:
        table = self.section("sales", "sale", "what", "life", "stages", "value", "owner")
        for row in self.dossier.sales:
            book = self.dossier.playbooks.get(row["playbook_hash"])
            value = self.money(row["value"], row["currency"]) if row["value"] else ""
            stages = [_stage(book, stage, self.language) for stage in row["open_stages"]]
            life = self.term(LIFE_TERMS, row["life"])
            owner = self.voice.person(row["owner"])
            table.rows.append((row["opportunity"], row["title"], life, self.voice.joined(stages), value, owner))
        return table

    def instalments(self) -> Section:
        table = self.section("instalments", "sale", "instalment", "amount", "paid", "outstanding", "due_on", "late")
        for row in sorted(self.dossier.rows.get("instalments", []), key=lambda row: (row["id"], row["position"])):
            days = late(row, self.around)
            amounts = [self.money(row[name], row["currency"]) for name in ("amount", "paid", "outstanding")]
            table.rows.append((row["id"], row["instalment"], *amounts, str(row["due"] or ""), str(days or "")))
        return table

    def payments(self) -> Section:
        """What came in, the newest first, with what it pays for; what came back to the account stands there."""
        table = self.section("payments", "day", "sale", "amount", "paid_for")
        for row in self.dossier.rows.get("payments", []):
            parts = [
                self.voice.pair(instalment, self.money(part, row["currency"]))
                for instalment, part in row["allocated"].items()
            ]
            if gone := Decimal(row["reversed"]):
                parts.append(self.say("reversed", amount=self.money(gone, row["currency"])))
            if came := sum(map(Decimal, row["allocated"].values()), gone):
                amount = self.money(came, row["currency"])
                table.rows.append((str(row["on"]), row["id"], amount, self.voice.joined(parts)))
        for row in self.dossier.rows.get("account_payments", []):
            if Decimal(row["waiting"]):
                said = self.say("kept" if row["kept"] else "waiting", payment=row["payment"])
                table.rows.append((str(row["on"]), "", self.money(row["waiting"], row["currency"]), said))
        table.rows.sort(reverse=True)
        return table

    def deliveries(self) -> Section:
        table = self.section("deliveries", "sale", "milestone", "planned", "reached")
        rows = self.dossier.rows.get("milestones", [])
        for row in sorted(rows, key=lambda row: (row["id"], MILESTONES.index(row["milestone"]))):
            name = self.term(MILESTONE_TERMS, row["milestone"])
            table.rows.append((row["id"], name, str(row["planned"] or ""), str(row["reached"] or "")))
        return table

    def orders(self) -> Section:
        table = self.section("orders", "order", "sale", "day", "amount")
        for row in reversed(self.ordered):
            table.rows.append(
                (row["order"], row["opportunity"], str(row["day"]), self.money(row["amount"], row["currency"]))
            )
        return table

    def trend(self) -> Section:
        table = self.section("trend", "quarter", "volume")
        volumes: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in self.ordered:
            day: date = row["day"]
            volumes[f"{day.year} Q{(day.month + 2) // 3}", row["currency"]] += Decimal(row["amount"])
        for (quarter, currency), volume in volumes.items():
            table.rows.append((quarter, self.money(volume, currency)))
        return table

    def complaints(self) -> Section:
        table = self.section("complaints", "complaint", "what", "life", "step", "since")
        for row in self.dossier.rows.get("complaints", []):
            step = self.term(STEP_TERMS, row["step"]) if row["step"] and row["life"] == "open" else ""
            since = str(self.around.calendar.local_date(row["since"]))
            life = self.term(COMPLAINT_LIFE_TERMS, row["life"])
            table.rows.append((row["id"], row["title"] or row["text"], life, step, since))
        return table

    def satisfaction(self) -> Section:
        table = self.section("satisfaction", "day", "sale", "score", "what")
        scores = sorted(self.dossier.rows.get("satisfaction", []), key=lambda row: (row["day"], row["number"]))
        for row in reversed(scores):
            table.rows.append((str(row["day"]), row["id"], str(row["score"]), row["text"]))
        return table

    def made(self) -> Section:
        """The last contacts that were made, with their outcome (domain.md §5: marketing contacts)."""
        table = self.section("made", "day", "what", "sale", "how", "outcome", "who")
        made = [row for row in self.dossier.rows.get("follow_ups", []) if row["status"] == "done"]
        for row in sorted(made, key=lambda row: (row["answered_on"], row["day"]), reverse=True)[:_MADE]:
            what = contact_text(row["item"], row["text"], row["params"], self.language)
            how = self.term(HOW_TERMS, row["how"]) if row["how"] else ""
            by = self.voice.person(row["answered_by"])
            table.rows.append((str(row["answered_on"]), what, row["id"], how, row["outcome"], by))
        return table

    def proposed(self) -> Section:
        """The prompts that were made."""
        table = self.section("proposed", "day", "product", "answer", "what")
        for row in self.dossier.rows.get("prompts", []):
            label = row["words"]["label"][self.language]
            table.rows.append((str(row["made_on"]), label, self.term(PROMPT_TERMS, row["status"]), row["answer"]))
        table.rows.sort(reverse=True)
        return table

    def documents(self) -> Section:
        """What the sales' evidence names: written needs, proposals, contracts."""
        table = self.section("documents", "day", "what", "sale", "document")
        for state in self.dossier.states:
            for (name, _), held in state.evidence.items():
                evidence = self._evidence(state.playbook.hash, name)
                if evidence and evidence.type is EvidenceType.DOCUMENT and isinstance(held.value, dict):
                    day = self.around.day_of(state.events[held.event - 1].observed_at) if held.event else None
                    label, uri = _label(evidence, self.language), str(held.value.get("uri"))
                    table.rows.append((str(day or ""), label, state.opportunity, uri))
        table.rows.sort(reverse=True)
        return table

    # -- people

    def contacts(self) -> list[Contact]:
        """What the directory knows, then the sales: what the latest tells goes before what earlier ones told."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.dossier.rows.get("contacts", []):
            style = {self.say("style"): self.term(STYLE_TERMS, row["style"])} if row["style"] else {}
            found[row["id"]] = style | ({self.say("note"): row["note"]} if row["note"] else {})
        for state in sorted(self.dossier.states, key=lambda state: state.last_told, reverse=True):
            for (name, person), held in state.evidence.items():
                evidence = self._evidence(state.playbook.hash, name)
                if person and evidence is not None and held.value is not None:
                    found[person].setdefault(
                        _label(evidence, self.language), _value(evidence, held.value, self.language)
                    )
        return [Contact(id=id_, name=self.voice.person(id_), known=known) for id_, known in sorted(found.items())]

    def _evidence(self, playbook: str, name: str) -> Evidence | None:
        book = self.dossier.playbooks.get(playbook)
        return book.evidence_of.get(name) if book else None

    # -- what to say next, the most urgent first

    def hints(self) -> Iterator[Hint]:
        found = [*self._pressing(), *self._growing(), *self._selling()]
        yield from found or [Hint(about="account", text=self.say("say_nothing"))]

    def _pressing(self) -> Iterator[Hint]:
        for row in self.dossier.rows.get("complaints", []):
            if row["life"] == "open":
                yield Hint(about=f"complaint:{row['id']}", text=self.say("say_complaint", complaint=row["id"]))
        for row in self.dossier.rows.get("instalments", []):
            if (days := late(row, self.around)) and not row["disputed"]:  # of that the complaint speaks
                money, until = self.money(row["outstanding"], row["currency"]), row["promised_until"]
                params = {"sale": row["id"], "outstanding": money, "days": days, "until": until}
                text = self.say("say_pledged" if until and until >= self.today else "say_overdue", **params)
                yield Hint(about=f"instalment:{row['id']}:{row['instalment']}", text=text)
        for row in self.dossier.rows.get("follow_ups", []):
            about, params = f"follow_up:{row['id']}:{row['item']}", row["params"]
            waits = row["status"] not in DONE
            if row["kind"] == "promise" and waits:
                yield Hint(
                    about=about, text=self.say("say_promised", text=row["text"].rstrip("。. "), until=row["until"])
                )
            if row["kind"] == "orders_fell" and row["status"] in ("open", "missed"):
                volumes = {name: self.money(params[name], params["currency"]) for name in ("now", "before")}
                window = span_text(params["window"], self.language)
                yield Hint(about=about, text=self.say("say_fell", **volumes, window=window))
            if row["kind"] == "repurchase" and waits and row["day"] <= self.today:
                yield Hint(about=about, text=self.say("say_repurchase", due=params["due"]))

    def _growing(self) -> Iterator[Hint]:
        for sale, state in self.dossier.aftercares.items():
            if state.signed is None or state.over:
                continue
            if state.customer.score is None and "delivery" in state.anchors:
                yield Hint(about=f"satisfaction:{sale}", text=self.say("say_satisfaction", sale=sale))
            elif not state.satisfied and (last := state.last_score) and not (rate := last.rate).satisfied:
                text = self.say("say_unsatisfied", sale=sale, score=rate.score, text=rate.text)
                yield Hint(about=f"satisfaction:{sale}", text=text)
            yield from self._prompts(sale, state)
            if not why_no_referral(state, self.around):
                text = self.say("say_referral", step=self.term(REFERRAL_TERMS, state.referral.step))
                yield Hint(about=f"referral:{sale}", text=text)

    def _prompts(self, sale: str, state: AftercareState) -> Iterator[Hint]:
        open_ = state.open_prompt
        suggestions = [state.prompts[open_].suggestion] if open_ else state.suggestions
        for one in suggestions:
            why = [p for p in why_no_prompt(state, self.around, one) if not (open_ and p.code.startswith("prompt_"))]
            if why:
                text = self.say("not_now", why=clauses((p.text(self.language) for p in why), self.language))
            else:
                parts = [getattr(part, self.language) for part in (one.link, one.reason, one.ask) if part]
                words = ("" if self.language == "zh" else " ").join(parts)
                text = self.say("say_prompt", product=getattr(one.label, self.language), words=words)
            yield Hint(about=f"prompt:{sale}:{one.product}", text=text)
            return

    def _selling(self) -> Iterator[Hint]:
        for state in self.dossier.states:
            book = self.dossier.playbooks[state.playbook.hash]
            for visit in state.open_visits if state.life == "open" else ():
                stage = book.stage_of[visit.stage]
                marker = getattr(stage.end.label, self.language) if stage.end.label else stage.id
                name = _stage(book, visit.stage, self.language)
                text = self.say("say_stage", sale=state.opportunity, stage=name, marker=marker)
                yield Hint(about=f"sale:{state.opportunity}", text=text)

    # -- sums

    def _change(self) -> Decimal | None:
        """The share by which the last window's volume differs from that of the window before; one currency only."""
        if not self.ordered:
            return None
        window, currency = self.around.policy.aftercare.orders.window, self.ordered[-1]["currency"]
        middle = earlier(self.today, window)
        first = earlier(middle, window)
        now = before = Decimal(0)
        for row in self.ordered:
            if row["currency"] == currency:
                now += Decimal(row["amount"]) if middle < row["day"] <= self.today else 0
                before += Decimal(row["amount"]) if first < row["day"] <= middle else 0
        return (now - before) / before if before else None


def _label(evidence: Evidence, language: Language) -> str:
    return getattr(evidence.label, language) if evidence.label else evidence.id


def _stage(book: Playbook | None, stage: str, language: Language) -> str:
    named = book.stage_of.get(stage) if book else None
    return getattr(named.label, language) if named is not None and named.label else stage


def _value(evidence: Evidence, value: Any, language: Language) -> str:
    labels = {option.id: getattr(option.label, language) if option.label else option.id for option in evidence.options}
    values = value if isinstance(value, list) else [value]
    return joined((labels.get(str(one), str(one)) for one in values), language)
