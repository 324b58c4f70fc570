"""One sale of eight months, played in virtual time: its triggers really fire, and people answer them or not.

analysis runs over → its owner puts the reminder off → trust, overlapped by needs → silence, missed by the owner, up to
the supervisor → value, suspended until a day to look again → a marker told late → contract → silence up to high risk →
everything is collected.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from temporalio.client import Client

from stagemark.client import Stagemark
from stagemark.contracts.messages import Receipt
from stagemark.contracts.views import TriggerView
from stagemark.demo.evidence import document
from stagemark.demo.people import PEOPLE_FILE
from stagemark.demo.play import Hall, Progress
from stagemark.demo.virtual import VirtualSale
from stagemark.domain.calendars import WorkCalendar
from stagemark.domain.commands import Answer, Command, Given, Mark, Record, Resume, Suspend, Wait
from stagemark.domain.moments import Moment
from stagemark.domain.money import Amount
from stagemark.errors import NotFound
from stagemark.playbooks.load import shipped_playbook
from stagemark.ports import Calendars

__all__ = ["SALE", "play_eight_months"]

SALE: Final = "eight-months"
_OWNER, _SUPERVISOR, _DEPUTY = "p03", "p02", "p04"
_BUYER: Final = "contact-eight"
_DAYS: Final = 245
_FIVE: Final = ["budget", "timetable", "our_strength", "worthwhile", "winnable"]


async def play_eight_months(
    client: Client, sales: Stagemark, directory: Hall, calendars: Calendars, progress: Progress
) -> None:
    """Play the sale, and bring its people into the directory; if the sale is there already, it is left as it is.

    Args:
        client: Of the namespace for it, on a server with `stagemark.embedded.TIME_SKIPPING`; a worker runs there.
        sales: On that client, with timers that are not late: `jitter` zero.
        directory: Where the people go.
        calendars: By which days are counted.
        progress: Told how many days of about eight months have passed.

    Raises:
        StagemarkError: The engine can't be had.
    """
    await directory.bring_in(PEOPLE_FILE)
    try:
        await sales.view(SALE)
    except NotFound:
        await _Story(client, sales, await calendars.calendar("cn"), progress).play()
    progress(_DAYS, _DAYS)


class _Story:
    """Who does what, and when: days are working days since the last thing that happened."""

    def __init__(self, client: Client, sales: Stagemark, calendar: WorkCalendar, progress: Progress) -> None:
        self._sale = VirtualSale(client, SALE)
        self._sales = sales
        self._calendar = calendar
        self._progress = progress
        self._told = 0

    async def play(self) -> None:
        """From the target account to the last payment."""
        await self._open()
        self._began = await self._sale.now()
        await self._analyse()
        await self._win_trust_and_find_the_need()
        await self._present()
        await self._sign()
        await self._collect()

    async def _open(self) -> None:
        await self._sales.open(
            SALE, shipped_playbook("key-account-six"), account="苏州恒达精密机械", title="数控机床改造（二期）",
            owner=_OWNER, deputy=_DEPUTY, segment="manufacturing", value=_yuan(680_000), actor=_OWNER, source="demo",
        )  # fmt: skip

    async def _analyse(self) -> None:
        await self._after(1)
        await self._tell(Mark(stage="analysis", edge="start", evidence=_evidence(channel="referral")))
        await self._after(4)
        await self._tell(
            Record(
                stage="analysis", step="develop_guide", evidence=_about(guide_level="middle"), note="技术科长愿意帮忙。"
            ),
            Record(
                stage="analysis",
                step="collect_data",
                evidence=_evidence(account_data=["current_state", "organisation"]),
            ),
        )
        overdue = await self._until("stage_overdue", "owner")
        later = self._calendar.local_date(self._calendar.add_working_days(await self._sale.now(), 3))
        await self._answer(overdue, "put_off", "等客户的预算会。", until=later)
        again = await self._until("stage_overdue", "owner")
        await self._answer(again, "done", "预算会通过，五个问题都有了答案。")
        five = _evidence(
            qualification=_FIVE, expected_value={"amount": "680000", "currency": "CNY"}, account_data=["competition"]
        )
        await self._tell(Mark(stage="analysis", edge="end", evidence=five))

    async def _win_trust_and_find_the_need(self) -> None:
        await self._after(2)  # a gap: nobody took it up at once
        decides = _about(buying_role=["decision_maker"], relationship="acquaintance")
        await self._tell(Mark(stage="trust", edge="start", evidence=decides))
        await self._after(5)
        await self._tell(
            Record(
                stage="trust",
                step="climb_ladder",
                evidence=_about(relationship="engagement"),
                note="设备副总应邀来厂参观。",
            ),
            Mark(stage="needs", edge="start"),
        )
        await self._after(4)
        await self._tell(
            Record(stage="needs", step="ask_spin", evidence=_evidence(spin=["situation", "problem", "implication"])),
            Wait(on="customer", note="等客户内部讨论。"),
        )
        silence = await self._until("silence", "supervisor")  # the owner was told first, and let it be
        await self._answer(silence, "done", "已与李强一同拜访设备副总。", actor=_SUPERVISOR)
        await self._tell(
            Wait(on=None),
            Record(stage="trust", step="climb_ladder", evidence=_about(relationship="trust", attitude="for_us")),
            Mark(stage="trust", edge="end"),
        )
        await self._after(6)
        await self._tell(
            Mark(
                stage="needs",
                edge="end",
                evidence=_evidence(
                    written_need=document(SALE, "written-need"), spin=["need_payoff"], buying_phase="design"
                ),
            ),
            Mark(stage="value", edge="start"),
        )

    async def _present(self) -> None:
        await self._after(8)
        swot = _evidence(swot=["strengths", "weaknesses", "opportunities", "threats"], strategy="flank")
        await self._tell(Record(stage="value", step="analyse_competition", evidence=swot))
        await self._after(3)
        look_again = self._calendar.local_date(await self._sale.now() + timedelta(days=26))
        await self._tell(Suspend(reason="客户集团冻结本季度投资。", look_again=look_again))
        again = await self._until("look_again", "owner")
        await self._answer(again, "done", "投资已放行。")
        await self._tell(Resume(reason="投资已放行。"))
        overdue = await self._until("stage_overdue", "owner")
        await self._answer(overdue, "dismissed", "客户要求加一轮样件验证，时间已同意。")
        began = self._calendar.add_working_days(await self._sale.now(), 2)
        await self._after(18)  # nobody writes anything down; then all at once, and late
        proposal = _evidence(buying_signal=["price", "delivery"], proposal=document(SALE, "proposal"))
        when = Moment.at(began, self._calendar.zone)
        await self._tell(
            Mark(stage="value", edge="end", observed_at=when, evidence=proposal),
            Mark(stage="commitment", edge="start", observed_at=when),
        )

    async def _sign(self) -> None:
        late = await self._until("stage_overdue", "supervisor")  # one message: what is true now
        await self._answer(late, "done", "合同本周定稿。", actor=_SUPERVISOR)
        await self._tell(Wait(on="legal", note="赔偿上限待律师确认。"))
        await self._after(8)
        signed = _evidence(
            contract=document(SALE, "contract"),
            contract_review=["lawyer", "liability_capped", "licence", "own_form"],
            contract_value={"amount": "665000", "currency": "CNY"},
            deposit={"amount": "199500", "currency": "CNY"},
        )
        await self._tell(
            Wait(on=None), Mark(stage="commitment", edge="end", evidence=signed), Mark(stage="collection", edge="start")
        )

    async def _collect(self) -> None:
        await self._after(8)
        await self._tell(
            Record(stage="collection", step="track_fulfilment", evidence=_evidence(fulfilment=["production"]))
        )
        silence = await self._until("silence", "high_risk")
        await self._answer(silence, "done", "到现场查明：等电力增容，验收推迟。", actor=_SUPERVISOR)
        done = _evidence(fulfilment=["delivery", "installation"], collection_kind=["visit"], debtor_type="cooperative")
        await self._tell(Record(stage="collection", step="collect", evidence=done))
        await self._after(8)
        accepted = _evidence(fulfilment=["training", "acceptance"])
        await self._tell(
            Record(stage="collection", step="track_fulfilment", evidence=accepted),
            Wait(on="finance", note="等客户付尾款。"),
        )
        await self._after(9)
        paid = _evidence(amount_collected={"amount": "665000", "currency": "CNY"}, satisfaction="satisfied")
        await self._tell(Wait(on=None), Mark(stage="collection", edge="end", evidence=paid))
        await self._sale.ended()

    # -- how

    async def _after(self, days: int) -> None:
        await self._sale.go_to(self._calendar.add_working_days(await self._sale.now(), days))
        await self._show()

    async def _until(self, trigger: str, rung: str) -> TriggerView:
        """Go from due moment to due moment until that has fired; what else fires stays unanswered, and is missed."""
        while True:
            for open_ in (await self._sale.view()).triggers:
                if (open_.fired.trigger, open_.fired.rung, open_.put_off) == (trigger, rung, None):
                    return open_
            if await self._sale.next_due() is None:
                raise RuntimeError(f"{trigger} {rung} never fires")  # the playbook is another than this story's
            await self._show()

    async def _answer(
        self, trigger: TriggerView, answer: str, text: str, until: date | None = None, actor: str = _OWNER
    ) -> None:
        said = {"event": trigger.event, "answer": answer, "text": text, "until": until}
        await self._tell(Answer.model_validate({k: v for k, v in said.items() if v is not None}), actor=actor)

    async def _tell(self, *commands: Command, actor: str = _OWNER) -> Receipt:
        self._told += 1
        return await self._sales.record(SALE, *commands, actor=actor, source="demo", key=f"{SALE}:{self._told}")

    async def _show(self) -> None:
        passed = (await self._sale.now() - self._began).days
        self._progress(min(passed, _DAYS), _DAYS)


def _yuan(amount: int) -> Amount:
    return Amount(amount=Decimal(amount), currency="CNY")


def _evidence(**values: object) -> tuple[Given, ...]:
    return tuple(Given.model_validate({"evidence": name, "value": value}) for name, value in values.items())


def _about(**values: object) -> tuple[Given, ...]:
    """Evidence about the buyer."""
    return tuple(given.model_copy(update={"person": _BUYER}) for given in _evidence(**values))
