"""Mending a document of broken form on a copy, so that all of it can be judged in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from stagemark.playbooks.document import Mapping as Document
from stagemark.playbooks.findings import Path
from stagemark.playbooks.places import at, model_at

__all__ = ["ROUNDS", "Mender"]

ROUNDS = 8
"""How often a document is mended at most: that can uncover the next error of form; one round is the rule."""


class Mender:
    """Knows what can stand in for what is missing or wrong, and what a document can do without."""

    def __init__(
        self, root: type[BaseModel], stand_ins: Mapping[tuple[type[BaseModel], str], Any], *whole: type[BaseModel]
    ) -> None:
        """Mend documents of a model.

        Args:
            root: The model.
            stand_ins: By model and field, what can stand there.
            whole: Models that are nothing without one of their parts.
        """
        self._root, self._stand_ins, self._whole = root, stand_ins, whole

    def stand_in(self, place: Path) -> Any:
        """What can stand at a place; none where it has to be cut."""
        model, field = model_at(self._root, place[:-1]), place[-1]
        fitting = (
            value
            for (kind, name), value in self._stand_ins.items()
            if name == field and model is not None and issubclass(model, kind)
        )
        return next(fitting, None)

    def place(self, path: Path) -> Path:
        """The innermost thing round an error for which something can stand in, or that can be cut."""
        last = path[-1]
        if isinstance(last, int) or self.stand_in(path) is not None:
            return path
        model = model_at(self._root, path[:-1])
        known = model.model_fields.get(last) if model else None
        return self.place(path[:-1]) if model in self._whole or (known and known.is_required()) else path

    def fill(self, document: Document, place: Path) -> None:
        """Put there what can stand there."""
        here, field = at(document, place[:-1]), str(place[-1])
        here[field] = self.stand_in(place)
        here.lines.setdefault(field, here.line)

    @staticmethod
    def cut(document: Document, places: Iterable[Path]) -> None:
        """Take away what is at these places."""
        found = [(at(document, place[:-1]), place[-1]) for place in places]  # before anything moves
        for here, last in sorted(found, key=lambda one: one[1] if isinstance(one[1], int) else -1, reverse=True):
            here.pop(last)
            here.lines.pop(last)
