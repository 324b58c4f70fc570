"""The wheel, as a platform installs it: beside a project that has its own `workflows` and `activities`."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "stagemark": ROOT / "stagemark",
    "stagemark_workflows": ROOT / "workflows" / "stagemark_workflows",
    "stagemark_activities": ROOT / "activities" / "stagemark_activities",
}

IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
import activities, workflows
assert workflows.OWNER == activities.OWNER == "the project", workflows
for name in ("stagemark", "stagemark_workflows", "stagemark_activities"):
    package = importlib.import_module(name)
    assert package.__file__.startswith(sys.prefix), package.__file__
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if ".migrations" not in module.name and not module.name.endswith(".__main__"):
            print(importlib.import_module(module.name).__name__)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, away from this environment's import path; return what it printed."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    return set(ZipFile(wheel).namelist())


def test_the_wheel_holds_our_three_packages_and_no_generic_name(contents: set[str]) -> None:
    top_level = {name.split("/")[0] for name in contents}
    assert {name for name in top_level if not name.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_holds_every_file_of_the_packages(contents: set[str]) -> None:
    ours = {
        f"{name}/{path.relative_to(folder).as_posix()}"
        for name, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {f"{name}/py.typed" for name in PACKAGES} <= ours
    assert ours == {name for name in contents if ".dist-info/" not in name}


def test_the_installed_wheel_lives_beside_a_project_with_its_own_workflows_and_activities(
    wheel: Path, tmp_path: Path
) -> None:
    environment, project = tmp_path / "environment", tmp_path / "project"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    install = ("uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel)
    run(sys.executable, "-m", *install, cwd=tmp_path)
    # The libraries come from the environment of the tests. Its own .pth files are not read from here, so its
    # editable stagemark stays out: what is imported is the wheel.
    [site_packages] = environment.glob("lib/python*/site-packages")
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    for name in ("workflows", "activities"):
        package = project / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text('OWNER = "the project"\n')

    imported = run(python, "-c", IMPORT_EVERYTHING, cwd=project).split()

    assert "stagemark.domain" in imported
