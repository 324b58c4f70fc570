"""One sale of eight months, played in virtual time: its triggers really fire, and people answer them or not.

analysis runs over → its owner puts the reminder off → trust, overlapped by needs → silence, missed by the owner, up to
the supervisor → value, suspended until a day to look again → silence up to high risk → a marker told late → contract;
then `second_half.py`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.client import Client

from stagemark.demo.desk import House
from stagemark.demo.evidence import document
from stagemark.demo.people import PEOPLE_FILE
from stagemark.demo.play import Hall, Progress
from stagemark.demo.second_half import ACCOUNT, ask_for_credit, contract, live_on
from stagemark.demo.telling import OWNER, SALE, SUPERVISOR, Telling, about, evidence, yuan
from stagemark.domain.commands import Mark, Record, Resume, Suspend, Wait
from stagemark.domain.moments import Moment
from stagemark.errors import NotFound
from stagemark.playbooks.load import shipped_playbook
from stagemark.ports import Calendars

__all__ = ["SALE", "play_eight_months"]

_DEPUTY: Final = "p04"
_FIVE: Final = ["budget", "timetable", "our_strength", "worthwhile", "winnable"]


async def play_eight_months(
    client: Client, house: House, directory: Hall, calendars: Calendars, progress: Progress
) -> None:
    """Play the sale, and bring its people into the directory; if the sale is there already, it is left as it is.

    Args:
        client: Of the namespace for it, on a server with `stagemark.embedded.TIME_SKIPPING`; a worker runs there.
        house: What makes the clients.
        directory: Where the people go.
        calendars: By which days are counted.
        progress: Told how many days have passed, and of about how many.

    Raises:
        StagemarkError: The engine can't be had.
    """
    await directory.bring_in(PEOPLE_FILE)
    story = Telling(client, house, ACCOUNT, await calendars.calendar("cn"), progress)
    try:
        await story.sales.view(SALE)
    except NotFound:
        await _open(story)
        await _to_the_signing(story)
        await live_on(story)
    story.end()


async def _to_the_signing(on: Telling) -> None:
    """Days are working days since the last thing that happened."""
    await _analyse(on)
    await _win_trust_and_find_the_need(on)
    await _present(on)
    await _sign(on)


async def _open(on: Telling) -> None:
    await on.sales.open(
        SALE, shipped_playbook("key-account-six"), account=ACCOUNT, title="数控机床改造（二期）", owner=OWNER,
        deputy=_DEPUTY, segment="manufacturing", value=yuan(680_000), actor=OWNER, source="demo",
    )  # fmt: skip
    await on.begin()


async def _analyse(on: Telling) -> None:
    await on.after(1)
    await on.tell(Mark(stage="analysis", edge="start", evidence=evidence(channel="referral")))
    await on.after(4)
    await on.tell(
        Record(stage="analysis", step="develop_guide", evidence=about(guide_level="middle"), note="技术科长愿意帮忙。"),
        Record(
            stage="analysis",
            step="collect_data",
            evidence=evidence(account_data=["current_state", "organisation"]),
        ),
    )
    overdue = await on.until("stage_overdue", "owner")
    later = on.calendar.local_date(on.calendar.add_working_days(await on.clock.now(), 3))
    await on.answer(overdue, "put_off", "等客户的预算会。", until=later)
    again = await on.until("stage_overdue", "owner")
    await on.answer(again, "done", "预算会通过，五个问题都有了答案。")
    five = evidence(
        qualification=_FIVE, expected_value={"amount": "680000", "currency": "CNY"}, account_data=["competition"]
    )
    await on.tell(Mark(stage="analysis", edge="end", evidence=five))


async def _win_trust_and_find_the_need(on: Telling) -> None:
    await on.after(2)  # a gap: nobody took it up at once
    decides = about(buying_role=["decision_maker"], relationship="acquaintance")
    await on.tell(Mark(stage="trust", edge="start", evidence=decides))
    await on.after(5)
    await on.tell(
        Record(
            stage="trust",
            step="climb_ladder",
            evidence=about(relationship="engagement"),
            note="设备副总应邀来厂参观。",
        ),
        Mark(stage="needs", edge="start"),
    )
    await on.after(4)
    await on.tell(
        Record(stage="needs", step="ask_spin", evidence=evidence(spin=["situation", "problem", "implication"])),
        Wait(on="customer", note="等客户内部讨论。"),
    )
    silence = await on.until("silence", "supervisor")  # the owner was told first, and let it be
    await on.answer(silence, "done", "已与李强一同拜访设备副总。", actor=SUPERVISOR)
    await on.tell(
        Wait(on=None),
        Record(stage="trust", step="climb_ladder", evidence=about(relationship="trust", attitude="for_us")),
        Mark(stage="trust", edge="end"),
    )
    await on.after(6)
    await on.tell(
        Mark(
            stage="needs",
            edge="end",
            evidence=evidence(written_need=document(SALE, "written-need"), spin=["need_payoff"], buying_phase="design"),
        ),
        Mark(stage="value", edge="start"),
    )


async def _present(on: Telling) -> None:
    await on.after(8)
    swot = evidence(swot=["strengths", "weaknesses", "opportunities", "threats"], strategy="flank")
    await on.tell(Record(stage="value", step="analyse_competition", evidence=swot))
    await on.after(3)
    look_again = on.calendar.local_date(await on.clock.now() + timedelta(days=26))
    await on.tell(Suspend(reason="客户集团冻结本季度投资。", look_again=look_again))
    again = await on.until("look_again", "owner")
    await on.answer(again, "done", "投资已放行。")
    await on.tell(Resume(reason="投资已放行。"))
    overdue = await on.until("stage_overdue", "owner")
    await on.answer(overdue, "dismissed", "客户要求加一轮样件验证，时间已同意。")
    began = on.calendar.add_working_days(await on.clock.now(), 2)
    silence = await on.until("silence", "high_risk")  # nobody writes anything down; then all at once, and late
    await on.answer(silence, "done", "问过李强：谈判已开始多时，只是没有记。", actor=SUPERVISOR)
    proposal = evidence(buying_signal=["price", "delivery"], proposal=document(SALE, "proposal"))
    when = Moment.at(began, on.calendar.zone)
    await on.tell(
        Mark(stage="value", edge="end", observed_at=when, evidence=proposal),
        Mark(stage="commitment", edge="start", observed_at=when),
    )


async def _sign(on: Telling) -> None:
    late = await on.until("stage_overdue", "supervisor")  # one message: what is true now
    await on.answer(late, "done", "合同本周定稿。", actor=SUPERVISOR)
    await on.tell(Wait(on="legal", note="赔偿上限待律师确认。"))
    await on.after(6)
    cleared = await ask_for_credit(on)
    await on.after(2)
    signed = evidence(
        contract=document(SALE, "contract"),
        contract_review=["lawyer", "licence", "bank_account"],
        liability="capped",
        contract_value={"amount": "665000", "currency": "CNY"},
        deposit={"amount": "199500", "currency": "CNY"},
        terms=contract(on.calendar.local_date(await on.clock.now())),
        clearance=cleared.model_dump(mode="json"),
    )
    await on.tell(
        Wait(on=None), Mark(stage="commitment", edge="end", evidence=signed), Mark(stage="collection", edge="start")
    )
