"""What is carried beyond the inbox, in words: Jinja templates, the company's own before the shipped ones.

A template is a file such as `urgent.zh.j2` or `digest.en.j2`; one called by a kind of message, such as
`promise_broken.zh.j2`, goes before `urgent` for that kind, and says what a digest has of it. Its first line is the
subject. It is rendered in Jinja's immutable sandbox, in the activity; one that breaks is reported, and the shipped one
takes its place: no message waits for a template.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from stagemark.errors import Problem, may_be
from stagemark.texts.language import Language

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["Broken", "Letter", "Letters"]

SHIPPED: Final = Path(__file__).parents[1] / "letters"
PLAIN: Final = ("urgent", "digest")
MOST: Final = 200_000
"""Characters of one letter."""
SECONDS: Final = 2.0
"""For which a template may run."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out: a subject of one line, and plain text."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A template of the company that could not be rendered.

    Attributes:
        name: Of the file.
        digest: Of its content: a template that is mended and breaks again is reported again.
        problem: What is wrong with it.
    """

    name: str
    digest: str
    problem: Problem


class Letters:
    """The templates of a company."""

    def __init__(self, own: Path | None = None) -> None:
        """Use the templates of a folder before the shipped ones; none: only those."""
        self._own = own

    @cached_property
    def _jinja(self) -> ImmutableSandboxedEnvironment:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)

    def write(
        self, kinds: tuple[str, ...], language: Language, content: Mapping[str, Any]
    ) -> tuple[Letter, list[Broken]]:
        """Write a letter.

        Args:
            kinds: By which template, in order of preference; the last has to be shipped.
            language: `zh` or `en`.
            content: What the template may use.

        Returns:
            The letter, and which of the company's templates broke on the way.
        """
        broken: list[Broken] = []
        if "notes" in content:
            content = {
                **content,
                "notes": [self._by_kind(note, language, content, broken) for note in content["notes"]],
            }
        for kind in kinds:
            if letter := self._by_own(kind, language, content, broken):
                return letter, broken
        return self._render((SHIPPED / f"{kinds[-1]}.{language}.j2").read_text("utf-8"), content), broken

    def _by_kind(
        self, note: Mapping[str, Any], language: Language, content: Mapping[str, Any], broken: list[Broken]
    ) -> dict[str, Any]:
        """A note of a digest, in the words of the company's template for its kind, if it has one."""
        letter = self._by_own(note["kind"], language, {**content, "note": note}, broken)
        words = {"what": letter.subject, "text": letter.body.strip()} if letter else {}
        return {**note, **words, "own": bool(letter)}

    def _by_own(self, kind: str, language: Language, content: Mapping[str, Any], broken: list[Broken]) -> Letter | None:
        """A letter by the company's template; none where there is none, or it breaks, or has broken before."""
        name = f"{kind}.{language}.j2"
        if self._own is None or not may_be((path := self._own / name).is_file) or name in {one.name for one in broken}:
            return None
        text = ""
        try:
            text = path.read_text("utf-8-sig")
            return self._render(text, content)
        except Exception as error:  # whatever a template does: the letter goes out
            digest = hashlib.sha256(text.encode()).hexdigest()[:12]
            broken.append(Broken(name, digest, _problem(name, error)))
            return None

    def check(
        self, contents: Mapping[str, Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[Problem]:
        """What is wrong with the company's templates, tried with sample contents.

        Args:
            contents: For `urgent` and `digest`.
            known: For the kinds of messages that a template may be called by, besides these.
        """
        if self._own is None:
            return
        folder = self._own
        if may_be(lambda: not folder.is_dir()):
            yield Problem(code="letters_folder", params={"path": str(self._own)})
            return
        for path in sorted(self._own.glob("*.j2")):
            kind, _, language = path.name.removesuffix(".j2").rpartition(".")
            if language not in get_args(Language) or kind not in {*known, *PLAIN}:
                yield Problem(code="letter_name", where=path.name, params={"known": sorted({*PLAIN, *known})})
                continue
            try:
                self._render(path.read_text("utf-8-sig"), contents[kind] if kind in PLAIN else known[kind])
            except Exception as error:  # whatever a template does is what we are asked to find
                yield _problem(path.name, error)

    def _render(self, text: str, content: Mapping[str, Any]) -> Letter:
        from jinja2 import TemplateError

        until = time.monotonic() + SECONDS
        written, size = [], 0
        for piece in self._jinja.from_string(text).generate(**content):
            written.append(piece)
            size += len(piece)
            if size > MOST or time.monotonic() > until:
                raise TemplateError("it writes too much, or takes too long")
        subject, _, body = "".join(written).strip().partition("\n")
        if not subject.strip():
            raise TemplateError("the first line is the subject, and it is empty")
        return Letter(" ".join(subject.split()), body.strip("\n") + "\n")


def _problem(name: str, error: Exception) -> Problem:
    from jinja2 import TemplateError

    line = getattr(error, "lineno", None)
    where = f"{name}:{line}" if line else name
    said = str(error) if isinstance(error, TemplateError) else type(error).__name__
    return Problem(code="letter_broken", where=where, params={"why": " ".join(said.split())[:300]})
