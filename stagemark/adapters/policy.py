"""The company's policy out of a file (the port `Policies`)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from stagemark.adapters.watched import Watched
from stagemark.domain.policy import Policy
from stagemark.policies.load import load_policy, shipped_policy

__all__ = ["FilePolicy"]


class FilePolicy:
    """The port `Policies` on a YAML file, read again when it has changed; without a file the shipped policy holds."""

    def __init__(self, path: Path | None, calendars: Collection[str] | None = None) -> None:
        """Name the file, and the calendars that there are.

        Raises:
            NotFound: `unknown_policy`.
            InvalidInput: What is wrong with it.
        """
        self._watched = Watched(path, lambda path: load_policy(path, calendars=calendars)) if path else None

    async def policy(self) -> Policy:
        """See `ports.Policies`."""
        return self._watched.read() if self._watched else shipped_policy()
