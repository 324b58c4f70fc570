"""One sale from its opening to now."""

import io
import json
from datetime import timedelta

from rich.console import Console

from stagemark.domain import commands as c
from stagemark.domain.commands import Given
from stagemark.domain.moments import Moment
from stagemark.reports.telling import timeline_json, timeline_tables
from stagemark.reports.texts import TEXTS, Words
from stagemark.reports.timeline import Timeline, timeline
from stagemark.texts.language import Language
from tests.playing import at
from tests.reports.sales import CALENDAR, PLAYBOOK, ZONE, Told, march, on
from tests.unit.test_decide import opened
from tests.unit.test_migration import migration

DAY = timedelta(days=1)


def timed(told: Told, as_of: int = 100) -> Timeline:
    clocks = on(as_of=as_of)
    state = told.seen(clocks)
    assert state is not None
    return timeline(state, CALENDAR, clocks.valid(ZONE))


def printed(told: Timeline, language: Language = "en") -> str:
    out = io.StringIO()
    words = Words(language, {"plain": PLAYBOOK}, {"an": "安娜", "p1": "Mr P"})
    Console(file=out, width=200).print(timeline_tables(told, words, 200))
    return out.getvalue()


def test_events_stand_in_the_order_in_which_they_happened() -> None:
    told = Told().begin("find", 5).tell(c.Record(note="called"), 3, recorded=8)
    entries = timed(told).entries
    assert [(e.sequence, e.kind, e.late) for e in entries] == [
        (1, "open", False),
        (3, "record", True),
        (2, "mark", False),
    ]


def test_what_was_voided_is_shown_where_it_stood_with_the_reason() -> None:
    told = Told().begin("find", 3).end("find", 6).tell(c.Void(event=3, reason="wrong sale"), None, recorded=9)
    timeline_ = timed(told)
    voided = next(e for e in timeline_.entries if e.sequence == 3)
    assert voided.void is not None
    assert (voided.void.reason, voided.void.event) == ("wrong sale", 4)
    assert timeline_.stays[0].left is None
    assert "void: wrong sale (安娜)" in printed(timeline_)


def test_what_was_voided_and_then_restored_is_not_void() -> None:
    told = Told().begin("find", 3).tell(c.Void(event=2, reason="wrong sale"), None, recorded=9)
    told.tell(c.Void(event=3, reason="it was right"), None, recorded=10)
    entries = {e.sequence: e for e in timed(told).entries}
    assert entries[2].void is None
    assert entries[3].void is not None


def test_a_corrected_event_shows_what_it_said_before_and_why() -> None:
    told = Told().begin("find", 3).end("find", 6)
    told.tell(c.Correct(event=3, observed_at=Moment.on(march(9)), reason="misread"), None, recorded=15)
    entry = next(e for e in timed(told).entries if e.sequence == 3)
    assert (entry.observed_at, entry.was and entry.was["observed_at"]) == ("2026-03-09", "2026-03-06")
    assert [one.reason for one in entry.corrected] == ["misread"]
    assert "corrected: misread (安娜); was 2026-03-06" in printed(timed(told))


def test_overrides_are_named_with_who_and_why() -> None:
    told = timed(Told().begin("find", 3).end("find", 6, override=True))
    assert [(event, given.override and given.override.by) for event, given in told.overridden] == [(3, "boss")]
    assert "Proof: overridden by boss: seen by eye" in printed(told)


def test_visits_gaps_pauses_and_the_whole_time_are_told() -> None:
    told = Told().begin("find", 2).tell(c.Suspend(reason="holiday", look_again=march(9)), 4)
    told.tell(c.Resume(), 7).end("find", 10).begin("talk", 12)
    found = timed(told, as_of=14)
    find, talk = found.stays
    assert (find.elapsed, find.paused, find.before) == (5 * DAY, 3 * DAY, DAY)
    assert talk.before == 2 * DAY
    assert [gap.elapsed for gap in found.gaps] == [DAY, 2 * DAY]
    assert found.whole.paused == 3 * DAY
    assert "no stage open for 2.0 d" in printed(found)


def test_owners_are_shown_with_their_part_of_the_visit() -> None:
    (find,) = timed(Told().begin("find", 2).tell(c.Change(owner="bo"), 8).end("find", 12)).stays
    assert find.owners == {"an": 6 * DAY, "bo": 4 * DAY}


