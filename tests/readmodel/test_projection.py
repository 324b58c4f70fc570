"""Gaps as the read model derives them, against a minute-by-minute reference."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stagemark.domain.state import Span, Visit
from stagemark.readmodel.projection import Gap, gaps_of

ZERO = datetime(2026, 3, 2, tzinfo=UTC)
END = 40


def at(minute: int) -> datetime:
    return ZERO + timedelta(minutes=minute)


@st.composite
def lives(draw: st.DrawFn) -> list[Span]:
    """The states of a sale's life, one after the other, the last one open."""
    turns = sorted(draw(st.sets(st.integers(1, END - 1), max_size=5)))
    values = draw(st.lists(st.sampled_from(["open", "suspended", "lost"]), min_size=6, max_size=6))
    starts = [0, *turns]
    return [
        Span(value, at(start), end=at(end) if end is not None else None)
        for value, start, end in zip(values, starts, [*turns, None], strict=False)
    ]


@st.composite
def visits(draw: st.DrawFn) -> list[Visit]:
    """Stays in stages, also overlapping, of no length, or open."""
    found = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        began = draw(st.integers(0, END - 1))
        left = draw(st.none() | st.integers(began, END - 1))
        found.append(Visit("talk", number, at(began), True, 1, left=None if left is None else at(left), left_by=None))
    return found


def covers(start: datetime, end: datetime | None, minute: int) -> bool:
    return start <= at(minute) and (end is None or at(minute) < end)


@given(lives(), visits())
def test_a_gap_is_exactly_the_time_in_which_the_sale_is_open_and_no_stage_is(
    lives: list[Span], visits: list[Visit]
) -> None:
    gaps = gaps_of(lives, visits)
    for minute in range(END):
        opened = any(life.value == "open" and covers(life.start, life.end, minute) for life in lives)
        staying = any(covers(visit.began, visit.left, minute) for visit in visits)
        assert sum(covers(gap.start, gap.end, minute) for gap in gaps) == (opened and not staying)
    assert all(gap.end is None or gap.start < gap.end for gap in gaps)


def test_a_gap_names_the_stage_before_it_and_the_stage_after_it() -> None:
    stays = [
        Visit("find", 1, at(2), True, 2, left=at(5), left_by="end", left_event=3),
        Visit("talk", 1, at(9), False, 4),
    ]
    assert gaps_of([Span("open", at(0))], stays) == [
        Gap(at(0), True, at(2), True, None, "find"),
        Gap(at(5), True, at(9), False, "find", "talk"),
    ]
