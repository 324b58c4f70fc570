"""Reading a table: CSV as it comes, with bounds, row by row. What is wrong with the file as a whole is an error."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from stagemark.errors import InvalidInput, reason_of

__all__ = ["MAX_BYTES", "Row", "Table", "read_table"]

MAX_BYTES: Final = 256 * 1024 * 1024
"""The largest file that is read, some three million sales; split a larger one."""
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls


class Row(NamedTuple):
    """A row: its number as spreadsheets count it (the header is row 1), and its cells without blanks round them."""

    number: int
    cells: list[str]


class Table:
    """A table with a header.

    Attributes:
        name: What errors call it.
        header: The names of the columns.
        lines: How many lines there are, the header's among them; rows are not more.
    """

    def __init__(self, text: str, name: str, delimiter: str = ",") -> None:
        """Read the header of a table in CSV.

        Raises:
            InvalidInput: `import_empty`, or as `rows`.
        """
        self.name = name
        self.lines = text.count("\n") + (not text.endswith("\n"))
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self._number = 0
        first = next(self._rows(), None)
        if first is None:
            raise InvalidInput.of("import_empty", name)
        self.header = first.cells

    def rows(self) -> Iterator[Row]:
        """The rows that say anything, once.

        Raises:
            InvalidInput: `import_csv`: from that line on it is no CSV.
        """
        return self._rows()

    def _rows(self) -> Iterator[Row]:
        while True:
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                line = max(self._reader.line_num, 1)
                raise InvalidInput.of("import_csv", f"{self.name}:{line}", problem=str(error)) from None
            self._number += 1
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield Row(self._number, cells)


def read_table(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> Table:
    """Read a CSV file; a byte order mark is no part of it.

    Raises:
        InvalidInput: `import_unreadable`, `import_too_large`, `import_spreadsheet`, `import_encoding`,
            `import_empty`, `import_csv`.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput.of("import_unreadable", name, reason=reason_of(error)) from None
    if len(content) > MAX_BYTES:
        raise InvalidInput.of("import_too_large", name, limit=MAX_BYTES // 1024 // 1024)
    if content.startswith(_SPREADSHEETS):
        raise InvalidInput.of("import_spreadsheet", name)
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, start) + 1
        raise InvalidInput.of("import_encoding", f"{name}:{line}", encoding=encoding) from None
    return Table(text.removeprefix("\ufeff"), name, delimiter)
