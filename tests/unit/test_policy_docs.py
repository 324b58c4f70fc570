"""docs/policy.md names every setting of the policy, with what is shipped and what it means."""

import re
from pathlib import Path

from stagemark.policies.load import shipped_policy
from stagemark.policies.settings import Setting, settings

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")


def row(setting: Setting) -> str:
    """The line of the page."""
    shipped = f"`{setting.shipped}`" if setting.shipped else ""
    return f"| `{setting.path}` | {shipped} | {setting.meaning} |"


def test_the_page_says_of_every_setting_what_it_is_and_of_none_that_is_not_there() -> None:
    rows = re.findall(r"^\| `.*$", PAGE, re.MULTILINE)
    assert rows == [row(setting) for setting in settings(shipped_policy())]


def test_every_setting_has_a_meaning() -> None:
    assert [setting.path for setting in settings(shipped_policy()) if not setting.meaning] == []