def test_what_is_due_and_what_is_missing_is_told() -> None:
    told = timed(Told().begin("find", 2), as_of=3)
    assert [(due.trigger, due.stage) for due in told.due] == [("late", "find")]
    assert {(m.stage, m.edge): [p.code for p in m.problems] for m in told.missing} == {
        ("find", "end"): ["evidence_missing"],
        ("talk", "start"): [],
    }
    shown = printed(told)
    assert "Stage takes long, first: tells owner" in shown
    assert "the end marker of stage Find (find) requires evidence Proof (proof)" in shown


def test_a_sale_that_has_ended_has_nothing_due_or_missing() -> None:
    told = timed(Told().begin("find", 2).tell(c.Lose(reason="price"), 5))
    assert (told.due, told.missing, told.life) == ((), (), "lost")
    assert "Lost: Price" in printed(told)


def test_as_of_a_day_later_events_are_not_there() -> None:
    told = timed(Told().begin("find", 2).end("find", 6), as_of=4)
    assert [e.kind for e in told.entries] == ["open", "mark"]


def test_an_unknown_date_is_said_to_be_unknown_and_not_guessed() -> None:
    told = timed(Told().begin("find", None))
    assert told.stays[0].elapsed is None
    assert not told.whole.exact
    assert "date unknown" in printed(told)
    assert "not known: some dates are unknown" in printed(told)


def test_evidence_is_told_with_the_labels_of_the_playbook() -> None:
    level = Given(evidence="level", person="p1", value="low")
    told = timed(Told().begin("find", 2).tell(c.Record(evidence=(level,), note="at the fair"), 3))
    assert "Relation (Mr P): Acquaintance" in printed(told)
    chinese = printed(told, "zh")
    assert "关系（Mr P）：认识" in chinese
    assert "“寻找”开始" in chinese


def test_every_kind_of_event_can_be_told_in_both_languages() -> None:
    told = Told().begin("find", 2).tell(c.Wait(on="customer"), 3).tell(c.Wait(on=None), 4)
    told.tell(c.Nurture(reason="no budget", look_again=march(20)), 5).tell(c.ComeBack(), 20)
    told.tell(c.Suspend(reason="fair", look_again=march(24)), 21).tell(c.Resume(), 22).end("find", 23)
    told.tell(c.Skip(stage="talk", reason="repeat"), 23).begin("sign", 24)
    told.tell(c.FallBack(stage="find", reason="new needs"), 25).tell(c.Change(owner="bo", segment="north"), 26)
    told.tell(c.Lose(reason="price", note="too dear"), 27).tell(c.Reopen(reason="they called"), 28)
    told.tell(c.Void(event=3, reason="no"), None, recorded=29)
    for language in ("en", "zh"):
        shown = printed(timed(told), language)
        assert "{" not in shown
        assert "kind_" not in shown


def test_json_has_everything_with_lengths_in_seconds_and_iso_8601() -> None:
    told = json.loads(timeline_json(timed(Told().begin("find", 2).end("find", 6))))
    assert told["stays"][0]["elapsed"] == {"seconds": 4 * 86400, "iso8601": "PT96H0M0S"}
    assert told["whole"]["exact"] is True
    assert told["entries"][1]["fact"]["stage"] == "find"


def test_every_text_has_the_same_names_in_both_languages() -> None:
    from string import Formatter

    for text, (english, chinese) in TEXTS.items():
        names = [{name for _, name, _, _ in Formatter().parse(one) if name} for one in (english, chinese)]
        assert names[0] == names[1], text


def test_what_a_later_migration_only_renamed_is_not_told_as_altered_by_an_earlier_correction() -> None:
    sale = opened("find.start", "find.end", when="2026-02-01")
    ending = sale.state.sequence
    sale.tell(c.Correct(event=ending - 1, observed_at=at("2026-02-10"), reason="misread"))
    sale.tell(c.Correct(event=ending, observed_at=at("2026-02-20"), reason="misread"))
    sale.tell(migration())
    entry = next(e for e in timeline(sale.state, None, sale.now).entries if e.sequence == ending)
    assert entry.was is not None
    assert entry.was["stage"] == "seek"
    assert {name: value for name, value in entry.was.items() if value != entry.fact.get(name)}.keys() == {"observed_at"}
