"""Quantiles with censoring, checked against lifelines and by hand."""

import math
import warnings
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagemark.domain.survival import Lasted, incidence, quantile

CAUSES = ("end", "lost", "nurture")


def days(*pairs: tuple[float, str | None]) -> list[Lasted]:
    return [Lasted(timedelta(days=length), cause) for length, cause in pairs]


# Ties are meant: few different lengths, zero among them.
whole = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([*CAUSES, None])), min_size=1, max_size=40)


def test_a_worked_example_of_kaplan_meier() -> None:
    # Five visits: left after 1, 2 and 4 days; still open after 2 and 5.
    lasted = days((1, "end"), (2, "end"), (2, None), (4, "lost"), (5, None))

    steps = [(step.at.days, round(step.share, 4)) for step in incidence(lasted)]

    # 1/5 = 0.2; then of four at risk one: 1 - 0.8·3/4 = 0.4; then of two at risk one: 1 - 0.6·1/2 = 0.7
    assert steps == [(1, 0.2), (2, 0.4), (4, 0.7)]
    assert quantile(incidence(lasted), 0.5) == timedelta(days=4)
    assert quantile(incidence(lasted), 0.75) is None


def test_a_worked_example_of_competing_risks() -> None:
    lasted = days((1, "lost"), (2, "end"), (3, None), (4, "end"))

    steps = [(step.at.days, round(step.share, 4)) for step in incidence(lasted, "end")]

    # 3/4 still there, of three at risk one ends: 1/4; then 2/4 still there, the only one at risk ends: 1/4 + 1/2
    assert steps == [(2, 0.25), (4, 0.75)]


def test_nothing_seen_reaches_nothing() -> None:
    assert incidence([]) == []
    assert quantile([], 0.5) is None


def test_what_never_ended_has_no_quantile_however_long_it_was_seen() -> None:
    assert quantile(incidence(days((400, None), (900, None))), 0.5) is None


def test_without_censoring_the_median_is_the_time_by_which_half_have_ended() -> None:
    lasted = days(*((length, "end") for length in (9, 1, 5, 3)))
    assert quantile(incidence(lasted), 0.5) == timedelta(days=3)


@settings(max_examples=50)
@given(whole)
def test_the_curve_is_that_of_lifelines_kaplan_meier(pairs: list[tuple[int, str | None]]) -> None:
    from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]  # it has no stubs
    from lifelines.utils import qth_survival_times  # type: ignore[import-untyped]  # it has no stubs

    reference = KaplanMeierFitter().fit([length for length, _ in pairs], [cause is not None for _, cause in pairs])
    curve = reference.survival_function_.iloc[:, 0]
    steps = incidence(days(*pairs))

    for step in steps:
        assert step.share == pytest.approx(1 - curve[step.at.days])
    for share in (0.5, 0.75, 0.9):
        # lifelines compares floats as they are; a hair above the share makes its answer the one for the round figure.
        expected = qth_survival_times(1 - share + 1e-9, curve)
        found = quantile(steps, share)
        assert (math.inf if found is None else found.days) == expected


@settings(max_examples=50)
@given(whole)
def test_the_curve_of_one_cause_is_that_of_lifelines_aalen_johansen(pairs: list[tuple[int, str | None]]) -> None:
    from lifelines import AalenJohansenFitter

    if all(cause is None for _, cause in pairs):
        return  # lifelines wants an event
    # lifelines breaks ties by jittering: events of one length may come in any order, but what is censored comes after.
    # And it leaves out events at nought, so everything lasts a day longer.
    later = [(length + (1 if cause else 1.5), cause) for length, cause in pairs]
    numbers = {None: 0, "end": 1, "lost": 2, "nurture": 3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the jittering
        reference = AalenJohansenFitter(calculate_variance=False, seed=1).fit(
            [length for length, _ in later], [numbers[cause] for _, cause in later], event_of_interest=1
        )
    curve = reference.cumulative_density_.iloc[:, 0]

    for step in incidence(days(*later), "end"):
        assert step.share == pytest.approx(float(curve[curve.index <= step.at / timedelta(days=1) + 0.25].iloc[-1]))


@given(whole)
def test_the_causes_together_make_up_all_that_has_ended(pairs: list[tuple[int, str | None]]) -> None:
    lasted = days(*pairs)
    last = {cause: [0.0, *(step.share for step in incidence(lasted, cause))][-1] for cause in (None, *CAUSES)}
    assert sum(last[cause] for cause in CAUSES) == pytest.approx(last[None])


@given(whole)
def test_shares_only_grow_and_stay_between_nought_and_one(pairs: list[tuple[int, str | None]]) -> None:
    shares = [step.share for step in incidence(days(*pairs))]
    assert shares == sorted(shares)
    assert all(0 < share <= 1 for share in shares)
