"""A company's policy: its rules beside playbooks, as a versioned document (design.md §4; every number is a setting)."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from stagemark.domain.account.policy import AccountPolicy
from stagemark.domain.aftercare.policy import AftercarePolicy
from stagemark.domain.collection.policy import CollectionPolicy
from stagemark.domain.complaint.policy import ComplaintPolicy
from stagemark.domain.playbook import Model, Named
from stagemark.domain.quiet import QuietHours
from stagemark.domain.words import Name

__all__ = ["MessagePolicy", "Policy"]

Pause = Annotated[timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=3))]


class MessagePolicy(Model):
    """How messages are carried beyond the inbox.

    Attributes:
        again: Pauses after which a server that was not reached is tried again; after the last one it is given up, and
            the message is shown as undelivered.
        digest_after: How long after the working day has begun the digest of that morning goes out; what falls due until
            then belongs to it.
    """

    again: Annotated[tuple[Pause, ...], Field(max_length=20)] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=8),
    )
    digest_after: Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(hours=12))] = timedelta(minutes=15)


class Policy(Named):
    """The whole policy.

    Attributes:
        version: The author's version, free text such as `1`.
        calendar: The working calendar by which neighbours of sales live.
        quiet_hours: When nobody is reached beyond the inbox, where a person has no hours of their own; local time of
            the reader, it may go over midnight.
        messages: How messages are carried beyond the inbox.
        account: Accounts, their credit, and the money that comes in.
        collection: How money is collected.
        aftercare: How customers are cared for after the contract.
        complaint: How complaints are dealt with.
    """

    version: str = "1"
    calendar: Name = "cn"
    quiet_hours: QuietHours | None = "20:00-08:00"
    messages: MessagePolicy = MessagePolicy()
    account: AccountPolicy
    collection: CollectionPolicy
    aftercare: AftercarePolicy
    complaint: ComplaintPolicy

    def digest(self) -> str:
        """SHA-256 of the whole policy, texts included."""
        whole = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()
