"""Going on by another playbook: by an explicit mapping, and only if the sale stands as it stood (design.md §5)."""

from datetime import timedelta
from typing import Any

from stagemark.domain import commands as c
from stagemark.domain.commands import Given
from stagemark.domain.opportunity import fold, playbook_of
from stagemark.domain.playbook import Playbook
from tests.playing import RENAMED, Sale, labelled, next_version, three_stages
from tests.unit.test_decide import ALL, mark, opened

NEW = next_version()
NAMES = {"note": "remark"}


def migration(to: Playbook = NEW, **changes: Any) -> c.Migrate:
    said = {"to": to.ref(), "compiled": to, "stages": RENAMED, "evidence": NAMES, "reason": "new version"}
    return c.Migrate(**{**said, **changes})


def migrated(*done: str) -> Sale:
    sale = opened(*done)
    sale.tell(migration())
    sale.playbook = NEW
    return sale


def test_a_sale_goes_on_by_the_names_of_the_new_playbook() -> None:
    sale = migrated("find.start", "find.end", "win.start")
    assert sale.state.stages == {"before": "waiting", "seek": "ended", "gain": "begun", "hold": "waiting"}
    assert ("remark", None) in sale.state.evidence
    sale.tell(mark(sale, "gain", "end"))
    assert playbook_of(sale.state.events) == NEW.ref()
    assert fold("sale", sale.state.events, NEW) == sale.state


def test_the_event_keeps_the_name_of_the_playbook_not_its_content() -> None:
    event = migrated().state.events[-1]
    assert "compiled" not in event.model_dump_json(exclude_unset=True)


def test_what_has_no_place_in_the_new_playbook_is_named() -> None:
    sale = opened("find.start", "find.end")
    problems = sale.problems(migration(stages={}, evidence={}))
    said = [(problem.params["what"], problem.params["ids"]) for problem in problems]
    assert said == [("stage", ["find"]), ("evidence", ["note"])]


def test_evidence_that_a_fall_back_took_away_is_an_orphan_too() -> None:
    sale = opened("find.start", "find.end")
    sale.tell(c.FallBack(stage="find", reason="x"))
    assert ("note", None) not in sale.state.evidence
    assert sale.refused(migration(evidence={})) == ["migration_orphans"]


def test_two_stages_of_a_sale_cannot_become_one() -> None:
    sale = opened("find.start", "win.start")
    assert merged(sale, stages={"find": "seek", "win": "seek"}) == [("stage", ["find", "win"], "seek")]


def merged(sale: Sale, **changes: Any) -> list[tuple[str, list[str], str]]:
    problems = sale.problems(migration(**changes))
    assert {problem.code for problem in problems} == {"migration_merges"}
    return [(problem.params["what"], problem.params["ids"], problem.params["to"]) for problem in problems]


def with_texts(*names: str, **changes: Any) -> Playbook:
    """The three stages, with a piece of text for each name that no marker asks for."""
    evidence = three_stages().model_dump(mode="json", exclude_defaults=True)["evidence"]
    return three_stages(evidence=[*evidence, *(labelled(name, type="text") for name in names)], **changes)


def noted(*names: str, playbook: Playbook) -> Sale:
    sale = Sale(playbook)
    sale.open()
    for name in names:
        sale.tell(c.Record(evidence=(Given(evidence=name, value=name),)))
    return sale


def test_two_pieces_of_evidence_cannot_become_one() -> None:
    old, new = with_texts("price", "rival"), with_texts("market", version="2")
    sale = noted("price", "rival", playbook=old)
    as_one = {"price": "market", "rival": "market"}
    assert merged(sale, to=new, stages={}, evidence=as_one) == [("evidence", ["price", "rival"], "market")]


def test_evidence_cannot_take_the_name_that_another_piece_keeps() -> None:
    old, new = with_texts("price", "rival"), with_texts("rival", version="2")
    sale = noted("price", "rival", playbook=old)
    said = merged(sale, to=new, stages={}, evidence={"price": "rival"})
    assert said == [("evidence", ["price", "rival"], "rival")]


def test_evidence_may_take_the_name_of_a_piece_that_the_sale_never_had_and_two_may_change_names() -> None:
    old, new = with_texts("price", "rival"), with_texts("price", "rival", version="2")
    sale = noted("price", playbook=old)
    sale.tell(migration(to=new, stages={}, evidence={"price": "rival"}))
    assert sale.state.evidence["rival", None].value == "price"
    sale = noted("price", "rival", playbook=old)
    sale.tell(migration(to=new, stages={}, evidence={"price": "rival", "rival": "price"}))
    assert [sale.state.evidence[name, None].value for name in ("price", "rival")] == ["rival", "price"]


def misread(sale: Sale, **changes: Any) -> list[tuple[str, str]]:
    problems = sale.problems(migration(**changes))
    assert {problem.code for problem in problems} == {"migration_type"}
    return [(problem.params["evidence"], problem.params["to"]) for problem in problems]


