"""Labels before the ids in what is refused: people know stages and evidence by labels, commands by ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from stagemark.domain.playbook import Named, Playbook
from stagemark.errors import Problem
from stagemark.texts.language import Language
from stagemark.texts.terms import noted

__all__ = ["Labels"]

# What the ids of a param name; `known` and `ids` go by the problem.
_KINDS: Final = {
    "stage": "stage",
    "stages": "stage",
    "what": "stage",
    "evidence": "evidence",
    "step": "step",
    "reason": "reason",
    "options": "option",
    "threshold": "option",
    "found": "option",
}
_KNOWN: Final = {
    "unknown_stage": "stage",
    "unknown_evidence": "evidence",
    "step_without_stage": "stage",
    "step_elsewhere": "stage",
    "step_of_no_stage": "step",
    "unknown_step": "step",
    "unknown_reason": "reason",
}


class Labels:
    """What playbooks call their ids. A problem's own code and params stay as they are: this is for reading only."""

    def __init__(self, language: Language, *playbooks: Playbook) -> None:
        """Take the labels of whole playbooks; where two have one id, the first's."""
        self._language = language
        self._labels: dict[tuple[str, str], str] = {}
        for playbook in playbooks:
            for kind, named in _named(playbook):
                if named.label is not None:
                    self._labels.setdefault((kind, named.id), getattr(named.label, language))

    def of(self, kind: str, id_: str) -> str:
        """The label with the id in brackets; the id alone where there is no label.

        Args:
            kind: `stage`, `evidence`, `step`, `reason`, or `option:` and the evidence's id.
            id_: What is to be named.
        """
        label = self._labels.get((kind, id_))
        return noted(label, id_, self._language) if label else id_

    def labelled(self, problem: Problem) -> Problem:
        """The problem with labels in its params."""
        return problem.model_copy(update={"params": self._params(problem.code, problem.params, "")})

    def _params(self, code: str, params: dict[str, Any], evidence: str) -> dict[str, Any]:
        evidence = params.get("evidence", evidence)
        kinds = {**_KINDS, "known": _KNOWN.get(code, ""), "ids": str(params.get("what", ""))}
        said = {}
        for name, value in params.items():
            kind = kinds.get(name, "")
            said[name] = self._said(f"option:{evidence}" if kind == "option" else kind, value, evidence)
        return said

    def _said(self, kind: str, value: Any, evidence: str) -> Any:
        if isinstance(value, dict) and "code" in value:
            return {**value, "params": self._params(value["code"], value.get("params", {}), evidence)}
        if isinstance(value, list | tuple):
            return [self._said(kind, item, evidence) for item in value]
        if isinstance(value, str) and kind.startswith("option:"):  # several that were found are one text
            return ", ".join(self.of(kind, item) for item in value.split(", "))
        return self.of(kind, value) if isinstance(value, str) else value


def _named(playbook: Playbook) -> Iterator[tuple[str, Named]]:
    kinds: list[tuple[str, Iterable[Named]]] = [
        ("stage", playbook.stages),
        ("evidence", playbook.evidence),
        ("reason", playbook.loss_reasons),
        *(("step", stage.steps) for stage in playbook.stages),
        *((f"option:{evidence.id}", evidence.options) for evidence in playbook.evidence),
    ]
    return ((kind, one) for kind, several in kinds for one in several)
