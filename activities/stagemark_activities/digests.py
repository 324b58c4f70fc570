"""The activities of the morning's digests: whose morning is when, for whom something waits, and the sending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from temporalio import activity

from stagemark.contracts.digests import DigestFor
from stagemark.contracts.rounds import Round
from stagemark.ports import Calendars, Courier, Directory, Policies
from stagemark_activities.posting import present

__all__ = ["DigestActivities"]

FIRST_ZONE: Final = timedelta(hours=14)
"""By how much the first zone of the world is ahead of UTC."""


class DigestActivities:
    """What the daily run of digests does."""

    def __init__(self, courier: Courier, directory: Directory, policies: Policies, calendars: Calendars) -> None:
        """Stand on the ports."""
        self._courier = courier
        self._directory = directory
        self._policies = policies
        self._calendars = calendars

    @activity.defn(name="stagemark.digest_rounds")
    async def rounds(self, now: datetime) -> list[Round]:
        """When the day that now begins first on earth has its morning, in each zone where it is a working day."""
        policy = await self._policies.policy()
        calendar = await self._calendars.calendar(policy.calendar)
        day = (now + FIRST_ZONE).date()
        found = []
        for zone in sorted({person.zone for person in await self._directory.people() if person.channels}):
            here = calendar.model_copy(update={"zone": zone})
            if here.is_working_day(day):
                morning = here.next_working_moment(here.start_of_day(day))
                found.append(Round(zone=zone, day=day, at=morning + policy.messages.digest_after))
        return sorted(found, key=lambda one: one.at)

    @activity.defn(name="stagemark.digest_waiting")
    async def waiting(self, round_: Round) -> list[str]:
        """For whom in that zone something waits."""
        return await self._courier.waiting([round_.zone], present(round_.at))

    @activity.defn(name="stagemark.digest_send")
    async def send(self, digest: DigestFor) -> datetime | None:
        """Send one digest; gives when to try again, if it could not go out yet."""
        return await self._courier.digest(digest.person, digest.day, present(digest.at))
