"""The benchmarks run, and tell what they should. How fast anything is, is no business of a test."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from benchmarks.actions import spent
from benchmarks.figures import Figure, Spread, percentile

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    out = tmp_path_factory.mktemp("bench") / "figures.json"
    words = [sys.executable, "-m", "benchmarks", "--only", "b,c,d", "--quick", "--json", str(out)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=100)
    figures: dict[str, list[dict[str, Any]]] = json.loads(out.read_text())
    return figures


def test_each_part_that_was_asked_for_gives_positive_figures(found: dict[str, list[dict[str, Any]]]) -> None:
    assert list(found) == ["b", "c", "d"]
    for figures in found.values():
        assert figures
        for figure in figures:
            ours = figure["ours"]
            assert 0 < ours["low"] <= ours["median"] <= ours["high"]


def test_a_sale_recorded_as_it_is_observed_stays_within_its_events_and_actions(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    by_name = {figure["name"]: figure for figure in found["b"]}
    assert by_name["events a marker: one observation, one step"]["met"]
    assert by_name["actions a marker: one observation, one step"]["met"]
    parts = by_name["actions a marker: one observation, one step"]["parts"]
    assert parts["updates"]["actions"] == parts["stagemark.record"]["actions"] == 8  # the first with the opening
    assert parts["runs"]["actions"] == 1


def test_a_retried_activity_is_billed_for_each_attempt() -> None:
    scheduled = HistoryEvent(event_id=5, event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    scheduled.activity_task_scheduled_event_attributes.activity_type.name = "x"
    started = HistoryEvent(event_id=6, event_type=EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED)
    started.activity_task_started_event_attributes.scheduled_event_id = 5
    started.activity_task_started_event_attributes.attempt = 3
    assert spent([scheduled, started]) == {"x": {"events": 2, "actions": 3}}


def test_a_comparison_is_judged_by_the_median_of_its_pairs() -> None:
    figure = Figure.compared("x", "ms", [1.0, 2.0, 30.0], [1.0, 2.0, 10.0], most=1.1)
    assert figure.ratio == Spread(1.0, 1.0, 3.0, 3)
    assert figure.met
    assert percentile([4, 1, 3, 2], 50) == 2
    assert percentile(range(1, 101), 99) == 99
