"""Every scenario of `cases/`, day by day, played purely; each says exactly what happened on which day."""

from pathlib import Path

import pytest

from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play

CASES = sorted(Path(__file__).with_name("cases").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_exactly_this_happens(case: Path) -> None:
    scenario = read(case.read_text())
    assert Play(scenario).run() == scenario.expected


def test_there_are_at_least_thirty_scenarios() -> None:
    assert len(CASES) >= 30
