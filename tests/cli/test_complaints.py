"""A complaint from the command line, on a real server: raised, taken through its steps, closed, opened again."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from stagemark import bootstrap
from stagemark.clients.complaint import Complaints
from stagemark.domain.complaint.policy import StepId
from stagemark.settings import Settings
from tests.cli.conftest import CommandLine, Up


def customer(stagemark: CommandLine, account: str) -> None:
    described = stagemark("account", "describe", account, "--title", "A customer")
    assert described.status == 0, described.err


def done(stagemark: CommandLine, *words: str, **variables: str) -> str:
    answer = stagemark("complaint", *words, **variables)
    assert answer.status == 0, answer.err
    return answer.out


def test_a_complaint_is_closed_after_its_steps_and_opened_again(stagemark: CommandLine, running: Up) -> None:
    customer(stagemark, "plaintiff-acme")
    done(
        stagemark,
        "raise",
        "C-1",
        "--account",
        "plaintiff-acme",
        "--text",
        "Two cameras are dead.",
        "--title",
        "Cameras",
    )
    asyncio.run(steps(running, "C-1", "listen", "apologise", "collect"))
    done(stagemark, "propose", "C-1", "--text", "We repair them.")
    early = stagemark("complaint", "close", "C-1", "--language", "zh")
    assert (early.status, early.codes) == (2, ["complaint_not_done"])
    assert "下一步：“ask（征求意见）”" in early.err
    done(stagemark, "view", "C-1", "--accepted", "--text", "Fine.")
    asyncio.run(steps(running, "C-1", "follow_up"))
    done(stagemark, "close", "C-1", "--text", "Settled.")
    done(stagemark, "reopen", "C-1", "--reason", "It came back.")
    told = eventually(stagemark, "C-1", "open_again")
    assert [told["told"][0]["kind"], *(one["kind"] for one in told["told"][-2:])] == ["raise", "close", "open_again"]
    assert (told["owner"], told["life"], told["step"]) == ("wang", "open", "listen")


async def steps(up: Up, complaint: str, *taken: StepId) -> None:
    """Take steps by the client: each start of the command line takes longer than all of them."""
    settings = Settings(database_url=f"sqlite:///{up.folder / '.stagemark' / 'stagemark.db'}")
    async with bootstrap.engine(settings, target_host=f"127.0.0.1:{up.port}") as parts:
        complaints = Complaints(parts.neighbours(await parts.connect()))
        for step in taken:
            await complaints.step(complaint, step, "so", actor="wang")


def test_a_complaint_is_shown_in_words_and_a_step_out_of_turn_is_refused(stagemark: CommandLine) -> None:
    customer(stagemark, "plaintiff-beta")
    raised = done(stagemark, "raise", "C-2", "--account", "plaintiff-beta", "--text", "Late.", "--owner", "li")
    assert raised.startswith("C-2: recorded (entry 1")
    out = stagemark("complaint", "step", "C-2", "collect", "--text", "so")
    assert (out.status, out.codes) == (2, ["complaint_step_out_of_turn"])
    assert "it is the turn of “listen (let them vent)”" in out.err
    done(stagemark, "hand-over", "C-2", "--to", "wang")
    eventually(stagemark, "C-2", "hand_over")
    words = done(stagemark, "show", "C-2", "--language", "zh")
    assert words.startswith("C-2 · plaintiff-beta · ")
    assert "下一步：listen（让客户发泄）" in words
    assert "让客户发泄" in done(stagemark, "list", "--account", "plaintiff-beta", "--language", "zh", COLUMNS="160")


def test_what_is_not_there_or_has_no_steps_of_its_own_is_refused(stagemark: CommandLine) -> None:
    assert stagemark("complaint", "show", "none").codes == ["complaint_unknown"]
    assert stagemark("complaint", "step", "none", "listen", "--text", "so").codes == ["complaint_unknown"]
    unknown = stagemark("complaint", "raise", "C-3", "--account", "plaintiff-gamma", "--text", "Late.")
    assert (unknown.status, unknown.codes) == (2, ["account_unknown"])
    customer(stagemark, "plaintiff-gamma")
    done(stagemark, "raise", "C-3", "--account", "plaintiff-gamma", "--text", "Late.")
    answered = stagemark("answer", "complaint:C-3", "99", "done", "--text", "so", "--language", "zh")
    assert (answered.status, answered.codes[0]) == (2, "task_unknown")
    assert stagemark("answer", "complaint:C-3", "99", "done", "--text", "so", "--why-not").status == 2


def eventually(stagemark: CommandLine, complaint: str, kind: str) -> dict[str, Any]:
    """The complaint, once the tables tell of that."""
    while True:
        shown = json.loads(done(stagemark, "show", complaint, "--output", "json"))
        if shown["told"][-1]["kind"] == kind:
            return dict(shown)
