"""How long something lasts, when some of it has not ended yet (design.md §7).

One curve serves both figures. With every cause counted it is one minus Kaplan–Meier; for one cause among competing
ones it is the Aalen–Johansen cumulative incidence. What has not ended is censored: it counts among those at risk
for as long as it was seen, and is neither dropped nor taken as ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter

__all__ = ["Lasted", "Step", "incidence", "quantile"]

_ROUNDING = 1e-9
"""A share computed from counts may miss a round figure by this much."""


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long one thing lasted.

    Attributes:
        length: How long it was seen.
        cause: What ended it; none if it is censored, so that `length` is a lower bound.
    """

    length: timedelta
    cause: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the curve: by `at`, `share` of all have ended. Shares lie between 0 and 1 and only grow."""

    at: timedelta
    share: float


def incidence(lasted: Iterable[Lasted], cause: str | None = None) -> list[Step]:
    """The share that has ended by `cause` as time passes.

    At each length: those that ended count first, what is censored at the same length was still at risk.

    Args:
        lasted: What was seen.
        cause: The cause of interest; the others compete with it (Aalen–Johansen). None: any cause (Kaplan–Meier).
    """
    ordered = sorted(lasted, key=attrgetter("length"))
    at_risk, going_on, share = len(ordered), 1.0, 0.0
    steps: list[Step] = []
    for length, group in groupby(ordered, key=attrgetter("length")):
        causes = [one.cause for one in group]
        ended = sum(one is not None for one in causes)
        counted = ended if cause is None else causes.count(cause)
        if counted:
            share += going_on * counted / at_risk
            steps.append(Step(length, min(share, 1.0)))
        going_on *= 1 - ended / at_risk
        at_risk -= len(causes)
    return steps


def quantile(steps: Sequence[Step], share: float) -> timedelta | None:
    """The shortest time by which `share` have ended; none if the curve does not get there ("not reached")."""
    return next((step.at for step in steps if step.share >= share - _ROUNDING), None)
