"""What a wrong playbook is told reads as a sentence in either language."""

import pytest

from stagemark.domain.playbook import EvidenceType
from stagemark.errors import InvalidInput
from stagemark.playbooks.load import load_playbook
from stagemark.texts.playbook import EVIDENCE_TYPE_TERMS
from tests.unit.test_playbook_errors import GOOD


@pytest.mark.parametrize(
    ("replacement", "english", "chinese"),
    [
        (
            "{evidence: price, checked: all}",
            "checked does not fit evidence price, which is of the type money; what fits: at_least, at_most,",
            "checked 不适用于证据“price”（类型：金额）；适用的有：at_least、at_most、",
        ),
        (
            "{evidence: price, at_most: high}",
            "at_most of evidence price, which is of the type money, can't be high; write",
            "证据“price”（类型：金额）的 at_most 不能是“high”；",
        ),
    ],
)
def test_a_condition_that_does_not_fit_is_told_with_its_field_as_written(
    replacement: str, english: str, chinese: str
) -> None:
    with pytest.raises(InvalidInput) as found:
        load_playbook(GOOD.replace("{evidence: price, at_least: 10.5}", replacement))
    assert english in found.value.text("en")
    assert chinese in found.value.text("zh")


def test_what_a_field_may_be_is_listed_in_the_readers_language() -> None:
    with pytest.raises(InvalidInput) as found:
        load_playbook(GOOD.replace("who: decision_maker", "who: boss"))
    assert "who 应为 any、all、decision_maker 之一，而不是 boss" in found.value.text("zh")
    assert "who is one of any, all, decision_maker, not boss" in found.value.text("en")


def test_every_type_of_evidence_is_called_something() -> None:
    assert set(EVIDENCE_TYPE_TERMS) == {f"evidence_type:{one.value}" for one in EvidenceType}
