"""What is suggested with an order has its moment: the stage that ends with the signing, and no complaint is open."""

from typing import get_args

import pytest

from stagemark.domain.aftercare.add_on import why_no_add_on
from stagemark.domain.playbook import Playbook
from stagemark.playbooks.load import find_playbook
from stagemark.texts.language import Language


def refused(playbook: Playbook, at: str, *complaints: str, skipped: str = "") -> list[str]:
    """The codes of what is refused while that stage is open, and those before it are over."""
    place = playbook.stage_ids.index(at)
    stages = dict.fromkeys(playbook.stage_ids, "waiting") | dict.fromkeys(playbook.stage_ids[:place], "ended")
    found = list(why_no_add_on("S-1", playbook, stages | {at: "begun"} | {skipped: "skipped"}, complaints))
    for problem in found:
        assert all("{" not in problem.text(language) for language in get_args(Language))
    return [problem.code for problem in found]


def test_an_add_on_goes_with_the_order_in_the_fifth_stage() -> None:
    six = find_playbook("key-account-six")
    assert [refused(six, stage) for stage in six.stage_ids] == [*[["add_on_too_early"]] * 4, [], ["add_on_too_late"]]
    assert refused(six, "collection", skipped="commitment") == ["add_on_too_late"]


def test_the_stage_is_called_by_its_label() -> None:
    six = find_playbook("key-account-six")
    (problem,) = why_no_add_on("S-1", six, dict.fromkeys(six.stage_ids, "waiting"), ())
    assert ("赢取承诺" in problem.text("zh"), "Win commitment" in problem.text("en")) == (True, True)


def test_while_a_complaint_is_open_nothing_is_suggested_with_the_order_either() -> None:
    six = find_playbook("key-account-six")
    assert refused(six, "commitment", "C-1") == ["growth_complaint_open"]
    assert refused(six, "value", "C-1") == ["add_on_too_early", "growth_complaint_open"]


@pytest.mark.parametrize("stage", find_playbook("retail-six").stage_ids)
def test_a_playbook_that_signs_nothing_adds_on_throughout_the_sale(stage: str) -> None:
    assert refused(find_playbook("retail-six"), stage) == []
