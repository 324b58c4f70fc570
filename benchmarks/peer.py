"""What marking is compared with: a bare workflow's update that also runs one empty activity.

The handler appends to a list and answers; the run loop wakes and runs one empty activity for all that has gathered,
one in flight. So an update leaves the same events as a marker of ours: a task with the update accepted and completed,
the activity's three, and the task that hears of its end. Nothing is checked, decided, timed or written anywhere.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow

__all__ = ["Peer", "nothing"]


@activity.defn(name="benchmarks.nothing")
async def nothing(count: int) -> None:
    """Do nothing for so many updates."""


@workflow.defn(name="BenchmarksPeer")
class Peer:
    """Keeps what it is told in a list."""

    @workflow.init
    def __init__(self, updates: int) -> None:
        """Expect so many updates."""
        self._expected = updates
        self._told: list[dict[str, str]] = []
        self._done = 0

    @workflow.run
    async def run(self, updates: int) -> None:
        """Run the activity for what has gathered, until all that is expected was told."""
        while self._done < self._expected:
            await workflow.wait_condition(lambda: len(self._told) > self._done)
            count = len(self._told) - self._done
            await workflow.execute_activity(nothing, count, start_to_close_timeout=timedelta(seconds=20))
            self._done += count

    @workflow.update
    async def tell(self, said: dict[str, str]) -> int:
        """Append, and answer how many there are."""
        self._told.append(said)
        return len(self._told)
