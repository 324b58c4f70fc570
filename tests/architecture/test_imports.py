"""The import contracts of design.md §2 hold, and each of them bites."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE_ROOTS = (".", "workflows", "activities")


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(tree / root) for root in SOURCE_ROOTS)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_one_way() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "forbidden_import", "contract"),
    [
        ("stagemark/domain/strayed.py", "import stagemark.contracts", "Imports go one way"),
        ("stagemark/readmodel/strayed.py", "import stagemark.adapters", "Adapters stand on the read model"),
        ("stagemark/reports/strayed.py", "import stagemark.adapters", "Only composition roots choose"),
        ("stagemark/reports/strayed.py", "import stagemark.readmodel.store", "Only composition roots and"),
        ("stagemark/reports/strayed.py", "import stagemark.settings", "Only composition roots read settings"),
        ("stagemark/domain/strayed.py", "import transitions", "Only the machine knows transitions"),
        ("stagemark/domain/strayed.py", "import os", "The domain is pure"),
        ("stagemark/domain/strayed.py", "import temporalio.workflow", "The domain is pure"),
        ("workflows/stagemark_workflows/strayed.py", "import sqlalchemy", "Workflow code reaches the world"),
        ("activities/stagemark_activities/strayed.py", "import stagemark.readmodel", "Activities see ports"),
    ],
)
def test_a_strayed_import_breaks_its_contract(
    tmp_path: Path, module: str, forbidden_import: str, contract: str
) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("stagemark", "workflows", "activities"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / module).write_text(forbidden_import + "\n")

    result = lint_imports(tmp_path)

    assert result.returncode == 1, result.stdout
    broken = [line for line in result.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), broken
