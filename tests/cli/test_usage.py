"""What was typed does not fit the command: each has a code, and is said in the reader's language."""

from __future__ import annotations

import sys
from importlib.metadata import version

import pytest

from stagemark.cli import main


def said(capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    patch.setattr(sys, "argv", ["stagemark", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capture.readouterr()
    return int(ended.value.code or 0), told.err or told.out


@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        ("delivery reach S-1 nonsense", "argument_invalid", ["MILESTONE", "acceptance", "stagemark delivery reach -h"]),
        ("instalment debtor S-1 evil", "argument_invalid", ["TYPE", "hard", "stubborn"]),
        ("account list --output xml", "argument_invalid", ["--output", "csv"]),
        ("follow-up rate G-2 5.5 --text x --as w", "argument_invalid", ["SCORE"]),
        ("prompt suggest a --quantity 0", "argument_invalid", ["--quantity", "1"]),
        ("up --port 99999", "argument_invalid", ["--port", "65535", "stagemark up -h"]),
        ("up --port 7420 --ui-port 7420", "ports_same", ["7420", "--ui-port"]),
        ("change S-1 --as w --deputy li --no-deputy", "options_contradict", ["--deputy", "--no-deputy"]),
        ("change S-1 --as w --segment a --no-segment", "options_contradict", ["--segment", "--no-segment"]),
        ("wait S-1 us", "option_missing", ["--as", "STAGEMARK_ACTOR"]),
        ("--output json wait S-1 us", "option_before_command", ["--output", "stagemark"]),
        ("account --output json list", "option_before_command", ["--output", "stagemark account"]),
        ("--nonsense", "option_unknown", ["--nonsense", "--version"]),
        ("promise make S-1", "argument_missing", ["INSTALMENT"]),
        ("promise make S-1 1", "option_missing", ["--until"]),
        ("promise make S-1 1 --until", "option_value_missing", ["--until"]),
        ("account limit acme -5CNY --reason x", "number_negative", ["-5", "stagemark account limit -h"]),
        ("account list --bogus", "option_unknown", ["--bogus", "--output"]),
        ("follow-up list --all=3", "option_without_value", ["--all"]),
        ("delivery nope", "command_unknown", ["nope", "reach"]),
        ("account list a b", "argument_extra", ["a b"]),
    ],
)
def test_what_does_not_fit_a_command_has_a_code_in_both_languages(
    words: str, code: str, names: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for language in ("en", "zh"):
        monkeypatch.setenv("STAGEMARK_LANGUAGE", language)
        status, text = said(capsys, monkeypatch, *words.split())
        assert (status, text.partition(":")[0], text.count("\n")) == (2, code, 1)
        assert all(name in text for name in names), text
        texts.append(text)
    assert texts[0] != texts[1]
    assert not texts[1].isascii()


def test_the_version_is_said_as_the_package_has_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["stagemark", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().out) == (0, f"stagemark {version('stagemark')}\n")


def test_a_group_named_alone_says_its_help(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = said(capsys, monkeypatch, "delivery")
    assert status == 2
    assert "reach" in text
    assert said(capsys, monkeypatch, "delivery", "reach", "--help")[0] == 0
