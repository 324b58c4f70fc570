"""The one durable timer of a run."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

__all__ = ["Alarm"]

_LEAST = timedelta(seconds=1)
"""A timer runs at least so long: what is due and stays due must not spin."""


class Alarm:
    """One timer, set anew only when something is due earlier; a late one is let ring (design.md §6 rule 7)."""

    def __init__(self, jitter: timedelta) -> None:
        """Wake up to `jitter` late, at random."""
        self._jitter = jitter
        self._due: datetime | None = None
        self._timer: asyncio.Task[None] | None = None

    @property
    def rang(self) -> bool:
        """Whether the timer has run out since it was set."""
        return self._timer is not None and self._timer.done()

    def set(self, due: datetime, now: datetime) -> None:
        """See to it that it rings by `due`."""
        if self._due is not None and self._due <= due and not self.rang:
            return
        self.stop()
        late = self._jitter * workflow.random().random()
        self._due = due
        self._timer = asyncio.create_task(workflow.sleep(max(due - now, _LEAST) + late, summary="next due"))

    def stop(self) -> None:
        """Ring no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._due = self._timer = None
