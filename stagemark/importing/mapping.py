"""The mapping of an import: which column is what, and how dates, numbers and states are spelled.

A mapping is YAML 1.2 beside its export; everything that is wrong with it is said at once, each with `file:line`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from stagemark.domain.commands import Override, PersonId
from stagemark.domain.playbook import Edge
from stagemark.errors import InvalidInput, Problem, fault_of, first_causes, reason_of
from stagemark.playbooks import document
from stagemark.problem_texts import PROBLEM_TEXTS

__all__ = [
    "Cell",
    "DateCell",
    "EvidenceCell",
    "LoadedMapping",
    "Lost",
    "MoneyCell",
    "Numbers",
    "StateMeaning",
    "States",
    "TableMapping",
    "load_mapping",
    "marker_of",
]

_SAMPLE = datetime(2031, 12, 28, 13, 45, 56, tzinfo=UTC)  # no two of its parts can be mistaken for each other
_MARKER = re.compile(r"^[a-z][a-z0-9_-]*\.(start|end)$")


def _date_format(spelled: str) -> str:
    try:
        back = datetime.strptime(_SAMPLE.strftime(spelled), spelled)  # noqa: DTZ007  (only its date is looked at)
    except ValueError:
        back = None
    if back is None or back.date() != _SAMPLE.date():
        raise PydanticCustomError(
            "mapping_date_format",
            "{value} does not tell a day; write for example %Y-%m-%d or %m/%d/%Y",
            {"value": spelled},
        )
    return spelled


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
        "".encode(name)
    except (LookupError, ValueError):
        raise PydanticCustomError(
            "mapping_encoding", "there is no encoding {value}; write utf-8 or gb18030", {"value": name}
        ) from None
    return name


def _marker(name: str) -> str:
    if not _MARKER.match(name):
        raise PydanticCustomError(
            "mapping_marker", "{value} is no marker; write stage.start or stage.end", {"value": name}
        )
    return name


DateFormat = Annotated[str, AfterValidator(_date_format)]
"""How dates are spelled, in the words of `strptime`: `%m/%d/%Y`."""
MarkerName = Annotated[str, AfterValidator(_marker)]
"""A marker: `stage.start` or `stage.end`."""
Character = Annotated[str, StringConstraints(min_length=1, max_length=1)]


def marker_of(name: str) -> tuple[str, Edge]:
    """The stage and the edge of a marker's name."""
    stage, _, edge = name.rpartition(".")
    return stage, "start" if edge == "start" else "end"


class Model(BaseModel):
    """Frozen; an unknown field is an error; YAML's bare numbers are text, since cells are."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Cell(Model):
    """Where a value comes from. A bare text is the name of a column.

    Attributes:
        column: The column.
        value: Instead of a column: the same for all rows.
        default: What an empty cell means; `{id}` in it is the sale's id.
        empty: Spellings of an empty cell, besides the mapping's own.
        spellings: As it is spelled → as it is meant.
        form: `id` makes an id of a name: small letters, hyphens for blanks.
    """

    column: str | None = None
    value: str | None = None
    default: str | None = None
    empty: tuple[str, ...] = ()
    spellings: dict[str, str] = {}
    form: Literal["text", "id"] = "text"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_source(self) -> Cell:
        if (self.column is None) == (self.value is None):
            raise PydanticCustomError("mapping_source", "give either column or value")
        return self


class DateCell(Cell):
    """A date or time. `unknown` instead of it all: nobody knows. `dates`: how this one is spelled."""

    dates: DateFormat | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"value": data} if data == "unknown" else {"column": data} if isinstance(data, str) else data


class MoneyCell(Cell):
    """An amount, and its ISO 4217 currency: the same for all rows, or in a column of its own."""

    currency: str | None = None
    currency_column: str | None = None

    @model_validator(mode="after")
    def _one_currency(self) -> MoneyCell:
        if (self.currency is None) == (self.currency_column is None):
            raise PydanticCustomError("mapping_currency", "give either currency or currency_column")
        return self


class EvidenceCell(Cell):
    """Evidence in a column, which comes with a marker; its type, by the playbook, says how it is read.

    Attributes:
        evidence: Its id in the playbook.
        at: The marker with which it is recorded.
        person: About whom, where it is about a person.
        dates: How dates are spelled, for a date.
        currency: For money; or `currency_column`.
        separator: Between items, for a checklist or a choice of several.
    """

    evidence: str
    at: MarkerName
    person: Cell | None = None
    dates: DateFormat | None = None
    currency: str | None = None
    currency_column: str | None = None
    separator: Character = ";"


class SaleCells(Model):
    """What is known of the sale itself; see the command `Open`."""

    id: Cell
    account: Cell
    owner: Cell
    title: Cell | None = None
    segment: Cell | None = None
    value: MoneyCell | None = None
    deputy: Cell | None = None
    opened: DateCell = DateCell(value="unknown")


class Lost(Model):
    """A state that means lost: why, by an id of the playbook's `loss_reasons`, and when."""

    reason: Cell
    on: DateCell = DateCell(value="unknown")


