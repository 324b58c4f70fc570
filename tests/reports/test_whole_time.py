"""Whatever happens to a sale, its time is accounted for and nothing is negative."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stagemark.domain import commands as c
from stagemark.domain.commands import Command, Envelope, Given
from stagemark.domain.durations import account, gaps, stays
from stagemark.domain.moments import UNKNOWN, Moment
from stagemark.domain.opportunity import Accepted, decide
from stagemark.domain.state import OpportunityState
from tests.reports.sales import CALENDAR, NOW, ZONE, Told, march, noon, on

ZERO = timedelta(0)
STAGES = ("find", "talk", "sign")
PROOF = (Given(evidence="proof", value="a letter"),)
FAR = date(2030, 1, 1)

asked: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from(STAGES).map(lambda stage: c.Mark(stage=stage, edge="start")),
    st.sampled_from(STAGES).map(lambda stage: c.Mark(stage=stage, edge="end", evidence=PROOF)),
    st.sampled_from(STAGES).map(lambda stage: c.FallBack(stage=stage, reason="needs changed")),
    st.sampled_from(["an", "bo"]).map(lambda owner: c.Change(owner=owner)),
    st.sampled_from(["us", "customer", None]).map(lambda party: c.Wait.model_validate({"on": party})),
    st.sampled_from(
        [
            c.Suspend(reason="fair", look_again=FAR),
            c.Resume(),
            c.Lose(reason="price"),
            c.Reopen(reason="they called"),
            c.Nurture(reason="no budget", look_again=FAR),
            c.ComeBack(),
        ]
    ),
)
days = st.one_of(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.none())


def lived(told: list[tuple[Command, int | None]]) -> OpportunityState:
    """A sale of which all was recorded that is lawful, late and out of order as it comes."""
    state = Told().state
    for number, (command, day) in enumerate(told):
        moment = UNKNOWN if day is None else Moment.on(march(day))
        decided = decide(state, Envelope(key=f"x{number}", commands=(command,), actor="an", observed_at=moment), NOW)
        state = decided.state if isinstance(decided, Accepted) else state
    return state


lives = st.lists(st.tuples(asked, days), max_size=14).map(lambda told: sorted(told, key=lambda t: t[1] or 0)).map(lived)


@given(lives, st.integers(1, 80))
def test_the_whole_time_is_stages_and_gaps_and_dormancy(state: OpportunityState, day: int) -> None:
    found = account(state, noon(march(day)))
    assert found.elapsed == found.in_stages + found.gaps + found.dormant
    assert all(
        length >= ZERO
        for length in (found.elapsed, found.in_stages, found.gaps, found.dormant, found.overlaps, found.paused)
    )
    assert found.overlaps <= found.in_stages
    assert found.paused <= found.in_stages + found.gaps
    assert sum((end - start for start, end in gaps(state, noon(march(day)))), ZERO) == found.gaps


@given(lives, st.integers(1, 80))
def test_no_length_is_negative_and_no_party_is_waited_on_for_longer_than_there_was(
    state: OpportunityState, day: int
) -> None:
    for stay in stays(state, CALENDAR, noon(march(day))):
        assert stay.before is not None
        assert stay.before.elapsed is None or stay.before.elapsed >= ZERO
        if stay.elapsed is None or stay.working is None:
            continue
        assert ZERO <= stay.working <= stay.elapsed
        assert stay.paused >= ZERO
        assert sum(stay.waited.values(), ZERO) <= stay.elapsed


@given(lives, st.integers(1, 80))
def test_the_parts_of_the_owners_add_up_to_the_visit(state: OpportunityState, day: int) -> None:
    as_of = noon(march(day))
    parts = stays(state, CALENDAR, as_of, state.owners)
    for whole in stays(state, CALENDAR, as_of):
        own = [part for part in parts if part.visit == whole.visit]
        lengths = [part.elapsed for part in own]
        assert own[-1].cause == whole.cause
        assert all(part.cause == "handed_over" for part in own[:-1])
        if whole.elapsed is not None and None not in lengths:
            assert sum((length for length in lengths if length is not None), ZERO) == whole.elapsed


@given(lives, st.integers(1, 80))
def test_a_look_back_equals_a_sale_of_which_no_more_had_happened(state: OpportunityState, day: int) -> None:
    clocks = on(as_of=day)
    told = Told()
    told.state = state
    then, as_of = told.seen(clocks), clocks.valid(ZONE)
    assert then is not None
    assert stays(state, CALENDAR, as_of, state.owners) == stays(then, CALENDAR, as_of, then.owners)
    assert account(state, as_of) == account(then, as_of)
