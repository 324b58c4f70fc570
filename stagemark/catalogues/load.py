"""Catalogues out of YAML: every error at once, with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from stagemark.domain.catalogue import LONGEST, LONGEST_LABEL, RELATIONS, Catalogue, Product
from stagemark.domain.playbook import Text
from stagemark.errors import InvalidInput, NotFound, Problem, problems_of, reason_of
from stagemark.playbooks.document import Mapping, line_of, read_document

__all__ = ["demo_catalogue", "load_catalogue"]

_DEMO = Path(__file__).parent / "demo.yaml"
_UPWARD = ("better", "more_of")


class _Finding(NamedTuple):
    path: tuple[str | int, ...]
    code: str
    params: dict[str, Any]


def load_catalogue(path: Path, name: str | None = None) -> Catalogue:
    """Load a catalogue from a file.

    Raises:
        InvalidInput: Everything that is wrong with it, each with `file:line`: its form; a product named twice, related
            to itself or to an unknown one; a ring of upgrades; a text that is too long to be said.
        NotFound: `unknown_catalogue`: there is no such file.
    """
    name = name or str(path)
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise NotFound.of("unknown_catalogue", catalogue=name) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput.of("catalogue_unreadable", name, reason=reason_of(error)) from None
    document, problems = read_document(text, name)
    try:
        catalogue = Catalogue.model_validate(document)
    except ValidationError as error:
        problems += [_placed(problem, document, name) for problem in problems_of(error)]
        raise InvalidInput(*problems) from None
    for path_, code, params in _findings(catalogue):
        where = f"{name}:{line_of(document, path_)}"
        problems.append(Problem(code=code, where=where, params=params))
    if problems:
        raise InvalidInput(*problems)
    return catalogue


@cache  # package data: it never changes while a program runs, and a catalogue is frozen
def demo_catalogue() -> Catalogue:
    """The catalogue of the demo: a camera and what belongs to it."""
    return load_catalogue(_DEMO, _DEMO.name)


def _placed(problem: Problem, document: Mapping, name: str) -> Problem:
    path = [int(part) if part.isdigit() else part for part in problem.where.split(".")]
    lacks = problem.params.get("message") == {"code": "field_missing", "params": {}}
    code = "catalogue_field_missing" if lacks else problem.code
    params = {**problem.params, "field": str(path[-1])}
    return Problem(code=code, where=f"{name}:{line_of(document, path)}", params=params)


def _findings(catalogue: Catalogue) -> Iterator[_Finding]:
    seen: set[str] = set()
    for place, product in enumerate(catalogue.products):
        here: tuple[str | int, ...] = ("products", place)
        if product.id in seen:
            yield _Finding((*here, "id"), "catalogue_product_twice", {"product": product.id})
        seen.add(product.id)
        for way, text, most in _texts(product):
            for language in ("zh", "en"):
                there = (*here, *way, language)
                if (length := len(said := getattr(text, language))) > most:
                    yield _Finding(there, "catalogue_text_long", {"length": length, "most": most})
                if any(ord(character) < ord(" ") and character not in "\n\t" for character in said):
                    yield _Finding(there, "text_control", {})
        for kind in RELATIONS:
            for spot, relation in enumerate(getattr(product, kind)):
                there = (*here, kind, spot)
                if relation.product == product.id:
                    yield _Finding(there, "catalogue_related_to_itself", {"product": product.id})
                elif relation.product not in catalogue.product_of:
                    known = sorted(catalogue.product_of)
                    yield _Finding(there, "catalogue_product_unknown", {"product": relation.product, "known": known})
                if relation.phrase is not None and kind not in _UPWARD:
                    yield _Finding(there, "catalogue_phrase_only_up", {"product": relation.product})
                if relation.link is not None and kind in _UPWARD:
                    yield _Finding(there, "catalogue_link_only_cross", {"product": relation.product})
    yield from _rings(catalogue)


def _texts(product: Product) -> Iterator[tuple[tuple[str | int, ...], Text, int]]:
    """What is said of a product: where it stands, and how long it may be. Labels are put into whole sentences."""
    yield ("label",), product.label, LONGEST_LABEL
    for kind in RELATIONS:
        for spot, relation in enumerate(getattr(product, kind)):
            for name in ("link", "ask"):
                if (text := getattr(relation, name)) is not None:
                    yield (kind, spot, name), text, LONGEST
            for place, reason in enumerate(relation.reasons):
                yield (kind, spot, "reasons", place, "say"), reason.say, LONGEST


def _rings(catalogue: Catalogue) -> Iterator[_Finding]:
    """Upgrades that lead back to where they began, each told once."""
    place_of = {product.id: place for place, product in enumerate(catalogue.products)}
    ups = {
        product.id: [r.product for kind in _UPWARD for r in getattr(product, kind) if r.product != product.id]
        for product in catalogue.products
    }
    done: set[str] = set()
    for start in ups:
        way = [start]
        left = [iter(ups[start])]
        while left and start not in done:
            step = next(left[-1], None)
            if step is None:
                done.add(way.pop())
                left.pop()
            elif step in way:
                ring = [*way[way.index(step) :], step]
                yield _Finding(("products", place_of[step]), "catalogue_ring", {"ring": " → ".join(ring)})
            elif step in ups and step not in done:
                way.append(step)
                left.append(iter(ups[step]))
