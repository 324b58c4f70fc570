"""The export in ../shared/data, as untidy as it is, by the mapping that ships as an example."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stagemark.adapters.calendars import builtin_calendar
from stagemark.domain.commands import Open
from stagemark.domain.opportunity import fold
from stagemark.importing.mapping import load_mapping
from stagemark.importing.plan import Plan, plan_import
from stagemark.importing.table import read_table
from stagemark.playbooks.load import load_playbook, read_playbook

ROOT = Path(__file__).parents[2]
EXPORT = ROOT.parent / "shared" / "data" / "crm-sales-opportunities" / "sales_pipeline.csv"
EXAMPLE = ROOT / "examples" / "crm-export"


def planned(limit: int | None = None, as_of: date = date(2017, 12, 31)) -> Plan:
    if not EXPORT.exists():
        pytest.skip(f"the export is not there: {EXPORT}")
    loaded = load_mapping(EXAMPLE / "mapping.yaml")
    zone = builtin_calendar(loaded.mapping.calendar).zone
    playbook = load_playbook(EXAMPLE / "two-stages.yaml")
    return plan_import(read_table(EXPORT), loaded, playbook, zone, as_of=as_of, now=datetime.now(UTC), limit=limit)


def test_the_playbook_of_the_example_has_no_warnings() -> None:
    assert read_playbook(EXAMPLE / "two-stages.yaml").warnings == ()


def test_every_sale_of_the_export_is_taken_and_stands_as_the_crm_says() -> None:
    plan = planned()
    assert (plan.rows, len(plan.sales), plan.problems) == (8800, 8800, ())
    assert sum(sale.open for sale in plan.sales) == 2089

    playbook = load_playbook(EXAMPLE / "two-stages.yaml").compiled()
    lives: Counter[str] = Counter()
    visits: Counter[tuple[str, str | None, bool]] = Counter()
    owners, accounts, titles = set(), set(), set()
    for sale in plan.sales:
        state = fold(sale.id, sale.events, playbook)
        lives[state.life] += 1
        visits.update((visit.stage, visit.left_by, visit.began_known) for visit in state.visits)
        opened = sale.events[0].fact
        assert isinstance(opened, Open)
        owners.add(opened.owner)
        accounts.add(opened.account)
        titles.add(opened.title)
    assert lives == {"closed": 4238, "lost": 2473, "open": 1589 + 500}
    assert visits == {
        ("prospecting", None, False): 500,
        ("prospecting", "end", False): 8300,
        ("engaging", None, True): 1589,
        ("engaging", "end", True): 4238,
        ("engaging", "lost", True): 2473,
    }
    assert len(owners) == 30
    assert sum(account.startswith("unknown-") for account in accounts) == 1425
    assert "GTX Pro" in titles
    assert "GTXPro" not in titles


def test_rows_later_than_the_cut_are_named() -> None:
    plan = planned(limit=300, as_of=date(2017, 2, 28))
    assert {(found.column, found.problem.code) for found in plan.problems} == {("close_date", "import_after_cut")}
    assert plan.rows == 300
