"""What a sale can't know of itself (design.md §6 rule 8): who sends an envelope asks, and vouches for the answer.

A clearance travels as evidence, and evidence is only what somebody says: whether the account holds it, the account
knows. Whether somebody may take on themselves that a piece is missing, the directory knows. A sale is pure and asks
nobody; so it refuses with what is to be asked, the client asks, and sends the envelope again with the answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from stagemark.domain.commands import Correct, Envelope, Given, Mark, Record, fingerprint
from stagemark.domain.contract import Cleared, Contract
from stagemark.domain.signing import held_as
from stagemark.domain.state import OpportunityState
from stagemark.errors import Problem

__all__ = ["CLEARANCE", "OVERRIDE", "unvouched", "vouched"]

CLEARANCE, OVERRIDE = "clearance_unasked", "override_unasked"
"""The codes of what is to be asked: of the account, of the directory."""
_OURS = ("engine", "import")
"""What the engine does by itself, and what was signed elsewhere long ago, is asked of nobody."""


def vouched(asked: Problem) -> str:
    """How an envelope says that this was asked, and is right."""
    return fingerprint([asked.code, asked.params])


def unvouched(trial: OpportunityState, envelope: Envelope) -> Iterator[Problem]:
    """Everything that is to be asked before an envelope can be recorded, and that nobody vouches for.

    Args:
        trial: The sale as it would stand after it.
        envelope: What is said.
    """
    if envelope.source not in _OURS:
        yield from (one for one in _asked(trial, envelope) if vouched(one) not in envelope.vouched)


def _asked(trial: OpportunityState, envelope: Envelope) -> Iterator[Problem]:
    book, pieces = trial.playbook, list(_pieces(envelope))
    for piece in pieces:
        rule = book.evidence_of.get(piece.evidence)
        if piece.override is not None and rule is not None and rule.override_by:
            params = {"evidence": piece.evidence, "person": piece.override.by, "roles": list(rule.override_by)}
            yield Problem(code=OVERRIDE, params=params)
    if book.clearance is None:
        return
    own = [piece for piece in pieces if piece.evidence == book.clearance and piece.person is None]
    cleared = [one for piece in own if piece.override is None and (one := _cleared(piece))]
    if not own and _signs(envelope, book.signing):
        cleared = _needed(trial)
    for one in cleared:
        said = one.model_dump(mode="json")
        yield Problem(code=CLEARANCE, params={"account": trial.account, "clearance": one.id, "cleared": said})


def _pieces(envelope: Envelope) -> Iterator[Given]:
    """All evidence that an envelope gives, also by a correction."""
    for command in envelope.commands:
        if isinstance(command, Mark | Record):
            yield from command.evidence
        elif isinstance(command, Correct) and isinstance(given := command.changes.get("evidence"), list):
            for piece in given:
                try:
                    yield Given.model_validate(piece)
                except ValidationError:
                    continue  # it is refused for that


def _signs(envelope: Envelope, signing: tuple[str, str] | None) -> bool:
    ends = (one.stage for one in envelope.commands if isinstance(one, Mark) and one.edge == "end")
    return signing is not None and signing[0] in ends


def _needed(trial: OpportunityState) -> list[Cleared]:
    """The clearance that the sale holds, if the contract that is signed needs any."""
    contract = held_as(trial, trial.playbook.signing[1] if trial.playbook.signing else None, Contract)
    cleared = held_as(trial, trial.playbook.clearance, Cleared)
    return [cleared] if cleared and contract and contract.on_credit(None) else []


def _cleared(piece: Given) -> Cleared | None:
    try:
        return Cleared.model_validate(piece.value)
    except ValidationError:
        return None
