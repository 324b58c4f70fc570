"""Cells → values: text, days, amounts and evidence, as a mapping says that they are spelled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import JsonValue, ValidationError

from stagemark.domain.commands import Given
from stagemark.domain.moments import UNKNOWN, Moment
from stagemark.domain.money import Amount
from stagemark.domain.playbook import Evidence, EvidenceType
from stagemark.errors import Problem, problems_of
from stagemark.importing.mapping import Cell, DateCell, EvidenceCell, MoneyCell, Numbers, TableMapping

__all__ = ["MAX_CELL", "Reading", "Unreadable"]

MAX_CELL: Final = 4000
"""The longest cell that is read, in characters; a title has at most 500."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Unreadable(Exception):
    """A cell can't be read; `column` is its column, empty where a mapping's constant is meant."""

    def __init__(self, column: str | None, code: str, **params: Any) -> None:
        """Say in which column what is wrong."""
        super().__init__(code)
        self.column = column or ""
        self.problem = Problem(code=code, params=params)


class Reading:
    """Reads the cells of one row."""

    def __init__(self, mapping: TableMapping, zone: str, places: Mapping[str, int], cells: Sequence[str]) -> None:
        """Read a row by a mapping.

        Args:
            mapping: How values are spelled.
            zone: IANA zone in which dates with a time are meant.
            places: Each column's place in the row.
            cells: The row.
        """
        self._mapping = mapping
        self._zone = zone
        self._places = places
        self._cells = cells
        self.sale = ""

    def raw(self, column: str) -> str:
        """What stands in a cell, empty if that is nothing.

        Raises:
            Unreadable: `import_cell_too_long`, `import_cell_control`.
        """
        text = self._cells[self._places[column]]
        if len(text) > MAX_CELL:
            raise Unreadable(column, "import_cell_too_long", limit=MAX_CELL, length=len(text))
        if _CONTROL.search(text):
            raise Unreadable(column, "import_cell_control", value=ascii(text[:40]))
        return "" if text in self._mapping.empty else text

    def text(self, cell: Cell | None) -> str | None:
        """The text of a cell; none if it says nothing.

        Raises:
            Unreadable: As `raw`.
        """
        if cell is None:
            return None
        text = self.raw(cell.column) if cell.column is not None else (cell.value or "")
        if not text or text in cell.empty:
            if cell.default is None:
                return None
            text = cell.default.replace("{id}", self.sale)
        text = cell.spellings.get(text, text)
        return re.sub(r"\s+", "-", text.strip().casefold()) if cell.form == "id" else text

    def required(self, cell: Cell) -> str:
        """As `text`, of a cell that has to say something.

        Raises:
            Unreadable: `import_cell_empty`.
        """
        text = self.text(cell)
        if not text:
            raise Unreadable(cell.column, "import_cell_empty")
        return text

    def moment(self, cell: DateCell | None) -> Moment:
        """The moment of a cell; an empty one is unknown.

        Raises:
            Unreadable: `import_date`.
        """
        text = self.text(cell)
        if cell is None or text is None or text == "unknown":
            return UNKNOWN
        return self._moment(cell.column, text, cell.dates)

    def amount(self, cell: MoneyCell | None) -> Amount | None:
        """The amount of a cell.

        Raises:
            Unreadable: `import_number`, `money_negative`, `money_malformed`, `currency_unknown`.
        """
        text = self.text(cell)
        if cell is None or text is None:
            return None
        return self._amount(cell.column, text, cell.currency, cell.currency_column)

    def given(self, cell: EvidenceCell, rule: Evidence) -> Given | None:
        """The evidence of a cell, by the type that the playbook says.

        Raises:
            Unreadable: As the others.
        """
        text = self.text(cell)
        if text is None:
            return None
        person = self.text(cell.person)
        return Given(
            evidence=cell.evidence, value=self._value(cell, rule, text), **({"person": person} if person else {})
        )

    def _value(self, cell: EvidenceCell, rule: Evidence, text: str) -> JsonValue:
        match rule.type:
            case EvidenceType.MONEY:
                amount = self._amount(cell.column, text, cell.currency, cell.currency_column)
                return {"amount": str(amount.amount), "currency": amount.currency}
            case EvidenceType.NUMBER:
                return str(self._number(cell.column, text))
            case EvidenceType.DATE:
                moment = self._moment(cell.column, text, cell.dates)
                day = moment.instant.astimezone(ZoneInfo(self._zone)).date() if moment.instant else moment.day
                return str(day)
            case EvidenceType.CHECKLIST:
                return self._items(cell, text)
            case EvidenceType.CHOICE if rule.many:
                return self._items(cell, text)
            case _:
                return text

    def _items(self, cell: EvidenceCell, text: str) -> list[JsonValue]:
        items = (item.strip() for item in text.split(cell.separator))
        return [cell.spellings.get(item, item) for item in items if item]

    def _moment(self, column: str | None, text: str, spelled: str | None) -> Moment:
        spelled = spelled or self._mapping.dates
        moment = _moment(text, spelled, self._zone)
        if moment is None:
            example = datetime(2031, 12, 28, 13, 45).strftime(spelled)  # noqa: DTZ001  (an example of the spelling)
            raise Unreadable(column, "import_date", value=text[:80], format=spelled, example=example)
        return moment

    def _number(self, column: str | None, text: str) -> Decimal:
        number = _number(text, self._mapping.numbers)
        if number is None:
            decimal, thousands = self._mapping.numbers.decimal, self._mapping.numbers.thousands
            raise Unreadable(column, "import_number", value=text[:80], example=f"1{thousands}054{decimal}50")
        return number

    def _amount(self, column: str | None, text: str, currency: str | None, currency_column: str | None) -> Amount:
        number = self._number(column, text)
        if currency is None and currency_column is not None:
            currency = self.raw(currency_column)
        try:
            return Amount(amount=number, currency=currency or "")
        except ValidationError as error:
            wrong = problems_of(error)[0]
            if wrong.where == "amount":
                raise Unreadable(column, wrong.code) from None
            raise Unreadable(currency_column or column, wrong.code, currency=currency or "-") from None


@lru_cache(maxsize=8192)  # the days of an export are few
def _moment(text: str, spelled: str, zone: str) -> Moment | None:
    try:
        told = datetime.strptime(text, spelled)  # noqa: DTZ007  (the zone is beside it)
        if "%H" not in spelled and "%I" not in spelled:
            return Moment.on(told.date())
        return Moment.at(told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone)), zone)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=8192)
def _number(text: str, numbers: Numbers) -> Decimal | None:
    point, comma = re.escape(numbers.decimal), re.escape(numbers.thousands)
    grouped = rf"[0-9]{{1,3}}(?:{comma}[0-9]{{3}})+" if comma else r"[0-9]+"
    if len(text) > 40 or not re.fullmatch(rf"-?(?:{grouped}|[0-9]+)(?:{point}[0-9]+)?", text):
        return None
    return Decimal(text.replace(numbers.thousands, "").replace(numbers.decimal, "."))
