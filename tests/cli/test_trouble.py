"""What the command line says when what it needs is not there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from stagemark.testing import free_port
from tests.cli.conftest import CommandLine, Up, up_in

WORKER = Path(__file__).parents[2] / "worker.py"


def test_without_a_server_it_says_where_it_looked(tmp_path: Path) -> None:
    stagemark = CommandLine(tmp_path, {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"})
    (tmp_path / "people.csv").write_text("id,name\nwang,王\n", "utf-8")
    assert stagemark("directory", "import", "people.csv").status == 0
    failed = stagemark("mark", "S-1", "find.start", "--as", "wang")
    assert (failed.status, failed.codes) == (1, ["server_unreachable"])
    assert stagemark.variables["TEMPORAL_ADDRESS"] in failed.err


def test_a_wrong_namespace_is_named(stagemark: CommandLine) -> None:
    failed = stagemark("mark", "S-1", "find.start", TEMPORAL_NAMESPACE="nowhere")
    assert (failed.status, failed.codes) == (1, ["wrong_namespace"])
    assert "nowhere" in failed.err


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        failed = CommandLine(tmp_path, {})("up", "--no-demo", "--port", port, "--ui-port", str(free_port()))
    assert (failed.status, failed.codes) == (1, ["port_in_use"])
    assert port in failed.err


def test_one_file_has_one_server(tmp_path: Path) -> None:
    with up_in(tmp_path, "--no-demo"):
        ports = ("--port", str(free_port()), "--ui-port", str(free_port()))
        second = CommandLine(tmp_path, {"STAGEMARK_LANGUAGE": "zh"})("up", "--no-demo", *ports)
    assert (second.status, second.codes) == (1, ["server_running"])
    assert ".stagemark/temporal.db" in second.err


def test_a_database_that_cant_be_had_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://me:secret@127.0.0.1:{free_port()}/sales"
    failed = CommandLine(tmp_path, {})("durations", STAGEMARK_DATABASE_URL=url)
    assert (failed.status, failed.codes) == (1, ["store_unreachable"])
    assert "secret" not in failed.err + failed.out


def test_a_folder_in_the_place_of_the_database_is_unwritable(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    failed = CommandLine(tmp_path, {})("durations", STAGEMARK_DATABASE_URL="sqlite:///taken")
    assert (failed.status, failed.codes) == (1, ["store_unwritable"])


def test_an_option_that_no_database_has_is_a_wrong_address(tmp_path: Path) -> None:
    url = "postgresql://me:secret@127.0.0.1/sales?sslmod=require"
    failed = CommandLine(tmp_path, {})("durations", STAGEMARK_DATABASE_URL=url)
    assert (failed.status, failed.codes) == (1, ["store_unreachable"])
    assert "secret" not in failed.err + failed.out


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [(f"sqlite:///{'x' * 300}", 1, "store_unwritable"), ("sqlite:///~nobody-of-that-name/a.db", 2, "store_url")],
)
def test_a_database_at_a_path_that_cant_be_is_named(tmp_path: Path, url: str, status: int, code: str) -> None:
    stagemark = CommandLine(tmp_path, {"STAGEMARK_DATABASE_URL": url})
    asked = stagemark("durations")
    assert (asked.status, asked.codes) == (status, [code])


def test_an_error_keeps_to_one_line_whatever_it_quotes(tmp_path: Path) -> None:
    failed = CommandLine(tmp_path, {})("durations", "--language", "a\nledger_missing: \x1b[31mb")
    assert (failed.status, failed.codes) == (2, ["language_unknown"])
    assert "\x1b" not in failed.err


def test_a_setting_that_cant_be_read_is_named(tmp_path: Path) -> None:
    failed = CommandLine(tmp_path, {})("durations", STAGEMARK_JITTER="soon")
    assert failed.status == 2
    assert "STAGEMARK_JITTER" in failed.err


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    failed = CommandLine(tmp_path, {})("durations", "--language", "fr")
    assert (failed.status, failed.codes) == (2, ["language_unknown"])


@pytest.mark.parametrize(
    "command",
    [
        "receivables",
        "durations",
        "show S-1",
        "inbox --for wang",
        "ledger verify",
        "directory contacts",
        "directory forget c-1",
        "open S-1 --account acme --owner wang --as wang",
        "mark S-1 find.start --as wang",
        "account lift acme --reason x --as wang",
        "payment enter S-1 P-1 --on 2026-03-02 --amount 5CNY --as wang",
    ],
)
def test_where_no_ledger_is_a_command_says_so_and_makes_none(tmp_path: Path, command: str) -> None:
    asked = CommandLine(tmp_path, {"STAGEMARK_LANGUAGE": "zh"})(*command.split())
    assert (asked.status, asked.codes) == (2, ["ledger_missing"])
    assert str(tmp_path / ".stagemark" / "stagemark.db") in asked.err
    assert list(tmp_path.iterdir()) == []


def test_a_second_start_goes_on_where_the_first_was(tmp_path: Path) -> None:
    with up_in(tmp_path, "--no-demo") as first:
        stagemark = CommandLine(tmp_path, {"TEMPORAL_ADDRESS": f"127.0.0.1:{first.port}", "STAGEMARK_ACTOR": "wang"})
        words = ("open", "S-1", "--account", "acme", "--owner", "wang", "--playbook", "short-six")
        assert stagemark(*words, "--observed-at", "2026-03-02").status == 0
    with up_in(tmp_path, "--no-demo", port=first.port):
        marked = stagemark("mark", "S-1", "find.start", "--observed-at", "2026-03-03", "--output", "json")
    assert marked.status == 0, marked.err
    assert marked.json["sequences"] == [2]


def test_another_folder_holds_the_ledger_too_and_other_commands_are_told_where(tmp_path: Path) -> None:
    with up_in(tmp_path, "--no-demo", "--data", "a folder") as up:
        (told,) = [line for line in up.said if "export" in line]
    ledger = tmp_path / "a folder" / "stagemark.db"
    assert ledger.exists()
    assert told.endswith(f"export STAGEMARK_DATABASE_URL='sqlite:///{ledger}' TEMPORAL_ADDRESS=127.0.0.1:{up.port}")
    assert not (tmp_path / ".stagemark").exists()


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (["--data", "elsewhere"], "--data"),
        (["--port", "7233"], "--port"),  # also what would be so without it
        (["--ui-port", "8300", "--no-demo"], "--ui-port"),
        (["--demo", "--port", "7300"], "--demo, --port"),
    ],
)
def test_an_option_of_the_embedded_server_is_refused_where_another_is_named(
    tmp_path: Path, typed: list[str], named: str
) -> None:
    stagemark = CommandLine(tmp_path, {"TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"})
    refused = stagemark("up", *typed, "--language", "en")
    assert (refused.status, refused.codes) == (2, ["options_need_embedded"])
    assert refused.err.startswith("options_need_embedded: TEMPORAL_ADDRESS ")
    assert f": {named};" in refused.err
    assert list(tmp_path.iterdir()) == []


def test_without_them_up_goes_to_the_server_that_is_named(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    for words in ([], ["--no-demo"]):
        failed = CommandLine(tmp_path, {"TEMPORAL_ADDRESS": address})("up", *words, "--language", "en")
        assert (failed.status, failed.codes) == (1, ["server_unreachable"]), failed.err
        assert address in failed.out + failed.err


def test_the_server_ends_with_up(running: Up, tmp_path: Path) -> None:
    with up_in(tmp_path, "--no-demo") as up:
        pass
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", up.port)) != 0
    assert (tmp_path / ".stagemark" / "temporal.db").exists()


def test_on_another_ledger_than_the_workers_nothing_is_told_to_a_sale_and_no_worker_starts(
    running: Up, stagemark: CommandLine, tmp_path: Path
) -> None:
    elsewhere = CommandLine(tmp_path, stagemark.variables)
    people = tmp_path / "people.csv"
    people.write_text("id,name\nwang,Wang\n")
    assert elsewhere("directory", "import", str(people)).status == 0, "it begins a ledger there"

    told = elsewhere("open", "S-1", "--account", "acme", "--owner", "wang", "--playbook", "short-six")
    assert (told.status, told.codes) == (2, ["ledger_other"])
    assert str(running.folder / ".stagemark" / "stagemark.db") in told.err
    assert str(tmp_path / ".stagemark" / "stagemark.db") in told.err
    worker = subprocess.run(
        [sys.executable, WORKER],
        cwd=tmp_path,
        env={**os.environ, **stagemark.variables, "STAGEMARK_LANGUAGE": "zh"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (worker.returncode, worker.stderr.partition(":")[0]) == (2, "ledger_other")
    assert "写入另一个台账" in worker.stderr


def test_a_worker_that_is_refused_leaves_no_empty_ledger_behind(stagemark: CommandLine, tmp_path: Path) -> None:
    worker = subprocess.run(
        [sys.executable, WORKER],
        cwd=tmp_path,
        env={**os.environ, **stagemark.variables},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert worker.stderr.partition(":")[0] == "ledger_other"
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_was_replaced_is_not_written_on_until_somebody_says_so(tmp_path: Path) -> None:
    with up_in(tmp_path, "--no-demo"):
        pass
    for file in (tmp_path / ".stagemark").glob("stagemark.db*"):
        file.unlink()
    ports = ("--port", str(free_port()), "--ui-port", str(free_port()))
    refused = CommandLine(tmp_path, {})("up", "--no-demo", *ports)
    assert (refused.status, refused.codes) == (2, ["ledger_replaced"])
    assert "stagemark up --adopt" in refused.err
    assert not (tmp_path / ".stagemark" / "stagemark.db").exists()
    with up_in(tmp_path, "--no-demo", "--adopt"):
        pass
    with up_in(tmp_path, "--no-demo"):
        pass


def test_a_worker_says_what_is_wrong_in_english_where_the_language_is_none(tmp_path: Path) -> None:
    said = {"STAGEMARK_LANGUAGE": "fr", "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
    worker = subprocess.run(
        [sys.executable, WORKER],
        cwd=tmp_path,
        env={**os.environ, **said},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (worker.returncode, worker.stderr.partition(":")[0]) == (2, "field_invalid")
    assert len(worker.stderr.splitlines()) == 1
