"""The mapping of an import: which column is what, and how dates, numbers and states are spelled.

A mapping is YAML 1.2 beside its export; everything that is wrong with it is said at once, each with `file:line`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from stagemark.domain.commands import Override, PersonId
from stagemark.domain.money import Currency
from stagemark.errors import InvalidInput, Problem, fault_of, first_causes, reason_of
from stagemark.importing.spelling import Character, DateFormat, Encoding, MarkerName
from stagemark.playbooks import document
from stagemark.playbooks.findings import Path
from stagemark.playbooks.mending import ROUNDS, Mender
from stagemark.playbooks.places import existing, fields
from stagemark.problem_texts import PROBLEM_TEXTS

__all__ = [
    "UNSAID",
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
    "in_order",
    "load_mapping",
    "read_mapping",
]


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

    currency: Currency | None = None
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
    currency: Currency | None = None
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

    @model_validator(mode="after")
    def _apart(self) -> Numbers:
        if self.decimal == self.thousands:  # 1,50 would be read as 150
            raise PydanticCustomError(
                "mapping_separators", "decimal and thousands are both {value}", {"value": self.decimal}
            )
        return self


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
    encoding: Encoding = "utf-8"
    delimiter: Character = ","
    dates: DateFormat = "%Y-%m-%d"
    numbers: Numbers = Numbers()
    empty: tuple[str, ...] = ()
    sale: SaleCells
    states: States | None = None
    markers: dict[MarkerName, DateCell] = {}
    evidence: tuple[EvidenceCell, ...] = ()
    override: Override | None = None


UNSAID = "unsaid"
"""What stands for a name, an actor's or a stage's, that could not be read."""
_UNSAID = {"value": UNSAID}
_NO_CURRENCY = "XXX"  # as ISO 4217 calls it: without a stand-in the currency would be said to be missing as well
_MENDER = Mender(
    TableMapping,
    {
        (TableMapping, "actor"): UNSAID,
        (TableMapping, "sale"): dict.fromkeys(("id", "account", "owner"), _UNSAID),
        (SaleCells, "id"): _UNSAID,
        (SaleCells, "account"): _UNSAID,
        (SaleCells, "owner"): _UNSAID,
        (EvidenceCell, "at"): f"{UNSAID}.start",
        (EvidenceCell, "currency"): _NO_CURRENCY,
        (MoneyCell, "currency"): _NO_CURRENCY,
    },
)


class LoadedMapping(NamedTuple):
    """A mapping with its file, so that what is found later can still be placed.

    Attributes:
        mapping: The mapping; where its form is wrong, mended so far that the rest can be judged.
        document: The document that it was made of.
        name: What errors call its file.
        problems: What is wrong with its form, each with `file:line`.
    """

    mapping: TableMapping
    document: document.Mapping
    name: str
    problems: tuple[Problem, ...] = ()

    def problem(self, path: Path, code: str, **params: Any) -> Problem:
        """A problem at a place in the mapping's file."""
        where = f"{self.name}:{document.line_of(self.document, path)}"
        return Problem(code=code, where=where, params=params)

    def columns(self) -> Iterator[tuple[Path, str]]:
        """Every column that the mapping names, with its place."""
        yield from _columns(self.mapping, ())

    def tells(self, field: str) -> bool:
        """Whether what the mapping says of a field could be read; nothing is lawful too."""
        return not any([field] in ([p.params.get("field")], p.params.get("known")) for p in self.problems)


def load_mapping(source: FilePath | str, name: str | None = None) -> LoadedMapping:
    """Load a mapping from a file, or from its text.

    Raises:
        InvalidInput: Everything that is wrong with it, each with `file:line`.
    """
    loaded = read_mapping(source, name)
    if loaded.problems:
        raise InvalidInput(*in_order(loaded.problems))
    return loaded


def read_mapping(source: FilePath | str, name: str | None = None) -> LoadedMapping:
    """Read a mapping as `load_mapping` does, and keep what is wrong with its form.

    Raises:
        InvalidInput: It can't be read at all, or is no mapping of fields to values.
    """
    name = name or (str(source) if isinstance(source, FilePath) else "mapping")
    text = _text_of(source, name) if isinstance(source, FilePath) else source
    data, found = document.read_document(text, name)
    for _ in range(ROUNDS):
        try:
            mapping = TableMapping.model_validate(data)
        except ValidationError as error:
            details = first_causes(error.errors(include_url=False))
            found += [_problem(data, name, detail) for detail in details]
            _mend(data, details)
        else:
            return LoadedMapping(mapping, data, name, tuple(found))
    raise InvalidInput(*in_order(found))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems in the order of their lines, those without one first."""
    return sorted(
        problems, key=lambda problem: int(line) if (line := problem.where.rpartition(":")[2]).isdigit() else 0
    )


def _mend(data: document.Mapping, details: Iterable[ErrorDetails]) -> None:
    wrong = set[Path]()
    for detail in details:
        path = existing(data, detail["loc"])
        lacking = (*path, str(detail["loc"][-1]))
        missing = detail["type"] == "missing" and _MENDER.stand_in(lacking) is not None
        wrong.add(lacking if missing else _MENDER.place(path))
    filled = {place for place in wrong if _MENDER.stand_in(place) is not None}
    for place in filled:
        _MENDER.fill(data, place)
    _MENDER.cut(data, wrong - filled)


def _columns(node: BaseModel, path: Path) -> Iterator[tuple[Path, str]]:
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


def _text_of(path: FilePath, name: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(document.MAX_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput.of("import_unreadable", name, reason=reason_of(error)) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InvalidInput.of("playbook_not_utf8", f"{name}:{line}") from None


def _problem(data: document.Mapping, name: str, error: ErrorDetails) -> Problem:
    kind, loc = error["type"], error["loc"]
    field = ".".join(str(part) for part in loc)
    where = f"{name}:{document.line_of(data, loc)}"
    if kind == "missing":
        return Problem(code="mapping_field_missing", where=where, params={"field": field})
    if kind == "extra_forbidden":
        known = fields(TableMapping, loc[:-1])
        near = get_close_matches(str(loc[-1]), known, 1)
        return Problem(code="mapping_field_unknown", where=where, params={"field": field, "known": near or known})
    if kind in PROBLEM_TEXTS:
        return Problem(code=kind, where=where, params={"field": field, **error.get("ctx", {})})
    return Problem(code="mapping_value", where=where, params={"field": field, "message": fault_of(error)})
