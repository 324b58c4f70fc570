"""Channels: names that stand for addresses. An address is a secret and is looked up at the moment of sending only.

A channel called `ops-mail` has its address in the variable STAGEMARK_CHANNEL_OPS_MAIL, or where a file of channels says
so: `ops-mail: env:NAME` or `ops-mail: file:/run/secrets/ops-mail`. The address itself has the form of an Apprise URL,
or is the hook's own as the application shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, ValidationError

from stagemark.errors import InvalidInput, Problem, problems_of, reason_of
from stagemark.playbooks.document import line_of, read_document

__all__ = ["Channel", "Channels", "Unresolved", "load_channels", "split_target"]

_BLANK: Final = re.compile(r"\s|[\x00-\x1f\x7f]")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
_REFERENCE: Final = r"(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)"


class Channel(BaseModel):
    """Where the address of a channel is to be found.

    Attributes:
        address: The reference: `env:VARIABLE` or `file:PATH`; never the address itself.
        relay: Where requests go instead of the service's own host: the company's way out; web hooks and chats only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Annotated[str, Field(pattern=f"^{_REFERENCE}$")]
    relay: AnyHttpUrl | None = None


class Unresolved(Exception):
    """An address can't be had; the problem says why, and nothing of the address."""

    def __init__(self, code: str, **params: str) -> None:
        """Carry the problem."""
        super().__init__(code)
        self.problem = Problem(code=code, params=params)


class Channels:
    """The channels of a company."""

    def __init__(self, own: Mapping[str, Channel], environment: Mapping[str, str]) -> None:
        """Know them.

        Args:
            own: Those of the company's file.
            environment: Where variables are looked up when an address is needed.
        """
        self._own = dict(own)
        self._environment = environment

    @property
    def listed(self) -> tuple[str, ...]:
        """The names in the company's file."""
        return tuple(sorted(self._own))

    def of(self, name: str) -> Channel:
        """The channel of that name; one that no file names has its address in the variable of its name."""
        return self._own.get(name) or Channel(address=f"env:{_variable(name)}")

    def address(self, name: str) -> str:
        """The address of a channel, as it is at this moment.

        Raises:
            Unresolved: `channel_variable_unset`, `channel_file_unreadable`.
        """
        kind, _, where = self.of(name).address.partition(":")
        if kind == "env":
            found = self._environment.get(where, "").strip()
            if not found:
                raise Unresolved("channel_variable_unset", channel=name, variable=where)
            return found
        try:
            found = Path(where).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Unresolved("channel_file_unreadable", channel=name, path=where) from None
        if not found:
            raise Unresolved("channel_file_unreadable", channel=name, path=where)
        return found


def split_target(entry: str) -> tuple[str, str | None]:
    """What a person's entry names: the channel, and their own address on it where there is one."""
    name, found, target = entry.partition("=")
    return name, target if found else None


def malformed(entry: str) -> bool:
    """Whether a person's entry can't be read."""
    name, target = split_target(entry)
    return _NAME.fullmatch(name) is None or target == "" or "://" in entry or _BLANK.search(entry) is not None


def _variable(name: str) -> str:
    return f"STAGEMARK_CHANNEL_{name.upper().replace('-', '_')}"


def load_channels(path: Path) -> dict[str, Channel]:
    """Read the company's file of channels: YAML, a reference by each name, or a mapping of `address` and `relay`.

    Raises:
        InvalidInput: Everything that is wrong with it, each with `file:line`; an address that stands there itself is
            not repeated.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput.of("channels_unreadable", str(path), why=reason_of(error)) from None
    document, problems = read_document(text, path.name)
    if not isinstance(document, dict):
        raise InvalidInput(*(problems or [Problem(code="channels_form", where=f"{path.name}:1")]))
    found: dict[str, Channel] = {}
    for name, told in document.items():
        where = f"{path.name}:{line_of(document, [name])}"
        wrong = list(_wrong(str(name), told, where))
        problems += wrong
        if not wrong:
            found[str(name)] = Channel.model_validate(_whole(told))
    if problems:
        raise InvalidInput(*problems)
    return found


def _whole(told: object) -> object:
    return {"address": told} if isinstance(told, str) else told


def _wrong(name: str, told: object, where: str) -> Iterator[Problem]:
    if _NAME.fullmatch(name) is None:
        yield Problem(code="channel_name", where=where, params={"name": name})
    try:
        Channel.model_validate(_whole(told))
    except ValidationError as error:
        for problem in problems_of(error):
            if problem.where in ("", "address"):  # what stands there may be the address, which nobody is to read
                yield Problem(code="channel_reference", where=where, params={"name": name})
            else:
                params = {"name": name, "field": problem.where, "message": problem.params["message"]}
                yield Problem(code="channel_field", where=where, params=params)
