"""How stagemark's models cross the wire: compact JSON, and refusals instead of riddles for what can't be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import DataConverter, DefaultPayloadConverter
from temporalio.exceptions import ApplicationError

from stagemark.domain.commands import Envelope
from stagemark.errors import InvalidInput, Problem, problems_of
from stagemark.texts.language import Language

__all__ = ["RESTORING", "CompactPayloadConverter", "refusal", "speaking", "suited"]

RESTORING = "the run has not read yet where it goes on"
"""What a query fails with then: it is to be asked again."""


class CompactPayloadConverter(PydanticPayloadConverter):
    """A converter that leaves out what nobody set, since a history pays for every byte.

    An envelope that can't be read is answered with its problems, as any refusal is: it comes from outside. All else
    comes from ourselves; what can't be read of it is tried again, with the next version of the code.
    """

    def __init__(self) -> None:
        """Dump models compactly."""
        super().__init__(ToJsonOptions(exclude_unset=True))

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """See base class."""
        if type_hints != [Envelope]:
            return super().from_payloads(payloads, type_hints)
        try:
            if [payload.metadata.get("encoding") for payload in payloads] == [b"json/plain"]:
                return [_envelope(payloads[0].data)]
            return super().from_payloads(payloads, type_hints)
        except ValidationError as error:
            raise refusal(problems_of(error)) from error


@lru_cache(maxsize=64)
def _envelope(data: bytes) -> Envelope:
    """Read once what the SDK has read twice, before the validator and before the handler; an envelope never changes."""
    return Envelope.model_validate_json(data)


def refusal(problems: Sequence[Problem], conflict: bool = False, language: Language = "en") -> ApplicationError:
    """A refusal as it crosses the wire: with its code and everything that is missing (design.md §6 rule 3).

    Args:
        problems: What is wrong, all of it.
        conflict: Whether somebody was there first.
        language: In which language to say so.
    """
    said = "\n".join(problem.text(language) for problem in problems)
    return ApplicationError(said, list(problems), conflict, type=problems[0].code, non_retryable=True)


def suited(converter: DataConverter) -> bool:
    """Whether a converter can carry stagemark's models."""
    return issubclass(converter.payload_converter_class, PydanticPayloadConverter)


def speaking(existing: DataConverter | None) -> DataConverter:
    """The host's converter, made to carry stagemark's models; its codec and failure converter stay.

    Raises:
        InvalidInput: `converter_unsuited`: the host has payload conversion of its own, which pydantic has no part in.
    """
    converter = existing or DataConverter.default
    if converter.payload_converter_class is DefaultPayloadConverter:
        return replace(converter, payload_converter_class=CompactPayloadConverter)
    if not suited(converter):
        raise InvalidInput.of("converter_unsuited", converter=converter.payload_converter_class.__qualname__)
    return converter
