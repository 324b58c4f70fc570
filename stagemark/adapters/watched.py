"""A file of the company that is read again when it has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from stagemark.errors import StagemarkError

__all__ = ["Watched"]

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Watched(Generic[T]):
    """What a file says. A change that is wrong leaves what was right: nobody's work stops for a slip of the pen."""

    def __init__(self, path: Path, load: Callable[[Path], T]) -> None:
        """Read it for the first time; raises as `load` does."""
        self._path, self._load = path, load
        self._changed = self._stamp()
        self._value = load(path)

    def read(self) -> T:
        """What it says now."""
        if (changed := self._stamp()) != self._changed:
            self._changed = changed
            try:
                self._value = self._load(self._path)
            except StagemarkError as error:
                _log.warning("%s is left as it was: %s", self._path, error)
        return self._value

    def _stamp(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:  # not there, or not to be looked at
            return 0
