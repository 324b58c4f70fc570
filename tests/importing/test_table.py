"""Files as they come: marks, line ends, quotes, encodings, and what is no table at all."""

import csv
from pathlib import Path

import pytest

from stagemark.errors import InvalidInput
from stagemark.importing.table import Table, read_table


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sales.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfid,name\r\n1,Ann\r\n", b"id,name\n1, Ann \n", b'"id","name"\r1,"Ann"']
)
def test_byte_order_marks_line_ends_quotes_and_blanks_round_cells_change_nothing(
    tmp_path: Path, content: bytes
) -> None:
    table = read_table(written(tmp_path, content))
    assert table.header == ["id", "name"]
    assert [tuple(row) for row in table.rows()] == [(2, ["1", "Ann"])]


def test_a_cell_can_hold_line_ends_and_rows_are_counted_as_spreadsheets_do() -> None:
    table = Table('id,name\n1,"An\nn"\n\n,\n2,Bo', "t")
    assert [tuple(row) for row in table.rows()] == [(2, ["1", "An\nn"]), (5, ["2", "Bo"])]


def test_another_encoding_and_delimiter_are_read_where_they_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, "编号;名称\n1;张伟\n".encode("gb18030"))
    assert [row.cells for row in read_table(path, "gb18030", ";").rows()] == [["1", "张伟"]]
    assert read_table(written(tmp_path, "id,name\n".encode("utf-16")), "utf-16").header == ["id", "name"]


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"", "import_empty", ""),
        (b"\xef\xbb\xbf", "import_empty", ""),
        (b"\n\n,,\n", "import_empty", ""),
        (b"id\n1\n\xff\xfe\n", "import_encoding", ":3"),
        ("id\n1\n张伟\n".encode("gb18030"), "import_encoding", ":3"),
        (b"PK\x03\x04\x14\x00", "import_spreadsheet", ""),
        (b"\xd0\xcf\x11\xe0", "import_spreadsheet", ""),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str, place: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(InvalidInput) as refused:
        read_table(path)
    assert [(p.code, p.where) for p in refused.value.problems] == [(code, f"{path}{place}")]


@pytest.mark.parametrize("rows", ['1,"never closed\n2,x\n', '1,"a"b\n', "1," + "x" * (csv.field_size_limit() + 1)])
def test_broken_quotes_and_endless_cells_are_refused_with_their_line(rows: str) -> None:
    table = Table("id,name\n" + rows, "t.csv")
    with pytest.raises(InvalidInput) as refused:
        list(table.rows())
    assert refused.value.code == "import_csv"
    assert refused.value.problems[0].where.startswith("t.csv:")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InvalidInput) as refused:
            read_table(path)
        assert refused.value.code == "import_unreadable"
