"""What docs/playbooks.md says of playbooks is so."""

import re
from pathlib import Path

from stagemark.domain.playbook import EvidenceType
from stagemark.playbooks.conditions import FITTING
from stagemark.playbooks.load import read_playbook, shipped

PAGE = (Path(__file__).parents[2] / "docs" / "playbooks.md").read_text(encoding="utf-8")


def test_the_example_is_sound() -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    loaded = read_playbook(example, "docs/playbooks.md")
    assert loaded.warnings == ()
    assert loaded.playbook.stage_ids == ("survey", "propose", "sign")


def test_the_table_of_operators_is_right_and_whole() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (.*) \|$", PAGE, re.MULTILINE))
    for kind in EvidenceType:
        fitting = {name for name, kinds in FITTING.items() if kind in kinds}
        assert set(re.findall(r"`(\w+)(?:: \w+)?`", rows[kind])) | {"count_at_least", "not_older_than"} == fitting


def test_every_shipped_playbook_is_listed() -> None:
    listed = re.findall(r"^\| `([\w-]+-[\w-]+)` \|", PAGE, re.MULTILINE)
    assert listed == shipped()
