"""Playbooks out of YAML: every error at once, with file and line and what would be right (design.md §5)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from stagemark.domain.playbook import Playbook
from stagemark.errors import InvalidInput, NotFound, Problem, may_be, reason_of
from stagemark.playbooks.document import MAX_BYTES, read_document
from stagemark.playbooks.form import validate

__all__ = ["Loaded", "find_playbook", "load_playbook", "look_up", "read_playbook", "shipped", "shipped_playbook"]

_FOLDER = Path(__file__).parent


class Loaded(NamedTuple):
    """A playbook, and what is doubtful in it but allowed."""

    playbook: Playbook
    warnings: tuple[Problem, ...]


def load_playbook(source: Path | str, name: str | None = None) -> Playbook:
    """Load a playbook from a file, or from its text.

    Args:
        source: A path, or the YAML text itself.
        name: What errors call it; the path where left out.

    Raises:
        InvalidInput: Everything that is wrong with it, each with `file:line`.
        NotFound: There is no such file.
    """
    return read_playbook(source, name).playbook


def read_playbook(source: Path | str, name: str | None = None) -> Loaded:
    """Load a playbook as `load_playbook` does, and keep the warnings."""
    name = name or (str(source) if isinstance(source, Path) else "playbook")
    text = _text_of(source, name) if isinstance(source, Path) else source
    document, problems = read_document(text, name)
    found = validate(document, name)
    errors = [*problems, *found.errors]
    if found.playbook is None or errors:
        raise InvalidInput(*sorted(errors, key=_line))
    return Loaded(found.playbook, tuple(sorted(found.warnings, key=_line)))


def shipped() -> list[str]:
    """The ids of the playbooks that come with stagemark; the default first."""
    return sorted((path.stem for path in _FOLDER.glob("*.yaml")), key=lambda id_: (id_ != "key-account-six", id_))


def shipped_playbook(playbook_id: str) -> Playbook:
    """A playbook that comes with stagemark.

    Raises:
        NotFound: `unknown_playbook`.
    """
    return _shipped(playbook_id).playbook


def find_playbook(name_or_path: str) -> Playbook:
    """The shipped playbook of that id, or the one in the file at that path.

    Raises:
        NotFound: `unknown_playbook`: neither is there.
        InvalidInput: The file is no lawful playbook.
    """
    return look_up(name_or_path).playbook


def look_up(name_or_path: str) -> Loaded:
    """Find a playbook as `find_playbook` does, and keep the warnings."""
    path = Path(name_or_path)
    if name_or_path not in shipped() and may_be(path.exists):
        return read_playbook(path)
    return _shipped(name_or_path)


@cache  # package data: it never changes while a program runs, and a playbook is frozen
def _shipped(playbook_id: str) -> Loaded:
    if playbook_id not in shipped():
        raise NotFound.of("unknown_playbook", playbook=playbook_id, known=shipped())
    return read_playbook(_FOLDER / f"{playbook_id}.yaml", f"{playbook_id}.yaml")


def _text_of(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1).decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFound.of("unknown_playbook", name, playbook=name, known=shipped()) from None
    except OSError as error:
        raise InvalidInput.of("playbook_unreadable", name, reason=reason_of(error)) from None
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.end > MAX_BYTES:  # cut in the middle of a character
            raise InvalidInput.of("yaml_too_large", name, size=f">{MAX_BYTES}", limit=MAX_BYTES) from None
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidInput.of("playbook_not_utf8", f"{name}:{line}") from None


def _line(problem: Problem) -> int:
    return int(problem.where.rpartition(":")[2])
