"""What a sale can't know of itself (design.md §6 rule 8): who sends an envelope asks, and vouches for the answer.

A clearance travels as evidence, and evidence is only what somebody says: whether the account holds it, the account
knows. Whether somebody may take on themselves that a piece is missing, the directory knows; what products there are,
the catalogue. A sale is pure and asks nobody; so it refuses with what is to be asked, the client asks, and sends the
envelope again with the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from stagemark.domain.commands import Correct, Envelope, Given, Mark, Migrate, Record, fingerprint
from stagemark.domain.contract import Cleared, Contract
from stagemark.domain.signing import held_as, signing_of
from stagemark.domain.state import OpportunityState
from stagemark.errors import Problem

__all__ = ["ASKED", "CLEARANCE", "OURS", "OVERRIDE", "PRODUCTS", "unvouched", "vouched"]

CLEARANCE, OVERRIDE, PRODUCTS = "clearance_unasked", "override_unasked", "products_unasked"
ASKED = (CLEARANCE, OVERRIDE, PRODUCTS)
"""The codes of what is to be asked: of the account, of the directory, of the catalogue."""
OURS: Final = ("engine", "import")
"""What the engine does by itself, and what was signed elsewhere long ago, asks nobody: no caller can say it came so."""


def vouched(asked: Problem) -> str:
    """How an envelope says that this was asked, and is right."""
    return fingerprint([asked.code, asked.params])


def unvouched(before: OpportunityState, trial: OpportunityState, envelope: Envelope) -> Iterator[Problem]:
    """Everything that is to be asked before an envelope can be recorded, and that nobody vouches for.

    Args:
        before: The sale as it stands.
        trial: As it would stand after the envelope.
        envelope: What is said.
    """
    if envelope.source in OURS:
        return
    for asked in (
        *_overrides(trial, envelope),
        *_clearances(before, trial, envelope),
        *_products(before, trial, envelope),
    ):
        if vouched(asked) not in envelope.vouched:
            yield asked


def _overrides(trial: OpportunityState, envelope: Envelope) -> Iterator[Problem]:
    """What somebody takes on themselves that only some may; a migration can make it so of what is held."""
    taken = [(piece.evidence, piece.override) for piece in _pieces(envelope)]
    if any(isinstance(command, Migrate) for command in envelope.commands):
        taken += [(evidence, held.override) for (evidence, _), held in trial.evidence.items()]
    for evidence, override in taken:
        rule = trial.playbook.evidence_of.get(evidence)
        if override is not None and rule is not None and rule.override_by:
            params = {"evidence": evidence, "person": override.by, "roles": list(rule.override_by)}
            yield Problem(code=OVERRIDE, params=params)


def _clearances(before: OpportunityState, trial: OpportunityState, envelope: Envelope) -> Iterator[Problem]:
    """The clearances that are carried, and the one by which something is on credit that was not before."""
    clearance = trial.playbook.clearance
    if clearance is None:
        return
    own = [piece for piece in _pieces(envelope) if piece.evidence == clearance and piece.person is None]
    cleared = [one for piece in own if piece.override is None and (one := _cleared(piece))]
    held = held_as(trial, clearance, Cleared)
    if held is not None and held not in cleared and _credit(trial) not in (None, _credit(before)):
        cleared.append(held)
    for one in cleared:
        said = one.model_dump(mode="json")
        yield Problem(code=CLEARANCE, params={"account": trial.account, "clearance": one.id, "cleared": said})


def _credit(state: OpportunityState) -> tuple[str, Contract, str | None] | None:
    """Whose credit the contract in force uses, for what, by which clearance; none if it needs none."""
    signed = signing_of(state)
    return (signed.account, signed.contract, signed.clearance) if signed and signed.contract.on_credit(None) else None


def _products(before: OpportunityState, trial: OpportunityState, envelope: Envelope) -> Iterator[Problem]:
    """The products that a contract names and the one before did not: what has left the catalogue since stays sold."""
    evidence = trial.playbook.signing[1] if trial.playbook.signing else None
    if evidence is None or envelope.source == "demo":  # whose goods are no company's own
        return
    held = _goods(held_as(before, evidence, Contract))
    named = {good for piece in _pieces(envelope) if piece.evidence == evidence for good in _goods(_contract(piece))}
    if new := sorted(named - held):
        yield Problem(code=PRODUCTS, params={"products": new})


def _goods(contract: Contract | None) -> set[str]:
    return {one.product for one in contract.deliverables if one.product} if contract else set()


def _contract(piece: Given) -> Contract | None:
    try:
        return Contract.model_validate(piece.value)
    except ValidationError:
        return None


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


def _cleared(piece: Given) -> Cleared | None:
    try:
        return Cleared.model_validate(piece.value)
    except ValidationError:
        return None
