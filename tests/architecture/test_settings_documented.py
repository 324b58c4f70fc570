"""A setting that nobody can find does not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from stagemark.settings import Settings

EMBEDDING = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text("utf-8")


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_documented(setting: str) -> None:
    assert f"`STAGEMARK_{setting.upper()}`" in EMBEDDING
