"""The add-on sale (增值销售): suggested with an order, in the stage that ends with the signing (domain.md §5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stagemark.domain.playbook import Playbook
from stagemark.errors import Problem

__all__ = ["why_no_add_on"]


def why_no_add_on(
    opportunity: str, playbook: Playbook, stages: Mapping[str, str], complaints: Sequence[str]
) -> Iterator[Problem]:
    """Every reason why nothing is to be suggested with the order now; of a playbook that signs nothing: throughout.

    Args:
        opportunity: The sale.
        playbook: By which it runs.
        stages: The status of each stage.
        complaints: The open complaints of its account.
    """
    if playbook.signing is not None:
        stage = playbook.stage_of[playbook.signing[0]]
        params = {"opportunity": opportunity, "signing": stage.label.model_dump() if stage.label else stage.id}
        if stages[stage.id] == "waiting":
            yield Problem(code="add_on_too_early", params=params)
        elif stages[stage.id] != "begun":
            yield Problem(code="add_on_too_late", params=params)
    if complaints:
        yield Problem(code="growth_complaint_open", params={"complaints": list(complaints)})