def test_evidence_cannot_become_evidence_of_another_type() -> None:
    sale = noted("note", playbook=three_stages())
    assert misread(sale, evidence={"note": "budget"}) == [("note", "budget")]


def test_evidence_of_a_sale_cannot_become_that_of_a_person() -> None:
    of_people = labelled("market", type="text", about_person=True)
    evidence = three_stages().model_dump(mode="json", exclude_defaults=True)["evidence"]
    new = three_stages(evidence=[*evidence, of_people], version="2")
    sale = noted("price", playbook=with_texts("price"))
    assert misread(sale, to=new, stages={}, evidence={"price": "market"}) == [("price", "market")]


def test_a_mapping_of_what_is_not_there_is_refused() -> None:
    sale = opened()
    assert sale.refused(migration(stages={"fnid": "seek"}, evidence={"nota": "remark"})) == [
        "unknown_stage", "unknown_evidence",
    ]  # fmt: skip


def test_the_playbook_must_be_there_and_be_another() -> None:
    sale = opened()
    assert sale.refused(migration(compiled=None)) == ["migration_playbook"]
    assert sale.refused(migration(to=NEW, compiled=three_stages())) == ["migration_playbook"]
    assert sale.refused(migration(to=three_stages(), stages={}, evidence={})) == ["nothing_to_do"]


def test_a_migration_comes_alone_so_that_it_excuses_nothing() -> None:
    sale = opened("find.start")
    assert sale.refused(mark(sale, "find", "end", proven=False), migration()) == ["migrate_alone"]


def test_a_migration_that_would_open_an_ended_sale_again_is_refused() -> None:
    sale = opened(*ALL)
    assert sale.state.life == "collected"
    assert "migration_changes" in sale.refused(migration())


def test_what_was_proved_by_the_old_playbook_is_not_judged_by_the_new_one() -> None:
    stages = three_stages().model_dump(mode="json", exclude_defaults=True)["stages"]
    stages[0]["end"]["evidence"] = [{"evidence": "budget"}]
    stricter = three_stages(stages=stages, version="2")
    sale = opened("find.start")
    sale.tell(c.Mark(stage="find", edge="end", evidence=(Given(evidence="note", value="x"),)))
    sale.tell(migration(to=stricter, stages={}, evidence={}))
    sale.playbook = stricter
    sale.tell(c.FallBack(stage="find", reason="needs changed"))
    assert sale.refused(c.Mark(stage="find", edge="end")) == ["evidence_missing"], "from here on it is"


def test_a_stage_may_have_been_skipped_though_the_new_playbook_allows_it_no_more() -> None:
    stages = three_stages().model_dump(mode="json", exclude_defaults=True)["stages"]
    stages[0]["skippable"] = False
    strict = three_stages(stages=stages, version="2")
    sale = opened()
    sale.tell(c.Skip(stage="find", reason="repeat deal"))
    sale.tell(migration(to=strict, stages={}, evidence={}))
    assert sale.state.stages["find"] == "skipped"


def test_an_event_from_before_is_corrected_in_the_words_of_today() -> None:
    sale = migrated("find.start", "win.start")
    sale.now += timedelta(days=1)
    end = sale.tell(mark(sale, "seek", "end"))[0]
    sale.tell(c.Correct(event=2, observed_at=sale.state.events[0].observed_at, reason="misread"))
    assert sale.refused(c.Correct(event=2, changes={"stage": "find"}, reason="x")) == ["unknown_stage"]
    sale.tell(c.Void(event=end.sequence, reason="x"))
    sale.tell(c.Void(event=3, reason="x"))
    sale.tell(c.Correct(event=2, changes={"stage": "before"}, reason="it was the new first stage"))
    assert sale.state.open_stages == ["before"]
    assert fold("sale", sale.state.events, NEW) == sale.state


def test_an_event_that_is_out_of_turn_stays_unlawful_after_a_migration() -> None:
    sale = migrated("find.start", "find.end")
    assert sale.refused(c.Void(event=2, reason="x")) == ["contradicts"]


def test_what_was_void_before_a_migration_returns_only_if_it_has_a_place() -> None:
    sale = opened()
    sale.tell(c.Skip(stage="win", reason="x"))
    (voiding,) = sale.tell(c.Void(event=2, reason="x"))
    stages = three_stages().model_dump(mode="json", exclude_defaults=True)["stages"]
    short = three_stages(stages=[stages[0]], version="2")
    sale.tell(migration(to=short, stages={}, evidence={}))
    assert sale.refused(c.Void(event=voiding.sequence, reason="x")) == ["unknown_stage"]


def test_a_mapping_of_evidence_that_is_not_there_is_told_the_nearest_and_the_playbook_that_has_all() -> None:
    many = with_texts(*(f"text-{number}" for number in range(20)))
    (wrong,) = Sale.problems(noted(playbook=many), migration(stages={}, evidence={"text-7x": "note"}))
    assert (wrong.code, wrong.params["known"][0]) == ("unknown_evidence", "text-7")
    assert len(wrong.params["known"]) <= 6
    assert all("{" not in wrong.text(language) for language in ("en", "zh"))
