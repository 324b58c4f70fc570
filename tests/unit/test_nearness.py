"""Which names are offered to somebody who wrote another."""

from stagemark.domain.nearness import nearest
from stagemark.playbooks.load import shipped_playbook

EVIDENCE = [piece.id for piece in shipped_playbook("key-account-six").evidence]


def test_of_a_misspelled_name_only_those_are_offered_that_it_can_be_meant_for() -> None:
    assert nearest("relatonship", EVIDENCE) == ["relationship"]


def test_of_a_name_like_no_other_the_likest_are_offered_and_never_none() -> None:
    assert 0 < len(nearest("zzz", EVIDENCE)) < len(EVIDENCE)


def test_few_names_are_all_offered() -> None:
    assert nearest("zzz", ["find", "win"]) == ["find", "win"]
