"""`python -m benchmarks [--only a,b] [--quick] [--json FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from benchmarks import actions, after_contract, deciding, importing, marking, replay
from benchmarks.figures import Figure, show

Measure = Callable[[Path, bool], Awaitable[list[Figure]]]

PARTS: dict[str, tuple[str, Measure]] = {
    "a": ("Marking, against a bare workflow's update that also runs one empty activity", marking.measure),
    "b": ("Events and billable actions of a whole sale", actions.measure),
    "f": ("Billable actions from lock to referral", after_contract.measure),
    "c": ("Cold replay of the longest run", replay.measure),
    "d": ("Decide and fold", deciding.measure),
    "e": ("Importing", importing.measure),
}


async def main(only: list[str], quick: bool) -> dict[str, list[Figure]]:
    """Measure and print."""
    console = Console(width=160 if not Console().is_terminal else None)
    found: dict[str, list[Figure]] = {}
    for name in only:
        title, measure = PARTS[name]
        with tempfile.TemporaryDirectory(prefix="stagemark-bench-") as folder:
            found[name] = await measure(Path(folder), quick)
        show(console, f"({name}) {title}", found[name])
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure stagemark.")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, such as a,b; all by default")
    parser.add_argument("--quick", action="store_true", help="few rounds: whether it runs, not how fast")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    chosen = parser.parse_args()
    chosen.only = chosen.only.split(",")
    if unknown := set(chosen.only) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return chosen


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    chosen = _arguments()
    found = asyncio.run(main(chosen.only, chosen.quick))
    if chosen.json is not None:
        plain = {name: [figure.as_json() for figure in figures] for name, figures in found.items()}
        chosen.json.write_text(json.dumps(plain, indent=2))
