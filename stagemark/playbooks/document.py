"""YAML 1.2 as plain data that remembers its lines, read with bounds: size, depth, no aliases, no tags.

It is built from the parser's events, so that a hostile file is refused while it is read, before anything grows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from stagemark.errors import InvalidInput, Problem
from stagemark.playbooks.yaml_faults import said_of, yaml_fault

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_PROBLEMS", "Items", "Mapping", "line_of", "read_document"]

MAX_BYTES = 512 * 1024
"""The longest playbook that is read; the longest shipped one has a tenth of it."""
MAX_DEPTH = 32
"""The deepest nesting that is read; a playbook needs ten."""
MAX_PROBLEMS = 100
"""After so many the reading stops: such a file is no playbook."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


class Mapping(dict[str, Any]):
    """A mapping with the line where it begins, and that of each key."""

    def __init__(self, line: int) -> None:
        """Begin an empty mapping on a line, counted from 1."""
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A sequence with the line where it begins, and that of each item."""

    def __init__(self, line: int) -> None:
        """Begin an empty sequence on a line, counted from 1."""
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def line_of(root: Mapping, path: Sequence[str | int]) -> int:
    """The line of what a path names; of the nearest thing around it where the path leads nowhere."""
    node: Any = root
    line = root.line
    for part in path:
        if isinstance(node, Mapping) and part in node:
            line = node.lines[str(part)]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node):
            line = node.lines[part]
        else:
            break
        node = node[part]
    return line


def read_document(text: str, name: str) -> tuple[Mapping, list[Problem]]:
    """Read one YAML document whose root is a mapping.

    Returns:
        The document, and the problems that don't stop the reading: duplicate keys; the first one holds.

    Raises:
        InvalidInput: `yaml_too_large`, `yaml_too_deep`, `yaml_syntax`, `yaml_version`, `yaml_no_mapping`,
            `yaml_key`, `yaml_alias`, `yaml_tag`, and what was found before.
    """
    if (size := len(text.encode(errors="replace"))) > MAX_BYTES:
        raise InvalidInput.of("yaml_too_large", name, size=size, limit=MAX_BYTES)
    builder = _Builder(name)
    yaml = YAML(typ="safe", pure=True)
    try:
        for event in yaml.parse(text):
            builder.take(event)
    except YAMLError as error:
        line, said = yaml_fault(error, text)
        raise InvalidInput(
            *builder.problems, Problem(code="yaml_syntax", where=f"{name}:{line}", params={"problem": said})
        ) from None
    if not isinstance(builder.root, Mapping):
        raise InvalidInput(*builder.problems, Problem(code="yaml_no_mapping", where=f"{name}:1"))
    if any(problem.code != "yaml_duplicate_key" for problem in builder.problems):
        raise InvalidInput(*builder.problems)
    return builder.root, builder.problems


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.root: Any = None
        self._documents = 0
        self._stack: list[Mapping | Items] = []
        self._keys: list[str | None] = []  # for each container of the stack, the key that waits for its value

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refusal("yaml_syntax", line, problem=said_of("expected a single document"))
            if event.version not in (None, (1, 2)):
                raise self._refusal("yaml_version", line)
        elif isinstance(event, CollectionEndEvent):
            self._stack.pop()
            self._keys.pop()
        elif isinstance(event, NodeEvent):
            self._node(event, line)

    def _node(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            self._problem("yaml_alias", line, name=str(event.anchor))
        if isinstance(event, AliasEvent):
            self._put(None, line)
            return
        if event.ctag is not None and str(event.ctag) not in ("", "!"):
            self._problem("yaml_tag", line, tag=str(event.ctag))
        if isinstance(event, ScalarEvent):
            self._put(_scalar(event), line, key=event.value)
            return
        container: Mapping | Items = Items(line) if isinstance(event, SequenceStartEvent) else Mapping(line)
        assert isinstance(event, SequenceStartEvent | MappingStartEvent)
        if len(self._stack) >= MAX_DEPTH:
            raise self._refusal("yaml_too_deep", line, limit=MAX_DEPTH)
        self._put(container, line)
        self._stack.append(container)
        self._keys.append(None)

    def _put(self, value: Any, line: int, key: str | None = None) -> None:
        if not self._stack:
            self.root = value
            return
        top, waiting = self._stack[-1], self._keys[-1]
        if isinstance(top, Items):
            top.append(value)
            top.lines.append(line)
        elif waiting is None:
            if key is None:
                raise self._refusal("yaml_key", line)
            self._keys[-1] = key
            if key in top:
                self._problem("yaml_duplicate_key", line, key=key, first=top.lines[key])
            else:
                top[key] = None
                top.lines[key] = line
        else:
            if top[waiting] is None:
                top[waiting] = value
            self._keys[-1] = None

    def _problem(self, code: str, line: int, **params: Any) -> None:
        self.problems.append(Problem(code=code, where=f"{self.name}:{line}", params=params))
        if len(self.problems) >= MAX_PROBLEMS:
            raise InvalidInput(*self.problems)

    def _refusal(self, code: str, line: int, **params: Any) -> InvalidInput:
        last = Problem(code=code, where=f"{self.name}:{line}", params=params)
        return InvalidInput(*self.problems, last)


def _scalar(event: Any) -> Any:
    """A scalar by YAML 1.2's core schema; dates stay text, since only evidence says what is a date."""
    text: str = event.value
    if event.style not in (None, ""):
        return text
    if text in _WORDS or (text.lower() in _WORDS and text in (text.upper(), text.capitalize())):
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
