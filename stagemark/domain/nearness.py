"""Which of the names that there are to offer to somebody who wrote another."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

__all__ = ["nearest"]

_MOST: Final = 6
"""So many names are read at a glance; a playbook can have fifty pieces of evidence."""
_ALIKE: Final = 0.75
"""From so much likeness on, a name is most likely what was meant: a letter is missing, or two are swapped."""


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """All names where they are few, else those that are most like what was written, the likest first."""
    names = list(known)
    if len(names) <= _MOST:
        return names
    return get_close_matches(name, names, cutoff=_ALIKE) or get_close_matches(name, names, n=_MOST, cutoff=0)
