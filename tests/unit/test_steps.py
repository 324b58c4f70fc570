"""Steps and stages that a playbook does not have."""

from datetime import date

import pytest

from stagemark.domain import commands as c
from stagemark.domain.evidence import check_given
from stagemark.domain.playbook import Playbook
from stagemark.playbooks.load import shipped_playbook
from tests.playing import Sale, three_stages


@pytest.mark.parametrize("stage", [None, "find"])
def test_where_a_playbook_has_no_steps_or_nothing_leads_to_nurture_the_refusal_says_that(stage: str | None) -> None:
    bare = three_stages().model_dump(mode="json", exclude={"hash"})
    for one in bare["stages"]:
        one |= {"steps": [], "nurturable": False}
    sale = Sale(playbook=Playbook.model_validate(bare).compiled())
    sale.open()
    assert sale.refused(c.Record(stage=stage, step="call")) == ["playbook_without_steps"]
    assert sale.refused(c.Nurture(reason="x", look_again=date(2026, 9, 1))) == ["nurture_nowhere"]


@pytest.mark.parametrize(
    ("asked", "code", "right"),
    [
        (c.Record(stage="nowhere"), "unknown_stage", "find"),
        (c.Record(step="dance"), "step_of_no_stage", "call"),
        (c.Record(stage="win", step="call"), "step_elsewhere", "find"),
        (c.Record(stage="win", step="dance"), "stage_without_steps", "-"),
    ],
)
def test_of_a_step_or_stage_that_is_not_there_the_refusal_names_what_would_be_right(
    asked: c.Command, code: str, right: str
) -> None:
    sale = Sale()
    sale.open()
    (problem,) = sale.problems(asked)
    assert problem.code == code
    for language in ("en", "zh"):
        assert right in problem.text(language) or right == "-"
        assert " -" not in problem.text(language)


def test_of_evidence_that_is_not_there_the_nearest_few_are_named_and_the_command_that_lists_all() -> None:
    (problem,) = check_given(shipped_playbook("key-account-six"), c.Given(evidence="qualificaton", value="x"))
    assert problem.code == "unknown_evidence"
    assert problem.params["known"][0] == "qualification"
    assert len(problem.params["known"]) <= 6
    assert "stagemark playbook show key-account-six" in problem.text("zh")
