"""Settings, as variables say them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stagemark.bootstrap import read_settings
from stagemark.errors import InvalidInput
from stagemark.settings import Settings


def test_settings_that_are_wrong_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGEMARK_LANGUAGE", "fr")
    monkeypatch.setenv("STAGEMARK_CONTINUE_AFTER", "3")
    with pytest.raises(InvalidInput) as refused:
        read_settings()
    assert [problem.where for problem in refused.value.problems] == ["STAGEMARK_LANGUAGE", "STAGEMARK_CONTINUE_AFTER"]


@pytest.mark.parametrize(
    ("said", "files"),
    [
        ("a.yaml", ["a.yaml"]),
        (os.pathsep.join(["a.yaml", "in/b.yaml"]), ["a.yaml", "in/b.yaml"]),
        ('["a.yaml", "b.yaml"]', ["a.yaml", "b.yaml"]),
    ],
)
def test_own_calendars_are_named_by_paths_or_by_a_json_list(
    monkeypatch: pytest.MonkeyPatch, said: str, files: list[str]
) -> None:
    monkeypatch.setenv("STAGEMARK_CALENDARS", said)
    assert read_settings().calendars == tuple(map(Path, files))


def test_a_list_of_calendars_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGEMARK_CALENDARS", '["a.yaml"')
    with pytest.raises(InvalidInput) as refused:
        read_settings()
    assert [(one.code, one.where) for one in refused.value.problems] == [("setting_files", "STAGEMARK_CALENDARS")]


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_a_setting_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(f"STAGEMARK_{setting.upper()}", "")
    assert getattr(read_settings(), setting) == Settings.model_fields[setting].default


@pytest.mark.parametrize("setting", ["call_timeout", "jitter", "messages_per_second"])
@pytest.mark.parametrize("said", ["inf", "nan", "1e300", "-1"])
def test_a_number_that_no_clock_can_count_is_refused_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, setting: str, said: str
) -> None:
    monkeypatch.setenv(f"STAGEMARK_{setting.upper()}", said)
    with pytest.raises(InvalidInput) as refused:
        read_settings()
    assert [one.where for one in refused.value.problems] == [f"STAGEMARK_{setting.upper()}"]
