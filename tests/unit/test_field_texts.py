"""What pydantic and the operating system find wrong is said in the reader's language, not in their English."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from stagemark.domain.commands import Command
from stagemark.domain.contract import Contract
from stagemark.errors import InvalidInput, Problem, problems_of, reason_of
from stagemark.importing.mapping import load_mapping
from stagemark.importing.table import read_table
from stagemark.texts.fields import FIELD_TEXTS


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: date
    kind: Literal["a", "b"] = "a"


_WRONG: list[tuple[Any, Any]] = [
    (Inner, {}),
    (Inner, {"day": "2026-03-05", "more": 1}),
    (Inner, {"day": "2026-03-05", "kind": "c"}),
    (Inner, {"day": "soon"}),
    (Inner, {"day": "2026-03-05T10:00:00"}),
    (Inner, {"day": []}),
    (Inner, 7),
    (int, "x"),
    (int, 1.5),
    (int, None),
    (Decimal, "x"),
    (Decimal, "NaN"),
    (Annotated[Decimal, Field(max_digits=2)], "123"),
    (Annotated[int, Field(ge=10)], 1),
    (Annotated[int, Field(gt=0)], 0),
    (Annotated[str, Field(min_length=2)], "x"),
    (Annotated[str, Field(max_length=2)], "xyz"),
    (Annotated[str, Field(pattern="^a$")], "b"),
    (str, 7),
    (bool, "perhaps"),
    (AwareDatetime, "2026-03-05T10:00:00"),
    (AwareDatetime, "soon"),
    (time, "soon"),
    (tuple[int, ...], 3),
    (Annotated[list[int], Field(min_length=1)], []),
    (Annotated[list[int], Field(max_length=1)], [1, 2]),
    (dict[str, int], 3),
    (None, 3),
    (Command, {"kind": "dance"}),
    (Command, {"stage": "needs"}),
]


@pytest.mark.parametrize(("model", "value"), _WRONG)
def test_what_does_not_fit_is_said_in_both_languages_without_pydantics_words(model: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(model).validate_python(value)
    (problem,) = problems_of(refused.value)
    theirs = refused.value.errors()[0]["msg"]
    assert problem.code == "field_invalid"
    assert theirs not in problem.text("en") + problem.text("zh")
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", problem.text("zh"))
    assert "{" not in problem.text("en") + problem.text("zh")


def test_each_text_of_a_field_belongs_to_an_error_that_pydantic_knows() -> None:
    named = {code.removeprefix("field_") for code in FIELD_TEXTS if code.startswith("field_")} - {"named"}
    named -= {"path_type"}  # pydantic's own, but not its core's
    assert named <= set(get_args(ErrorType))


def test_a_choice_is_told_what_there_is() -> None:
    with pytest.raises(ValidationError) as refused:
        Inner.model_validate({"day": "2026-03-05", "kind": "c"})
    (problem,) = problems_of(refused.value)
    assert problem.text("zh") == "kind: 输入无效：应为以下之一：a、b"


def test_a_value_of_a_mapping_is_refused_in_chinese() -> None:
    with pytest.raises(InvalidInput) as refused:
        load_mapping("delimiter: ';;'\ncalendar: cn\n", "m.yaml")
    said = {problem.code: problem.text("zh") for problem in refused.value.problems}
    assert said["mapping_value"] == "m.yaml:1: delimiter 的值无效：文本过长；最多 1 个字符"


def test_a_file_that_cant_be_had_is_said_by_its_cause_in_the_readers_language(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, zh in (("absent.csv", "文件或文件夹不存在"), ("folder", "这是文件夹，不是文件")):
        with pytest.raises(InvalidInput) as refused:
            read_table(tmp_path / name)
        assert refused.value.text("zh").endswith(zh)


def test_a_cause_without_a_text_keeps_the_systems_words() -> None:
    odd = OSError(40, "Too many levels of symbolic links")
    assert Problem(code="import_unreadable", params={"reason": reason_of(odd)}).text("zh").endswith("symbolic links")


def test_a_list_whose_only_item_is_wrong_is_not_called_too_short_as_well() -> None:
    money, part = {"amount": "5", "currency": "CNY"}, {"id": "1", "amount": "x", "after": "signing"}
    for parts, where in (([part], "instalments.0.amount"), ([], "instalments")):
        with pytest.raises(ValidationError) as refused:
            Contract.model_validate({"amount": money, "instalments": parts})
        assert [problem.where for problem in problems_of(refused.value)] == [where]
