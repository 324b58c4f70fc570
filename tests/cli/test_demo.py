"""The first start, as a newcomer sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, start_up


@pytest.mark.timeout(420)  # a year of sales and eight months of virtual time, on a machine with other work
def test_the_first_start_plays_the_demo_shows_the_durations_and_the_second_goes_on(tmp_path: Path) -> None:
    first = start_up(tmp_path)
    said = "\n".join(first.said)
    assert "100/100" in said
    assert "Durations by stage · sales: 100" in said
    assert f"127.0.0.1:{first.port}" in said
    assert f"http://127.0.0.1:{first.ui_port}" in said

    own = CommandLine(
        tmp_path, {"STAGEMARK_DATABASE_URL": "sqlite:///.stagemark/demo.db", "TEMPORAL_NAMESPACE": "stagemark-demo"}
    )
    months = own("show", "eight-months", "--output", "json")
    assert months.status == 0, months.err
    assert months.json["life"] == "collected"
    digests = own("inbox", "--for", "p03", "--output", "json").json["digests"]
    assert len(digests) >= 3
    audit = CommandLine(tmp_path, {"TEMPORAL_ADDRESS": f"127.0.0.1:{first.port}"})("ledger", "audit")
    assert audit.status == 0, audit.out + audit.err
    assert first.stop() == 0

    second = start_up(tmp_path, "--language", "zh")
    assert any("演示数据已存在" in line for line in second.said)
    assert any("商机：100 个" in line for line in second.said)
    assert second.stop() == 0


def test_the_demo_wants_the_embedded_server(tmp_path: Path) -> None:
    refused = CommandLine(tmp_path, {"TEMPORAL_ADDRESS": "127.0.0.1:1"})("demo")
    assert (refused.status, refused.codes) == (2, ["demo_needs_embedded"])
