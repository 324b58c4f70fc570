"""Names on the wire: queues, workflow ids, search attributes."""

from __future__ import annotations

from typing import Final

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from stagemark.contracts.queues import SENDING_QUEUE, TASK_QUEUE

__all__ = [
    "ACCOUNT",
    "LIFE",
    "OPPORTUNITY",
    "OWNER",
    "PLAYBOOK",
    "SEARCH_ATTRIBUTES",
    "SENDING_QUEUE",
    "TASK_QUEUE",
    "found_by",
    "is_opportunity",
    "neighbour_workflow",
    "opportunity_id",
    "opportunity_workflow_id",
    "summary",
]

OPPORTUNITY: Final = "StagemarkOpportunity"
"""The workflow's type; prefixed, for a platform's worker can have an `Opportunity` of its own."""

LIFE: Final = SearchAttributeKey.for_keyword("StagemarkLife")
OWNER: Final = SearchAttributeKey.for_keyword("StagemarkOwner")
ACCOUNT: Final = SearchAttributeKey.for_keyword("StagemarkAccount")
PLAYBOOK: Final = SearchAttributeKey.for_keyword("StagemarkPlaybook")
SEARCH_ATTRIBUTES: Final = (LIFE, OWNER, ACCOUNT, PLAYBOOK)
"""Few, set at the start and when the sale's own life or owner changes, ids only (design.md §6 rule 11)."""

_PREFIX: Final = "opportunity:"


def opportunity_workflow_id(opportunity: str) -> str:
    """The workflow id of a sale."""
    return _PREFIX + opportunity


def opportunity_id(workflow_id: str) -> str:
    """The sale of a workflow id."""
    return workflow_id.removeprefix(_PREFIX)


def is_opportunity(workflow_id: str) -> bool:
    """Whether a workflow id is a sale's; else it is a neighbour's, which is called as its stream."""
    return workflow_id.startswith(_PREFIX)


def found_by(*, life: str, owner: str, account: str, playbook: str) -> TypedSearchAttributes:
    """What the run of a sale is found by."""
    values = ((LIFE, life), (OWNER, owner), (ACCOUNT, account), (PLAYBOOK, playbook))
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in values])


def summary(account: str, title: str) -> str:
    """The static summary of a run, by which an operator tells sales apart (design.md §6 rule 12)."""
    return f"{account} · {title}" if title else account


def neighbour_workflow(stream: str) -> str:
    """The workflow's type of a kind of neighbour, such as `StagemarkCollection`."""
    return f"Stagemark{stream.capitalize()}"
