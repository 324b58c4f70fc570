"""The managers' table as a table for people, as JSON, or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Literal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stagemark.domain.durations import Cause
from stagemark.reports.durations import Report, Row, Spread, written
from stagemark.reports.texts import Words

__all__ = ["DASH", "Output", "days_of", "durations_csv", "durations_json", "durations_table"]

Output = Literal["table", "json", "csv"]
DASH = "—"
_CAUSES: tuple[Cause, ...] = ("end", "fall_back", "lost", "nurture", "handed_over")
_PARTIES = ("us", "customer", "legal", "finance", "production", "unrecorded")


def days_of(length: timedelta | float | None) -> str:
    """A length in days with one decimal; a dash for none."""
    if length is None:
        return DASH
    return f"{length / timedelta(days=1) if isinstance(length, timedelta) else length:.1f}"


def durations_json(report: Report) -> str:
    """The report as JSON: seconds and ISO 8601, `null` for what is not known or not reached."""
    return report.model_dump_json(indent=2)


def durations_csv(report: Report) -> str:
    """The report as CSV: one line a row; an empty cell is not known or not reached."""
    lines = [dict(_cells(row)) for row in report.rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]) if lines else ["group", "playbook", "stage"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def durations_table(report: Report, words: Words) -> RenderableType:
    """The report for people."""
    if not report.rows:
        return Text(words.say("no_sales"))
    several = len({row.playbook for row in report.rows}) > 1 and report.by != "playbook"
    table = Table(title=_title(report, words), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    if report.by:
        table.add_column(words.say(f"by_{report.by}"))
    if several:
        table.add_column(words.say("playbook"))
    quantiles = words.say("quantiles")
    table.add_column(words.say("stage"))
    table.add_column(words.say("visits"), justify="right")
    table.add_column(words.say("open"), justify="right")
    table.add_column(words.say("left"))
    for name in ("elapsed", "working", "to_end"):
        table.add_column(f"{words.say(name)}\n{quantiles}", justify="right", no_wrap=True)
    for name in ("before", "waited", "notes"):
        table.add_column(words.say(name))
    above: str | None = None
    for row in report.rows:
        if report.by and row.group != above:
            table.add_section()
        shown = [_group(report, row, words) if row.group != above else ""] if report.by else []
        above = row.group
        shown += [words.playbook(row.playbook)] if several else []
        table.add_row(*(Text(cell) for cell in [*shown, *_shown(row, words)]))
    return Group(table, Text(words.say("legend", dash=DASH)))


def _title(report: Report, words: Words) -> str:
    said = [words.say("durations")]
    said += [words.say("as_of", day=report.as_of)] if report.as_of else []
    said += [words.say("as_known_on", day=report.as_known_on)] if report.as_known_on else []
    said += [words.say("sales", count=report.sales), words.say("overrides_in_all", count=report.overrides)]
    return " · ".join(said)


def _group(report: Report, row: Row, words: Words) -> str:
    group = row.group or words.say("nobody")
    if report.by == "owner":
        return words.person(group)
    return words.playbook(group) if report.by == "playbook" else group


def _shown(row: Row, words: Words) -> Iterator[str]:
    yield words.stage(row.playbook, row.stage)
    yield str(row.visits)
    yield str(row.open)
    yield _lines(words.say(f"left_{cause}", count=row.left[cause]) for cause in _CAUSES if cause in row.left)
    measured = row.visits > row.undated
    yield _quantiles(row.elapsed) if measured else ""
    days = row.working_days
    yield " · ".join(map(days_of, (days.median, days.p75, days.p90))) if measured else ""
    yield _quantiles(row.to_end) if measured else ""
    yield _lines(
        words.say(name, count=between.count, median=days_of(between.median))
        for name, between in (("gap", row.gaps), ("overlap", row.overlaps))
        if between.count
    )
    said = {party: share for party, share in row.waited.items() if round(share, 2)}
    # That nobody said anything is no news where nobody ever does.
    yield (
        _lines(f"{words.say(p)} {s:.0%}" for p, s in sorted(said.items(), key=lambda i: -i[1])) if len(said) > 1 else ""
    )
    counts = (("undated", row.undated), ("skipped", row.skipped), ("overrides", row.overrides))
    yield _lines(words.say(name, count=count) for name, count in counts if count)


def _quantiles(spread: Spread) -> str:
    return " · ".join(map(days_of, (spread.median, spread.p75, spread.p90)))


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _cells(row: Row) -> Iterator[tuple[str, Any]]:
    yield "group", row.group
    yield "playbook", row.playbook
    yield "stage", row.stage
    yield "visits", row.visits
    yield "open", row.open
    for cause in _CAUSES:
        yield f"left_{cause}", row.left.get(cause, 0)
    yield "undated", row.undated
    yield "skipped", row.skipped
    yield "overrides", row.overrides
    for name, spread in (("elapsed", row.elapsed), ("working", row.working), ("to_end", row.to_end)):
        for quantile, length in spread:
            yield f"{name}_{quantile}_seconds", _seconds(length)
    for quantile, days in row.working_days:
        yield f"working_{quantile}_days", days
    yield "to_end_share", row.to_end_share
    for name, between in (("gaps", row.gaps), ("overlaps", row.overlaps)):
        yield name, between.count
        yield f"{name}_median_seconds", _seconds(between.median)
        yield f"{name}_median_working_seconds", _seconds(between.median_working)
    yield "before_undated", row.before_undated
    for party in _PARTIES:
        yield f"waited_{party}", row.waited.get(party)


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else int(written(length)["seconds"])
