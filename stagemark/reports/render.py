"""The managers' table as a table for people, as JSON, or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stagemark.domain.durations import Cause
from stagemark.reports.durations import Report, Row, Spread, written
from stagemark.reports.texts import Words
from stagemark.spreadsheets import cell as text_cell
from stagemark.texts.terms import clauses

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
    lines = [{name: text_cell(value) for name, value in _cells(row)} for row in report.rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]) if lines else ["group", "playbook", "stage"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def durations_table(report: Report, words: Words, width: int) -> RenderableType:
    """The report for people: a table for each playbook, in a screen so many columns wide."""
    if not report.rows:
        return Text(words.say("no_sales"))
    playbooks = dict.fromkeys(row.playbook for row in report.rows)
    made: list[RenderableType] = [Text(_title(report, words), style="bold")]
    left_out: dict[str, None] = {}
    for playbook in playbooks:
        rows = [row for row in report.rows if row.playbook == playbook]
        table, dropped = _playbook_table(report, rows, words, width)
        made.append(table)
        left_out.update(dict.fromkeys(dropped))
    made.append(Text(words.say("legend", dash=DASH)))
    if left_out:
        made.append(Text(words.say("too_narrow", columns=clauses(left_out, words.language))))
    return Group(*made)


_MATTERS = ("group", "stage", "visits", "open", "elapsed", "before", "left", "waited", "notes", "working", "to_end")
"""The columns, the most important first: a narrow screen shows as many as it has room for."""
_NUMBERS = ("visits", "open", "elapsed", "working", "to_end")
_BETWEEN = 2
"""Cells between two columns, and at both edges together."""


def _playbook_table(report: Report, rows: list[Row], words: Words, width: int) -> tuple[Table, list[str]]:
    """The table of one playbook in at most so many columns of the screen, and the headings it has no room for."""
    grouped = report.by is not None and report.by != "playbook"
    headings = {name: _heading(name, report, words) for name in (*_SHOWN_IN_ORDER, *(["group"] if grouped else []))}
    cells = [{"group": _group(report, row, words), **_shown(row, words)} for row in rows]
    fits: list[str] = []
    left = width
    for name in _MATTERS:
        if name not in headings or (name in ("notes", "waited", "before") and not any(c[name] for c in cells)):
            continue
        lines = [line for text in (headings[name], *(cell[name] for cell in cells)) for line in text.split("\n")]
        needs = max(map(cell_len, lines)) + _BETWEEN
        if needs <= left:
            left -= needs
            fits.append(name)
    shown = [name for name in ("group", *_SHOWN_IN_ORDER) if name in fits]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.title, table.title_justify = words.playbook(rows[0].playbook), "left"
    for name in shown:
        table.add_column(headings[name], justify="right" if name in _NUMBERS else "left", no_wrap=True)
    above: str | None = None
    for row, cell in zip(rows, cells, strict=True):
        if grouped and row.group != above:
            table.add_section()
        told = {**cell, "group": "" if row.group == above else cell["group"]}
        above = row.group
        table.add_row(*(Text(told[name]) for name in shown))
    dropped = [n for n in _SHOWN_IN_ORDER if n not in fits and any(cell[n] for cell in cells)]
    return table, [headings[name].split("\n")[0] for name in dropped]


_SHOWN_IN_ORDER = ("stage", "visits", "open", "left", "elapsed", "working", "to_end", "before", "waited", "notes")


def _heading(name: str, report: Report, words: Words) -> str:
    if name == "group":
        return words.say(f"by_{report.by}")
    said = words.say(name)
    return f"{said}\n{words.say('quantiles')}" if name in ("elapsed", "working", "to_end") else said


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
    return group


def _shown(row: Row, words: Words) -> dict[str, str]:
    measured = row.visits > row.undated
    days = row.working_days
    waited = {party: share for party, share in row.waited.items() if round(share, 2)}
    counts = (("undated", row.undated), ("skipped", row.skipped), ("overrides", row.overrides))
    return {
        "stage": words.stage(row.playbook, row.stage),
        "visits": str(row.visits),
        "open": str(row.open),
        "left": _lines(words.say(f"left_{cause}", count=row.left[cause]) for cause in _CAUSES if cause in row.left),
        "elapsed": _quantiles(row.elapsed) if measured else "",
        "working": " · ".join(map(days_of, (days.median, days.p75, days.p90))) if measured else "",
        "to_end": _quantiles(row.to_end) if measured else "",
        "before": _lines(
            words.say(name, count=between.count, median=days_of(between.median))
            for name, between in (("gap", row.gaps), ("overlap", row.overlaps))
            if between.count
        ),
        # That nobody said anything is no news where nobody ever does.
        "waited": _lines(f"{words.say(p)} {s:.0%}" for p, s in sorted(waited.items(), key=lambda i: -i[1]))
        if len(waited) > 1
        else "",
        "notes": _lines(words.say(name, count=count) for name, count in counts if count),
    }


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
