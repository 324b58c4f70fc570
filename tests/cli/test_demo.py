"""The first start, as a newcomer sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stagemark.demo.look import LOOK, LOOK_IN_VIRTUAL_TIME
from stagemark.demo.stories import STORIES
from tests.cli.conftest import CommandLine, up_in

SEEN = {
    "receivables": "after-legal", "briefing": "after-cross-sell", "account": "8,800", "prompt": "after-held-1",
    "referral": "-next", "inbox": "second", "follow-up": "thanks",
}  # fmt: skip
"""Of what each command is to speak."""


@pytest.mark.timeout(420)  # a year of sales and eight months of virtual time, on a machine with other work
def test_the_first_start_plays_the_demo_shows_the_durations_and_the_second_goes_on(tmp_path: Path) -> None:
    with up_in(tmp_path) as first:
        said = "\n".join(first.said)
        assert "100/100" in said
        assert f"{len(STORIES)}/{len(STORIES)}" in said
        assert "Durations by stage · sales: 115" in said  # the year's, the stories', and two that these have led to
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
        here = {"TEMPORAL_ADDRESS": f"127.0.0.1:{first.port}"}
        for commands, ledger in ((LOOK, CommandLine(tmp_path, here)), (LOOK_IN_VIRTUAL_TIME, own)):
            for command, _ in commands:
                assert f"stagemark {command}" in said
                shown = ledger(*command.split(), **here)
                assert shown.status == 0, (command, shown.err)
                assert SEEN[command.split()[0]] in shown.out, command
        in_two_months = str(datetime.now(UTC).date() + timedelta(days=60))  # which the virtual time has left behind
        assert own("show", "eight-months", "--as-of", in_two_months).status == 0
        assert CommandLine(tmp_path, here)("durations", "--as-of", in_two_months).codes == ["day_in_future"]
        for ledger in (CommandLine(tmp_path, here), CommandLine(tmp_path, {**own.variables, **here})):
            audit = ledger("ledger", "audit")
            assert audit.status == 0, audit.out + audit.err

    with up_in(tmp_path, "--language", "zh") as second:
        pass
    assert any("演示数据已存在" in line for line in second.said)
    assert any("商机：115 个" in line for line in second.said)


def test_the_demo_wants_the_embedded_server(tmp_path: Path) -> None:
    refused = CommandLine(tmp_path, {"TEMPORAL_ADDRESS": "127.0.0.1:1"})("demo")
    assert (refused.status, refused.codes) == (2, ["demo_needs_embedded"])
