"""The activity that carries messages beyond the inbox, on a queue of its own, whose rate is limited (§6 rule 7)."""

from __future__ import annotations

from temporalio import activity

from stagemark.contracts.messages import Sending, Sent
from stagemark_activities.posting import Posting

__all__ = ["SendingActivities"]


class SendingActivities:
    """What a run tells people beyond the inbox, and what could not be posted with the write of its ledger."""

    def __init__(self, posting: Posting) -> None:
        """Tell people by this."""
        self._posting = posting

    @activity.defn(name="stagemark.send")
    async def send(self, sending: Sending) -> Sent:
        """Take messages back, post others to the people whom their roles mean, and say which have to wait."""
        return await self._posting.send(sending)
