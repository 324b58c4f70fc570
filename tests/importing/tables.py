"""A small playbook and mapping, and tables to import by them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from stagemark.domain.playbook import Playbook
from stagemark.importing.mapping import LoadedMapping, load_mapping
from stagemark.importing.plan import Plan, plan_import
from stagemark.importing.table import Table

PLAYBOOK = Playbook.model_validate(
    {
        "id": "short",
        "evidence": [
            {"id": "need", "type": "text"},
            {"id": "budget", "type": "money"},
            {"id": "level", "type": "ranked", "options": [{"id": "c"}, {"id": "b"}, {"id": "a"}]},
            {"id": "signals", "type": "choice", "many": True, "options": [{"id": "price"}, {"id": "terms"}]},
            {"id": "signed_on", "type": "date"},
            {"id": "staff", "type": "number"},
            {"id": "contract", "type": "document"},
        ],
        "stages": [
            {"id": "find", "start": {}, "end": {"evidence": [{"evidence": "need"}]}},
            {
                "id": "win",
                "start": {},
                "end": {"conditions": [{"evidence": "level", "at_least": "b"}], "evidence": [{"evidence": "contract"}]},
            },
        ],
        "triggers": [{"id": "silent", "on": "silence", "rungs": [{"id": "owner", "after": "P2D"}]}],
        "loss_reasons": [{"id": "price"}, {"id": "other"}],
    }
)

MAPPING = """\
actor: importer
calendar: cn
dates: "%d.%m.%Y"
empty: ["-"]
sale:
  id: No
  account: {column: Customer, default: "unknown-{id}"}
  owner: {column: Owner, form: id}
  title: {column: What, spellings: {GTXPro: GTX Pro}}
  value: {column: Worth, currency: EUR, empty: ["0"]}
  opened: Opened
states:
  column: State
  spelled:
    New: {observed: []}
    Found: {observed: [find.start]}
    Talks: {observed: [find.start, find.end, win.start]}
    Won: {observed: [find.start, find.end, win.start, win.end]}
    Quick: {observed: [win.start, win.end], skipped: {find: The customer came to us}}
    Lost: {observed: [find.start], lost: {reason: {column: Why, default: other}, on: Closed}}
markers:
  find.start: Begun
  find.end: Found
  win.start: Found
  win.end: Closed
evidence:
  - {evidence: need, at: find.end, column: Need}
  - {evidence: budget, at: find.end, column: Worth, currency: EUR, empty: ["0"]}
  - {evidence: level, at: win.start, column: Level, spellings: {"1": a, "2": b, "3": c}}
override: {by: li, reason: "Imported, no evidence kept"}
"""
HEADER = "No,Customer,Owner,What,Worth,Opened,State,Begun,Found,Closed,Why,Need,Level"
WON = 'S-1,Acme,Anna  Snelling,GTXPro,"1,054.50",01.02.2025,Won,02.02.2025,03.03.2025,04.04.2025,,a fleet,2'
TALKS = "S-2,,Bo Li,Rack,0,01.02.2025,Talks,02.02.2025,-,,,,-"
LOST = "S-3,Acme,Bo Li,Rack,,,Lost,,,05.05.2025,price,,"
QUICK = "S-4,Acme,Bo Li,Rack,12,,Quick,,06.06.2025,07.06.2025,,,"
NEW = "S-5,Acme,Bo Li,Rack,,,New,,,,,,"
AS_OF = date(2025, 12, 31)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def mapped(text: str = MAPPING) -> LoadedMapping:
    return load_mapping(text, "mapping.yaml")


def table(*rows: str, header: str = HEADER) -> Table:
    return Table("\n".join([header, *rows]), "sales.csv")


def planned(*rows: str, mapping: str = MAPPING, as_of: date = AS_OF, now: datetime = NOW) -> Plan:
    return plan_import(table(*rows), mapped(mapping), PLAYBOOK, "Asia/Shanghai", as_of=as_of, now=now)


def amiss(plan: Plan) -> list[tuple[int, str, str]]:
    """What is wrong: row, column, code."""
    return [(found.row, found.column, found.problem.code) for found in plan.problems]


def codes(problems: Sequence[object]) -> list[str]:
    return [getattr(problem, "code", "") for problem in problems]