class StateMeaning(Model):
    """What a state of the export means.

    Attributes:
        observed: The markers that have been observed in it; whose date is empty, on an unknown day.
        skipped: Stages that were skipped, each with the reason.
        lost: That the sale is lost.
    """

    observed: tuple[MarkerName, ...] = ()
    skipped: dict[str, Annotated[str, Field(min_length=1)]] = {}
    lost: Lost | None = None


class States(Model):
    """The column of states, and what each spelling in it means."""

    column: str
    spelled: dict[str, StateMeaning] = Field(min_length=1)


class Numbers(Model):
    """How numbers are spelled."""

    decimal: Character = "."
    thousands: str = Field(default=",", max_length=1)


class TableMapping(Model):
    """How a table of sales is read.

    Attributes:
        playbook: The id of a shipped playbook, or a path seen from the mapping's folder.
        actor: Who records it all, an opaque id.
        calendar: The working calendar of the sales; dates are meant in its zone.
        encoding: Of the file.
        delimiter: Between cells.
        dates: How dates are spelled.
        numbers: How numbers are spelled.
        empty: Cells that say nothing. Blanks round a cell never count.
        sale: What is known of the sale itself.
        states: What its state means; left out, a marker was observed if its cell is not empty.
        markers: The date of each marker; one that is left out has an unknown date.
        evidence: Evidence in columns.
        override: Who takes it upon themselves that required evidence is missing, and why.
    """

    playbook: str | None = None
    actor: PersonId
    calendar: str = "cn"
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: Character = ","
    dates: DateFormat = "%Y-%m-%d"
    numbers: Numbers = Numbers()
    empty: tuple[str, ...] = ()
    sale: SaleCells
    states: States | None = None
    markers: dict[MarkerName, DateCell] = {}
    evidence: tuple[EvidenceCell, ...] = ()
    override: Override | None = None


Path_ = tuple[str | int, ...]


class LoadedMapping(NamedTuple):
    """A mapping with its file, so that what is found later can still be placed."""

    mapping: TableMapping
    document: document.Mapping
    name: str

    def problem(self, path: Path_, code: str, **params: Any) -> Problem:
        """A problem at a place in the mapping's file."""
        where = f"{self.name}:{document.line_of(self.document, path)}"
        return Problem(code=code, where=where, params=params)

    def columns(self) -> Iterator[tuple[Path_, str]]:
        """Every column that the mapping names, with its place."""
        yield from _columns(self.mapping, ())


def load_mapping(source: Path | str, name: str | None = None) -> LoadedMapping:
    """Load a mapping from a file, or from its text.

    Raises:
        InvalidInput: Everything that is wrong with it, each with `file:line`.
    """
    name = name or (str(source) if isinstance(source, Path) else "mapping")
    text = _text_of(source, name) if isinstance(source, Path) else source
    data, problems = document.read_document(text, name)
    found = [(0, problem) for problem in problems]
    try:
        mapping = TableMapping.model_validate(data)
    except ValidationError as error:
        details = first_causes(error.errors(include_url=False))
        found += [(document.line_of(data, e["loc"]), _problem(data, e)) for e in details]
    if found:
        found.sort(key=lambda pair: pair[0])
        raise InvalidInput(*(p.model_copy(update={"where": f"{name}:{line}"}) if line else p for line, p in found))
    return LoadedMapping(mapping, data, name)


def _columns(node: BaseModel, path: Path_) -> Iterator[tuple[Path_, str]]:
    for field in type(node).model_fields:
        here, value = (*path, field), getattr(node, field)
        if field in ("column", "currency_column") and value is not None:
            yield here, value
        elif isinstance(value, BaseModel):
            yield from _columns(value, here)
        elif isinstance(value, dict | tuple):
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                if isinstance(inner, BaseModel):
                    yield from _columns(inner, (*here, key))


def _text_of(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(document.MAX_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput.of("import_unreadable", name, reason=reason_of(error)) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidInput.of("playbook_not_utf8", f"{name}:{line}") from None


def _problem(data: document.Mapping, error: ErrorDetails) -> Problem:
    kind, loc = error["type"], error["loc"]
    field = ".".join(str(part) for part in loc)
    if kind == "missing":
        return Problem(code="mapping_field_missing", params={"field": field})
    if kind == "extra_forbidden":
        known = _fields(loc[:-1])
        near = get_close_matches(str(loc[-1]), known, 1)
        return Problem(code="mapping_field_unknown", params={"field": field, "known": near or known})
    if kind in PROBLEM_TEXTS:
        return Problem(code=kind, params={"field": field, **error.get("ctx", {})})
    return Problem(code="mapping_value", params={"field": field, "message": fault_of(error)})


def _fields(path: Sequence[str | int]) -> list[str]:
    """The fields that the model at a path has."""
    model: Any = TableMapping
    for part in path:
        if isinstance(model, type) and issubclass(model, BaseModel):
            annotation = model.model_fields[str(part)].annotation if part in model.model_fields else None
            model = _inner(annotation)
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _inner(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    arguments = getattr(annotation, "__args__", ())
    return next((found for argument in arguments if (found := _inner(argument)) is not None), None)
