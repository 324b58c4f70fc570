"""The task queues; apart from the other names on the wire, for settings name them without loading Temporal."""

from __future__ import annotations

from typing import Final

__all__ = ["SENDING_QUEUE", "TASK_QUEUE"]

TASK_QUEUE: Final = "stagemark"
SENDING_QUEUE: Final = "stagemark-sending"
"""Messages have a queue of their own, with a rate limit: after an outage thousands fall due at once (§6 rule 7)."""
