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
    marked = stagemark("mark", "S-1", "find.start", "--observed-at", "2026-03-03", "--output", "json")
    assert marked.status == 0, marked.err
    assert marked.json["open_stages"] == ["find"]
    shown = stagemark("show", "S-1")
    assert shown.status == 0, shown.err
    assert "Find" in shown.out


def test_what_was_recorded_is_said_in_words_in_the_readers_language(stagemark: CommandLine) -> None:
    words = ("--account", "acme", "--owner", "wang", "--playbook", "short-six", "--mark", "find.start")
    assert stagemark("open", "S-12", *words, "--language", "zh").out.splitlines() == [
        "S-12：建立商机，“寻找”开始（第 1–2 号事件）。状态：进行中。",
        "进行中的阶段：寻找（find）",
    ]
    assert stagemark("record", "S-12", "-e", "fit=pumps", "--language", "zh").out.splitlines() == [
        "S-12：补充记录（第 3 号事件）。状态：进行中。",
        "进行中的阶段：寻找（find）",
    ]
    assert stagemark("mark", "S-12", "find.end").out.splitlines() == [
        "S-12: End of Find (event 4). State: open.",
        "Advised, and not there yet: How the customer was found (channel)",
    ]
    assert stagemark("lose", "S-12", "price").out.strip() == "S-12: Lost: Price too high (event 5). State: lost."


def test_a_second_opening_is_told_what_it_says_otherwise(stagemark: CommandLine) -> None:
    opened(stagemark, "S-13")
    words = ("--playbook", "short-six", "--owner", "wang", "--observed-at", "2026-03-02")
    again = stagemark("open", "S-13", *words, "--account", "acme")
    other = stagemark("open", "S-13", *words, "--account", "other", "--language", "zh")
    assert again.status == 0, again.err
    assert (other.status, other.codes) == (2, ["already_open"])
    assert "字段 account：other，而非已存的 acme" in other.err


def test_a_sale_is_opened_with_its_first_markers_in_one_step_or_not_at_all(stagemark: CommandLine) -> None:
    said = ("--playbook", "short-six", "--account", "acme", "--owner", "wang")
    refused = stagemark("open", "S-11", *said, "--mark", "find.end")
    assert (refused.status, refused.codes[0]) == (2, "marker_out_of_turn")
    assert stagemark("show", "S-11").codes == ["unknown_opportunity"]

    opened = stagemark("open", "S-11", *said, "--mark", "find.start", "--output", "json")

    assert (opened.status, opened.json["sequences"], opened.json["open_stages"]) == (0, [1, 2], ["find"]), opened.err


def test_an_opening_can_be_asked_about_before_it_is_made(stagemark: CommandLine) -> None:
    said = ("open", "S-15", "--playbook", "short-six", "--account", "acme", "--owner", "wang")
    early = (*said, "--mark", "find.end")
    asked, refused = stagemark(*early, "--why-not"), stagemark(*early)
    assert (asked.status, asked.out, asked.err) == (refused.status, refused.out, refused.err)
    assert "marker_out_of_turn" in asked.codes
    assert stagemark(*said, "--why-not").out.strip() == "Nothing stands in the way."
    assert stagemark("show", "S-15").codes == ["unknown_opportunity"]
    assert stagemark(*said).status == 0
    again = stagemark(*said, "--why-not", "--title", "Pumps")
    assert (again.status, again.codes) == (2, ["already_open"])


def test_a_repeated_key_gets_the_first_answer_and_other_content_is_refused(stagemark: CommandLine) -> None:
    opened(stagemark, "S-2")
    said = ("mark", "S-2", "find.start", "--observed-at", "2026-03-03", "--key", "once", "--output", "json")
    first = stagemark(*said)
    again = stagemark(*said)
    other = stagemark("mark", "S-2", "find.start", "--observed-at", "2026-03-04", "--key", "once")
    assert first.status == 0, first.err
    assert first.json == again.json
    assert (other.status, other.codes) == (2, ["key_reused"])


def test_a_refusal_names_its_code_and_speaks_the_users_language(stagemark: CommandLine) -> None:
    opened(stagemark, "S-3")
    refused = stagemark("mark", "S-3", "find.end", "--language", "zh")
    assert refused.status == 2
    assert refused.codes[0] == "marker_out_of_turn"
    assert "“寻找（find）”的结束标志顺序不对" in refused.err
    assert refused.out == ""


def test_why_not_says_the_same_and_records_nothing(stagemark: CommandLine) -> None:
    opened(stagemark, "S-4")
    asked = stagemark("mark", "S-4", "find.end", "--why-not")
    refused = stagemark("mark", "S-4", "find.end")
    assert asked.status == refused.status == 2
    assert asked.err == refused.err
    allowed = stagemark("mark", "S-4", "find.start", "--why-not")
    assert (allowed.status, allowed.out.strip()) == (0, "Nothing stands in the way.")
    assert stagemark("mark", "S-4", "find.start", "--why-not", "--output", "json").json == {}
    assert stagemark("mark", "S-4", "find.start").status == 0


def test_nobody_works_on_a_sale_too_once_that_is_said(stagemark: CommandLine) -> None:
    opened(stagemark, "S-7")
    for words in (("--collaborator", "li"), ("--no-collaborators",)):
        assert stagemark("change", "S-7", *words).status == 0
    assert stagemark("show", "S-7", "--output", "json").json["collaborators"] == []
    assert "collaborators: —" in stagemark("show", "S-7").out


def test_a_sale_has_no_segment_once_that_is_said(stagemark: CommandLine) -> None:
    opened(stagemark, "S-8")
    for words in (("--segment", "retail"), ("--no-segment",)):
        assert stagemark("change", "S-8", *words).status == 0
    assert stagemark("show", "S-8", "--output", "json").json["segment"] is None
    assert "no segment" in stagemark("show", "S-8").out
    assert "取消细分市场" in stagemark("show", "S-8", "--language", "zh").out


def test_a_migration_can_be_asked_about_before_it_is_made(stagemark: CommandLine) -> None:
    opened(stagemark, "S-6")
    assert stagemark("mark", "S-6", "find.start").status == 0  # today, so that nothing falls due meanwhile
    moving = ("migrate", "S-6", "retail-six", "--reason", "another way")
    asked, refused = stagemark(*moving, "--why-not"), stagemark(*moving)
    assert (asked.status, asked.codes) == (refused.status, refused.codes) == (2, ["migration_orphans"])
    fitting = ("migrate", "S-6", "bank-six", "--reason", "another way")
    assert stagemark(*fitting, "--why-not").out.strip() == "Nothing stands in the way."
    assert stagemark(*fitting, "--output", "json").json["sequences"] == [3]


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
    assert stagemark("mark", "S-5", "find.start").status == 0  # today, so that nothing falls due meanwhile
    lost = stagemark("lose", "S-5", "unknown-reason")
    assert lost.codes == ["unknown_reason"]
    assert "it has Price too high (price)" in lost.err
    assert stagemark("lose", "S-5", "price", "--output", "json").json["life"] == "lost"
    again = stagemark("reopen", "S-5", "--reason", "the budget is back", "--output", "json")
    assert again.status == 0, again.err
    assert (again.json["life"], again.json["open_stages"], again.json["sequences"]) == ("open", ["find"], [4])
