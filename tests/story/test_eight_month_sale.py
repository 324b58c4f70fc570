"""The story of one key-account sale in six stages, from the locked target account to the last payment.

It is told twice: on the time-skipping test server, and on the real server in virtual time.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from stagemark.contracts.names import opportunity_workflow_id
from stagemark.demo.virtual import VirtualSale
from stagemark.domain.money import Amount
from stagemark.playbooks.load import shipped_playbook
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, Platform, real_server, time_skipping_server
from tests.story.telling import SALE, Clock, Story, TestServerClock

LI, WANG = Person(id="li", name="李强", supervisor="wang"), Person(id="wang", name="王芳")
THE_DAY_IT_BEGAN = datetime(2026, 3, 2, 2, tzinfo=UTC)  # ten o'clock in Shanghai
PAPER = {"uri": "https://files.example/paper.pdf", "sha256": "0" * 64}
DAY = timedelta(days=1)


@pytest.fixture(params=["test-server", "real-server"])
async def story(request: pytest.FixtureRequest) -> AsyncIterator[Story]:
    platform = Platform(directory=MemoryDirectory(LI, WANG))
    server = real_server if request.param == "real-server" else time_skipping_server
    async with server(platform.plugin()) as environment, platform.worker(environment.client):
        client = environment.client
        clock: Clock
        if request.param == "real-server":
            offset = THE_DAY_IT_BEGAN - datetime.now(UTC)
            clock = VirtualSale(client, SALE, "苏州恒达精密机械")
        else:
            offset = THE_DAY_IT_BEGAN - await environment.get_current_time()
            clock = TestServerClock(environment, offset)
        yield Story(
            platform=platform,
            sales=platform.sales(client, offset=offset),
            clock=clock,
            playbook=shipped_playbook("key-account-six"),
            owner=LI.id,
            contact="buyer",
            ended=client.get_workflow_handle(opportunity_workflow_id(SALE)).result,
        )


async def test_a_sale_of_eight_months(story: Story) -> None:
    on = story.on

    # 客户分析: a referral; the target account is locked. Li finds a guide and collects what there is to know.
    await on("2026-03-02").opens("苏州恒达精密机械", "数控机床改造", Amount(amount=Decimal(680_000), currency="CNY"))
    await on("2026-03-02").mark("analysis", "start", channel="referral")
    await on("2026-03-05").step("analysis", "develop_guide", guide_level="middle")
    await on("2026-03-16").step("analysis", "collect_data", account_data=["current_state", "organisation"])

    # Fifteen working days were expected. On the sixteenth Li is reminded, puts it off to the budget meeting, and is
    # reminded again that morning.
    assert await on("2026-03-23", "09:00").waiting_for_an_answer() == []
    assert await on("2026-03-23", "10:30").waiting_for_an_answer() == ["analysis stage_overdue owner"]
    await on("2026-03-24").answers("analysis stage_overdue owner", "put_off", "等预算会", until="2026-03-30")
    assert await on("2026-03-27").waiting_for_an_answer() == []
    await on("2026-03-30", "09:30").answers("analysis stage_overdue owner", "done", "预算会通过")

    # The five questions are answered: a clear, near and valuable opportunity.
    five = ["budget", "timetable", "our_strength", "worthwhile", "winnable"]
    await on("2026-03-30").mark("analysis", "end", qualification=five, expected_purchase="2026-08-31")

    # 建立信任: nobody takes it up for two days: a gap.
    # Engagement with the decision maker lets 挖掘需求 begin meanwhile.
    assert await on("2026-03-31").open_stages() == []
    await on("2026-04-01").mark("trust", "start", buying_role=["decision_maker"], relationship="acquaintance")
    await on("2026-04-08").mark("needs", "start", relationship="engagement")
    assert await on("2026-04-08").open_stages() == ["trust", "needs"]
    await on("2026-04-14").step("needs", "ask_spin", spin=["situation", "problem", "implication"])
    await on("2026-04-14").waits_on("customer")

    # Silence: after ten working days Li is told, and lets it be; after twenty Wang is, who goes there with him.
    assert "sale silence owner" in await on("2026-04-28", "10:30").waiting_for_an_answer()
    assert await on("2026-05-05").waiting_for_an_answer() == []  # nobody answered: missed
    await on("2026-05-12", "14:00").answers("sale silence supervisor", "done", "一同拜访设备副总", by="wang")
    await on("2026-05-12", "14:00").waits_on(None)
    await on("2026-05-12", "14:00").mark("trust", "end", relationship="trust", attitude="for_us")

    # The customer writes down what they need: needs ends, 呈现价值 begins in the same moment.
    await on("2026-05-13").mark("needs", "end", written_need=PAPER, buying_phase="design")
    await on("2026-05-13").mark("value", "start")
    await on("2026-05-20").step("value", "write_proposal", proposal_parts=["situation", "challenges", "quotation"])

    # The group freezes its budget. While the sale is suspended its clocks stand still.
    # On the day to look again Li is told.
    await on("2026-05-25").suspends_until("2026-06-15", "集团冻结投资")
    assert await on("2026-06-12").waiting_for_an_answer() == []
    await on("2026-06-15").answers("sale look_again owner", "done", "投资已放行")
    await on("2026-06-15").resumes()

    # Eight of fifteen working days had passed before it; so seven later it is overdue. Li dismisses that.
    assert await on("2026-06-24", "09:30").waiting_for_an_answer() == []
    await on("2026-06-24", "14:00").answers("value stage_overdue owner", "dismissed", "客户要求样件验证")

    # 赢取承诺 had begun weeks ago when Li writes it down. Two reminders were due by then: one comes, the one true now.
    await on("2026-07-20").mark("value", "end", seen="2026-06-26", buying_signal=["price", "delivery"])
    await on("2026-07-20").mark("commitment", "start", seen="2026-06-26")
    assert await on("2026-07-20", "11:00").waiting_for_an_answer() == ["commitment stage_overdue supervisor"]
    await on("2026-07-20", "14:00").answers("commitment stage_overdue supervisor", "done", "本周签约", by="wang")

    # 签订合同, and 回收账款 begins with it.
    await on("2026-07-24").mark(
        "commitment", "end", contract=PAPER, contract_review=["lawyer", "licence", "bank_account"]
    )
    await on("2026-07-24").mark("collection", "start")
    await on("2026-08-05").step("collection", "track_fulfilment", fulfilment=["production"])

    # Six weeks without a word: Li is told, then Wang, then both that the sale is at high risk. A word ends that.
    assert not await on("2026-09-15").is_at_high_risk()
    assert await on("2026-09-17").is_at_high_risk()
    await on("2026-09-17").answers("sale silence high_risk", "done", "等电力增容，验收推迟", by="wang")
    assert not await on("2026-09-17").is_at_high_risk()
    await on("2026-09-28").step("collection", "track_fulfilment", fulfilment=["delivery", "acceptance"])
    await on("2026-10-09").waits_on("finance")
    await on("2026-10-16", "14:00").answers("collection stage_overdue owner", "done", "尾款月底到账")

    # 依照合同回收全部账款: the sale is complete, and everything is written down.
    paid = {"amount": "665000", "currency": "CNY"}
    await on("2026-10-29").mark("collection", "end", amount_collected=paid, satisfaction="satisfied")
    await story.ended()
    state = await story.state()
    assert state.life == "collected"
    assert state.missed == 7

    await each_stage_took_its_time(story)
    everybody_was_told_what_they_had_to_know(story)


async def each_stage_took_its_time(story: Story) -> None:
    stays = await story.stays()
    assert list(stays) == ["analysis", "trust", "needs", "value", "commitment", "collection"]
    assert stays["analysis"].elapsed == 28 * DAY
    assert stays["needs"].elapsed == 35 * DAY
    assert stays["needs"].waited == {"customer": timedelta(days=28, hours=4)}
    assert stays["value"].paused == 21 * DAY
    assert stays["value"].elapsed == timedelta(days=22, hours=14)  # to the first moment of the day that Li remembered
    calendar = await story.platform.calendars.calendar("cn")
    working = stays["value"].working
    assert working is not None
    assert working / calendar.day_length == 16.875
    before = {stage: (stay.before.overlaps, stay.before.elapsed) for stage, stay in stays.items() if stay.before}
    assert before["trust"] == (False, 2 * DAY)  # a gap
    assert before["needs"] == (True, timedelta(days=34, hours=4))  # an overlap
    assert before["value"] == (False, timedelta(0))
    assert before["collection"] == (False, timedelta(0))


def everybody_was_told_what_they_had_to_know(story: Story) -> None:
    """In brackets what was taken back, since it was answered or its cause was gone; the others were missed."""
    assert story.told("li") == [
        "(2026-03-23 analysis stage_overdue owner)",
        "(2026-03-30 analysis stage_overdue owner)",
        "2026-04-28 sale silence owner",
        "2026-04-29 needs stage_overdue owner",
        "2026-04-29 trust stage_overdue owner",
        "(2026-06-15 sale look_again owner)",
        "(2026-06-24 value stage_overdue owner)",
        "2026-06-29 sale silence owner",
        "2026-08-19 sale silence owner",
        "(2026-09-16 sale silence high_risk)",
        "(2026-10-16 collection stage_overdue owner)",
    ]
    assert story.told("wang") == [
        "(2026-05-08 needs stage_overdue supervisor)",
        "(2026-05-12 sale silence supervisor)",
        "2026-07-13 sale silence supervisor",
        "(2026-07-20 commitment stage_overdue supervisor)",
        "2026-09-02 sale silence supervisor",
        "(2026-09-16 sale silence high_risk)",
    ]
