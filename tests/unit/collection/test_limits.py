"""The ends of what can be said: the last days of the calendar, and the longest ids that a payment can have."""

import pytest

from stagemark.domain.collection.commands import CollectionEntry
from stagemark.domain.collection.receivables import owing
from stagemark.domain.collection.rules import COLLECTION
from stagemark.domain.collection.state import CollectionState
from stagemark.domain.neighbour import next_due
from tests.scenarios.collection.language import read
from tests.scenarios.collection.playing import Play


def played(text: str) -> Play:
    play = Play(read(text))
    play.run()
    return play


@pytest.mark.parametrize("age_from", ["due", "receivable"])
@pytest.mark.parametrize("due", ["2999-12-31", "2999-12-30", "1900-01-01"])
def test_an_instalment_can_fall_due_on_any_day_that_can_be_said(due: str, age_from: str) -> None:
    play = played(
        f"""policy {{"old_after": 3650, "age_from": "{age_from}"}}
        given signed 2026-02-02: 1=50000 due {due}; 2=50000 after acceptance 3650
        02-20 * reach acceptance
        02-20 * pay P1 1 for 1
        until 2026-02-23"""
    )
    assert next_due(COLLECTION, play.state, play.around) is not None
    assert CollectionState.model_validate(play.state.model_dump(mode="json")) == play.state
    assert all(CollectionEntry.model_validate_json(entry.model_dump_json()) == entry for entry in play.entries)
    assert owing([play.state], play.policy.collection, play.around.today)


@pytest.mark.parametrize(("id_", "left"), [("😀" * 125, 62), ("P", 0)])
def test_the_last_payment_ends_the_sale_however_long_the_list_of_payments_is(id_: str, left: int) -> None:
    pays = "\n".join(f"02-20 * pay {id_}{number:03} 1 for 1" for number in range(100))
    scenario = read(f"telling\ngiven signed 2026-02-02: 1=100 due 2026-03-02\n{pays}\nuntil 2026-02-20")
    play = Play(scenario)
    (mark,) = [line for line in play.run() if " mark collection end " in line]
    payments = mark.rpartition("payments=")[2]
    listed = payments.split(";_")
    assert listed[0].startswith(f"+{left}" if left else "P000")
    assert listed[-1] == f"{id_}099_2026-02-20_1_CNY"
    assert len(listed) + left == 100 + bool(left)
