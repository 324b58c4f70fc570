"""The texts of complaints, and the section of the policy about them."""

import pytest
from pydantic import ValidationError

from stagemark.domain.complaint.policy import STEPS, ComplaintPolicy
from stagemark.domain.complaint.rules import COMPLAINT
from stagemark.errors import Problem
from stagemark.policies.load import shipped_policy
from stagemark.texts.tasks_complaint import COMPLAINT_TASKS, STEP_TERMS
from tests.scenarios.complaint.playing import opened

SHIPPED = shipped_policy().complaint.model_dump(mode="json")


def test_each_step_has_its_task_and_its_word() -> None:
    assert {f"complaint_{step_}" for step_ in STEPS} | {"complaint_propose_anew"} == COMPLAINT_TASKS.keys()
    assert STEP_TERMS.keys() == set(STEPS)


def test_a_policy_without_a_rule_for_each_step_is_refused() -> None:
    fewer = {name: rule for name, rule in SHIPPED["steps"].items() if name != "ask"}
    with pytest.raises(ValidationError) as refused:
        ComplaintPolicy.model_validate({**SHIPPED, "steps": fewer})
    (error,) = refused.value.errors()
    assert (error["type"], error["ctx"]["steps"]) == ("complaint_steps_missing", "ask")


def test_a_refusal_names_the_step_whose_turn_it_is_as_it_is_typed_and_in_words() -> None:
    out = Problem(code="complaint_step_out_of_turn", params={"taken": "ask", "turn": "listen"})
    assert out.text("en") == (
        "“ask (ask for their view)” is not the step that comes next; it is the turn of “listen (let them vent)”"
    )
    assert out.text("zh") == "还没轮到“ask（征求意见）”；现在应当“listen（让客户发泄）”"


def test_what_an_operator_reads_says_where_it_stands() -> None:
    life = opened().steps("listen", "apologise")
    assert COMPLAINT.summary(life.state) == "**open**, owner wang, round 1, next step: collect"
