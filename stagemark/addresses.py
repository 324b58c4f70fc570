"""The address of a Temporal server: its form, and why nobody answers there, in plain words."""

from __future__ import annotations

import re
from typing import Any, Final

from stagemark.errors import InvalidInput

__all__ = ["check_address", "why_unreachable"]

_FORM: Final = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):(?P<port>[0-9]{1,5})")
_SAID: Final = re.compile(r'(?:message|error): "([^"]+)"')
"""What the system said, within the words of the three libraries through which it came."""
_KNOWN: Final = (
    ("dns error", "host_unknown"),
    ("connection refused", "host_refused"),
    ("connectionrefused", "host_refused"),
    ("timedout", "host_silent"),
    ("timed out", "host_silent"),
)


def check_address(address: str) -> None:
    """Refuse what is no address, such as a URL: the SDK takes some of them for something else.

    Raises:
        InvalidInput: `temporal_address`.
    """
    match = _FORM.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 65536:
        raise InvalidInput.of("temporal_address", address=address.rpartition("@")[2])  # before it may stand a password


def why_unreachable(words: str) -> str | dict[str, Any]:
    """Why there was no connection, as a param that is said in the reader's language; else in the system's own words."""
    code = next((code for sign, code in _KNOWN if sign in words.lower()), None)
    if code:
        return {"code": code}
    said = _SAID.search(words)
    return said[1] if said else words
