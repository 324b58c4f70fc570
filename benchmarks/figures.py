"""Figures: what was measured, as medians with their spread, as a table and as JSON."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["Figure", "Spread", "percentile", "show"]


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Sum them up: the median, and between which values the middle half lies."""
        low, high = percentile(values, 25), percentile(values, 75)
        return cls(statistics.median(values), low, high, len(values))

    def __str__(self) -> str:
        """Median, and the middle half."""
        return f"{_short(self.median)} ({_short(self.low)} to {_short(self.high)})"


@dataclass(frozen=True)
class Figure:
    """One line of the result.

    Attributes:
        name: What was measured.
        unit: In what.
        ours: The measurements of stagemark.
        peer: Those of what it is compared with, taken in turn with ours.
        ratio: Ours by the peer's, of each pair of rounds.
        most: What the ratio, or without a peer the median, may be at most.
        least: Likewise at least.
        parts: Where it goes.
    """

    name: str
    unit: str
    ours: Spread
    peer: Spread | None = None
    ratio: Spread | None = None
    most: float | None = None
    least: float | None = None
    parts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def compared(
        cls,
        name: str,
        unit: str,
        ours: Sequence[float],
        peer: Sequence[float],
        *,
        most: float | None = None,
        least: float | None = None,
    ) -> Figure:
        """Compare rounds that were taken in turn."""
        ratio = Spread.of([own / other for own, other in zip(ours, peer, strict=True)])
        return cls(name, unit, Spread.of(ours), Spread.of(peer), ratio, most, least)

    @property
    def judged(self) -> float:
        """What the target is for."""
        return (self.ratio or self.ours).median

    @property
    def met(self) -> bool | None:
        """Whether the target was reached; none where there is none."""
        if self.most is None and self.least is None:
            return None
        return (self.most is None or self.judged <= self.most) and (self.least is None or self.judged >= self.least)

    def as_json(self) -> dict[str, Any]:
        """The figure as plain data."""
        return {**asdict(self), "met": self.met}


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent * len(ordered) / 100) - 1)]


def show(console: Console, title: str, figures: Sequence[Figure]) -> None:
    """Print figures as a table, and under it where each goes."""
    table = Table(title=title, title_justify="left")
    for heading in ("", "unit", "ours", "peer", "ratio", "target"):
        table.add_column(heading, justify="left" if heading in ("", "unit") else "right")
    for figure in figures:
        target = f"≤ {figure.most}" if figure.most is not None else f"≥ {figure.least}" if figure.least else ""
        verdict = {True: " met", False: " missed", None: ""}[figure.met]
        peer, ratio = str(figure.peer or ""), str(figure.ratio or "")
        table.add_row(figure.name, figure.unit, str(figure.ours), peer, ratio, target + verdict)
    console.print(table)
    for figure in figures:
        if figure.parts:
            parts = Table(title=f"{figure.name}: where it goes", title_justify="left")
            columns = dict.fromkeys(column for row in figure.parts.values() for column in row)
            for heading in ("", *columns):
                parts.add_column(heading, justify="right" if heading else "left")
            for name, row in figure.parts.items():
                parts.add_row(name, *(str(row.get(column, "")) for column in columns))
            console.print(parts)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
