"""One sale, from the command line, on a real server."""

from __future__ import annotations

from tests.cli.conftest import CommandLine


def opened(stagemark: CommandLine, sale: str) -> None:
    done = stagemark(
        "open", sale, "--playbook", "short-six", "--account", "acme", "--owner", "wang", "--observed-at", "2026-03-02"
    )
    assert done.status == 0, done.err


def test_a_marker_is_recorded_and_shown(stagemark: CommandLine) -> None:
    opened(stagemark, "S-1")
    stages = stagemark("playbook", "show", "short-six", "--language", "en").out
    assert "find" in stages
    marked = stagemark("mark", "S-1", "find.start", "--observed-at", "2026-03-03")
    assert marked.status == 0, marked.err
    assert marked.json["open_stages"] == ["find"]
    shown = stagemark("show", "S-1")
    assert shown.status == 0, shown.err
    assert "Find" in shown.out


def test_a_repeated_key_gets_the_first_answer_and_other_content_is_refused(stagemark: CommandLine) -> None:
    opened(stagemark, "S-2")
    first = stagemark("mark", "S-2", "find.start", "--observed-at", "2026-03-03", "--key", "once")
    again = stagemark("mark", "S-2", "find.start", "--observed-at", "2026-03-03", "--key", "once")
    other = stagemark("mark", "S-2", "find.start", "--observed-at", "2026-03-04", "--key", "once")
    assert first.status == 0, first.err
    assert first.json == again.json
    assert (other.status, other.codes) == (2, ["key_reused"])


def test_a_refusal_names_its_code_and_speaks_the_users_language(stagemark: CommandLine) -> None:
    opened(stagemark, "S-3")
    refused = stagemark("mark", "S-3", "find.end", "--language", "zh")
    assert refused.status == 2
    assert refused.codes[0] == "marker_out_of_turn"
    assert "顺序不对" in refused.err
    assert refused.out == ""


def test_why_not_says_the_same_and_records_nothing(stagemark: CommandLine) -> None:
    opened(stagemark, "S-4")
    asked = stagemark("mark", "S-4", "find.end", "--why-not")
    refused = stagemark("mark", "S-4", "find.end")
    assert asked.status == refused.status == 2
    assert asked.err == refused.err
    allowed = stagemark("mark", "S-4", "find.start", "--why-not")
    assert (allowed.status, allowed.json) == (0, {})
    assert stagemark("mark", "S-4", "find.start").status == 0


def test_what_was_typed_wrong_is_said_before_anything_is_sent(stagemark: CommandLine) -> None:
    assert stagemark("mark", "S-9", "find", "--as", "wang").codes == ["marker_unreadable"]
    assert stagemark("mark", "S-9", "find.start", "-e", "nothing").codes == ["evidence_unreadable"]
    assert stagemark("mark", "S-9", "find.start", "--observed-at", "2026-03-05T10:00").codes == ["moment_no_zone"]
    assert stagemark("mark", "S-9", "find.start", "--observed-at", "yesterday").codes == ["moment_malformed"]
    assert stagemark("wait", "S-9", "weather").status == 2
    assert stagemark("open", "S-9", "--account", "a", "--owner", "o", "--value", "12XXQ").codes == ["currency_unknown"]
    assert stagemark("open", "S-9", "--account", "a", "--owner", "o", "--playbook", "none").status == 2


def test_an_unknown_sale_is_the_callers_mistake(stagemark: CommandLine) -> None:
    unknown = stagemark("mark", "S-none", "find.start")
    assert (unknown.status, unknown.codes) == (2, ["unknown_opportunity"])


def test_a_lost_sale_goes_on_with_its_one_life(stagemark: CommandLine) -> None:
    opened(stagemark, "S-5")
    assert stagemark("mark", "S-5", "find.start", "--observed-at", "2026-03-03").status == 0
    lost = stagemark("lose", "S-5", "unknown-reason")
    assert lost.codes == ["unknown_reason"]
    reason = lost.err.split("it has ")[1].split(",")[0].strip()
    assert stagemark("lose", "S-5", reason).json["life"] == "lost"
    again = stagemark("reopen", "S-5", "--reason", "the budget is back")
    assert again.status == 0, again.err
    assert (again.json["life"], again.json["open_stages"], again.json["sequences"]) == ("open", ["find"], [4])
