"""The reports out of the tables equal those folded anew from the ledger."""

from pathlib import Path

import pytest

from stagemark import bootstrap
from stagemark.cli import reports
from stagemark.domain import commands as c
from stagemark.domain.moments import Moment
from stagemark.errors import Unavailable
from stagemark.reports.durations import By, durations
from tests.reports.sales import CALENDAR, PLAYBOOK, Told, march, on

GROUPS: tuple[By | None, ...] = (None, "owner", "team", "segment", "playbook", "month")


def sales() -> list[Told]:
    again = Told("again", owner="bo", on=2).begin("find", 3).begin("talk", 5).tell(c.Lose(reason="price"), 9)
    again.tell(c.Reopen(reason="they called"), 15).end("find", 20)
    back = Told("back").begin("find", 2).end("find", 6).begin("talk", 6).end("talk", 9).begin("sign", 12)
    back.tell(c.FallBack(stage="talk", reason="new needs"), 16)
    rested = Told("rested", segment="north").begin("find", 2).tell(c.Wait(on="customer"), 3)
    rested.tell(c.Nurture(reason="no budget", look_again=march(20)), 5).tell(c.ComeBack(), 20)
    rested.tell(c.Suspend(reason="fair", look_again=march(30)), 22).tell(c.Resume(), 28)
    unknown = Told("unknown").begin("find", None).end("find", 12).begin("talk", 12)
    amended = Told("amended").begin("find", 2).end("find", 6).begin("talk", 8)
    amended.tell(c.Correct(event=3, observed_at=Moment.on(march(7)), reason="misread"), None, recorded=15)
    amended.tell(c.Void(event=4, reason="wrong sale"), None, recorded=16)
    untimed = Told("untimed").begin("find", 2).end("find", 6, override=True)
    untimed.tell(c.Skip(stage="talk", reason="repeat order"), 9).tell(c.Change(owner="bo", segment="south"), 11)
    return [again, back, rested, unknown, amended, untimed, Told("late", on=18)]


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGEMARK_DATABASE_URL", f"sqlite:///{tmp_path / 'stagemark.db'}")


async def test_they_are_equal_on_every_day_and_by_every_group(where: None) -> None:
    async with bootstrap.engine() as parts:
        await parts.ledger.keep_playbook(PLAYBOOK)
        await parts.ledger.append_many({told.state.opportunity: told.state.events for told in sales()})
        for day in range(1, 41):
            clocks = on(as_of=day)
            read = (await reports._read_all(parts, clocks)).states
            folded = (await reports._read(parts, clocks)).states
            assert [state.opportunity for state in read] == sorted(state.opportunity for state in folded)
            for by in GROUPS:
                told = [durations(them, {"cn": CALENDAR}, clocks, by=by, teams={"an": "x"}) for them in (read, folded)]
                assert told[0] == told[1], (day, by)


async def test_most_sales_need_no_folding(where: None) -> None:
    async with bootstrap.engine() as parts:
        await parts.ledger.keep_playbook(PLAYBOOK)
        await parts.ledger.append_many({told.state.opportunity: told.state.events for told in sales()})
        found = await reports._read_all(parts, on(as_of=40))
        assert [state.opportunity for state in found.states if state.events] == ["untimed"]


def test_a_playbook_that_was_lost_is_named() -> None:
    with pytest.raises(Unavailable) as missing:
        reports._Compiled({}).of("abc")
    assert missing.value.code == "playbook_not_kept"
