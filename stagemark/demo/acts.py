"""What happens in the demo once a contract is signed: what each act of a story does, through the clients."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from stagemark.clients.aftercare import Linked
from stagemark.demo.desk import Desk
from stagemark.demo.stories import CUSTOMERS, FINANCE, Act, Story
from stagemark.domain.aftercare.state import AftercareState
from stagemark.domain.money import Amount
from stagemark.errors import NotFound, Refused
from stagemark.playbooks.load import shipped_playbook
from stagemark.texts.language import Language

__all__ = ["ACTS", "Scene", "until"]

_A_WHILE: Final = timedelta(seconds=60)
_MOMENT: Final = 0.1
_OVER: Final = frozenset({"aftercare_day_past", "promise_in_past"})
"""What a play refuses that was cut short and goes on so much later that the day has passed: it is left out."""


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until neighbours have told each other what follows.

    Raises:
        TimeoutError: They have not, for a minute.
    """
    async with asyncio.timeout(_A_WHILE.total_seconds()):
        while not await holds():  # noqa: ASYNC110  # what is awaited happens in another process
            await asyncio.sleep(_MOMENT)


@dataclass(frozen=True, slots=True)
class Scene:
    """One story on the stage.

    Attributes:
        story: Which.
        desk: With which clients.
        today: The day from which its days are counted.
        owner: Who owns the sale.
        language: In which they write.
        contact: The customer's decision maker.
    """

    story: Story
    desk: Desk
    today: date
    owner: str
    language: Language
    contact: str

    @property
    def id(self) -> str:
        """The sale."""
        return self.story.id

    @property
    def currency(self) -> str:
        """In which the customer pays."""
        return CUSTOMERS[self.story.account].currency

    def day(self, days: int) -> date:
        """The day so many days from the day of the demo."""
        return self.today + timedelta(days=days)

    def money(self, amount: Decimal | int) -> Amount:
        """So much in the contract's currency."""
        return Amount(amount=Decimal(amount), currency=self.currency)

    def say(self, zh: str, en: str) -> str:
        """In the language in which they write."""
        return zh if self.language == "zh" else en

    def said(self, key: str, days: int | None = None, actor: str = "") -> Any:
        """How a command is said; `days`: when it happened, if not now."""
        when = {"observed_at": self.day(days)} if days is not None else {}
        return {"actor": actor or self.owner, "key": f"{self.id}:{key}", "source": "demo", **when}

    async def care(self) -> AftercareState:
        """How the aftercare stands."""
        return await self.desk.aftercare.state(self.id)

    async def soon(self, asked: Awaitable[Any]) -> None:
        """Ask for something that lies ahead; left out where its day has passed (see `_OVER`)."""
        try:
            await asked
        except Refused as refused:
            if not _OVER.issuperset(problem.code for problem in refused.problems):
                raise

    async def paid_up(self) -> None:
        """Wait until the aftercare knows that all is paid."""

        async def known() -> bool:
            state = await self.care()
            return state.paid is not None and state.paid.settled and "delivery" in state.anchors

        await until(known)

    async def prompt(self, product: str) -> str:
        """The prompt of a product, made of oneself where the engine was not faster; its id."""
        if not (await self.care()).prompts:
            try:
                await self.desk.aftercare.make_prompt(self.id, product, **self.said(f"prompt:{product}"))
            except Refused:
                if not (await self.care()).prompts:
                    raise
        return next(iter((await self.care()).prompts))

    def linked(self, zh: str, en: str, value: int) -> Linked:
        """The sale that this one leads to."""
        book = shipped_playbook("key-account-six")
        return Linked(f"{self.id}-next", book, title=self.say(zh, en), value=self.money(value))


async def _satisfied(on: Scene, score: int, zh: str, en: str) -> None:
    await on.paid_up()
    said = on.said("rate", days=-25)
    await on.desk.aftercare.rate(on.id, score, on.say(zh, en), on.contact, **said)


async def _cross_sell(on: Scene) -> None:
    """A prompt is accepted and opens the next sale; a follow-up is done, and something is promised."""
    await _satisfied(on, 5, "相机好用，安装也快。", "The cameras are good, and were soon in place.")
    care = on.desk.aftercare
    prompt = await on.prompt("card-4g")
    await care.accept_prompt(
        on.id, prompt, on.say("好，每台加一张。", "Yes, one for each."),
        on.linked("4 GB 存储卡", "4 GB cards", 18_000), **on.said("accept"),
    )  # fmt: skip
    await on.soon(care.plan(on.id, "call", on.day(1), "phone", **on.said("call")))
    await care.done(on.id, "call", on.say("六台都在用，没有问题。", "All six in use, no trouble."), **on.said("called"))
    text = on.say("寄一份操作视频给质检组。", "Send the inspectors a film of how it is used.")
    await on.soon(care.promise_task(on.id, "film", text, on.day(4), **on.said("film")))


async def _refer(on: Scene) -> None:
    """The steps of a referral up to a name, which opens the next sale; the testimonial is still to come."""
    await _satisfied(on, 5, "交货准时，服务周到。", "On time, and looked after well.")
    care = on.desk.aftercare
    steps = (
        ("attitude", "对产品和人都满意。", "Content with the product and with us."),
        ("benefit", "给他们多一年维护。", "A year of maintenance for them."),
        ("ask", "答应介绍一位同行。", "Will name somebody in the trade."),
    )
    for step, zh, en in steps:
        if step not in (await on.care()).referral.taken:
            await care.referral_step(on.id, step, on.say(zh, en), **on.said(step))  # type: ignore[arg-type]  # a step
    await care.give_name(
        on.id, "Isar Robotik", on.contact, on.linked("装配用数码相机", "Cameras for assembly", 30_000),
        on.say("正在建新线。", "They are building a new line."), **on.said("name"),
    )  # fmt: skip
    await care.rate_referrer(on.id, on.contact, ("endorses_product", "endorses_person"), **on.said("signs"))


async def _complain(on: Scene) -> None:
    """Satisfied, and all paid; but a complaint is open, which holds every prompt back."""
    await on.paid_up()
    complaint = f"{on.id}-1"
    text = on.say("一台相机成像模糊。", "One of the cameras is blurred.")
    desk = on.desk.complaints
    await desk.raise_(
        complaint, on.story.account, on.owner, text, opportunity=on.id, contact=on.contact, **on.said("complaint")
    )
    await desk.step(complaint, "listen", on.say("听他说完，道了谢。", "Heard them out."), **on.said("listen"))
    await desk.step(complaint, "apologise", on.say("已致歉。", "Apologised."), **on.said("apologise"))

    async def held() -> bool:
        return complaint in (await on.care()).held.complaints

    await until(held)
    await _satisfied(on, 4, "总体满意。", "Content on the whole.")


async def _up_sell(on: Scene) -> None:
    """A higher-value product is suggested and declined: not again for a while."""
    await _satisfied(on, 4, "比原来的设备快。", "Faster than what they had.")
    prompt = await on.prompt("camera-pro")
    text = on.say("今年预算用完了。", "This year's budget is spent.")
    await on.desk.aftercare.answer_prompt(on.id, prompt, "declined", text, **on.said("decline"))


async def _visit_late(on: Scene) -> None:
    """The acceptance is planned: the rest waits for it."""
    reason = on.say("等客户现场验收。", "They accept it on their own site.")
    await on.soon(on.desk.collections.plan(on.id, "acceptance", on.day(9), reason, **on.said("acceptance")))


async def _threaten(on: Scene) -> None:
    """The customer threatens: stopping supply is proposed."""
    text = on.say("说再催就换供应商。", "They say they will go elsewhere if we press.")
    await on.desk.collections.threaten(on.id, text, **on.said("threaten", days=-8))


async def _promise(on: Scene) -> None:
    said = on.said("promise", days=-1)
    await on.soon(on.desk.collections.promise(on.id, "second", on.day(6), **said))


async def _promise_broken(on: Scene) -> None:
    """Its day has passed without a payment."""
    await on.desk.collections.promise(on.id, "second", on.day(-4), **on.said("promise", days=-9))


async def _dispute(on: Scene) -> None:
    """One instalment pauses, and a complaint opens, of which the first step is taken."""
    text = on.say("两台触发不同步。", "Two of them don't trigger together.")
    await on.desk.collections.dispute(on.id, "second", text, on.contact, **on.said("dispute"))
    _, one = await on.desk.collections.instalment(on.id, "second")
    complaint = one.disputes[-1].complaint

    async def opened() -> bool:
        try:
            return bool(await on.desk.complaints.state(complaint))
        except NotFound:
            return False

    await until(opened)
    listened = on.say("到现场听他们说。", "Went there and heard them out.")
    await on.desk.complaints.step(complaint, "listen", listened, **on.said("listen"))


async def _pay_by_bank(on: Scene) -> None:
    """The bank reports a part of what is due, with the contract's number: it finds its place by itself."""
    await on.desk.accounts.report(
        on.story.account, f"BANK-{on.id}", on.money(15_000), on.day(-3), reference=f"Contract {on.id}",
        payer=on.story.account, **on.said("bank", days=-3, actor=FINANCE),
    )  # fmt: skip


async def _pay_unnamed(on: Scene) -> None:
    """The bank reports money that fits nothing: it waits at the account."""
    await on.desk.accounts.report(
        on.story.account, f"BANK-{on.id}", on.money(8_800), on.day(-2), reference=on.say("货款", "Goods"),
        payer=on.story.account, **on.said("bank", days=-2, actor=FINANCE),
    )  # fmt: skip


async def _refused(on: Scene) -> None:
    """The account is blacklisted: credit for the sale is asked for and refused, which is kept."""
    reason = on.say("去年两笔货款打官司才收回。", "Twice last year they paid in court only.")
    state = await on.desk.accounts.state(on.story.account)
    if not state.blacklisted:
        await on.desk.accounts.blacklist(on.story.account, reason, **on.said("blacklist", actor=FINANCE))
    try:
        await on.desk.accounts.clear(on.story.account, on.id, on.money(on.story.credit), **on.said("clear"))
    except Refused as refused:
        if [problem.code for problem in refused.problems] != ["clearance_blacklisted"]:
            raise


ACTS: Final[dict[Act, Callable[[Scene], Awaitable[None]]]] = {
    "cross_sell": _cross_sell,
    "refer": _refer,
    "complain": _complain,
    "up_sell": _up_sell,
    "visit_late": _visit_late,
    "threaten": _threaten,
    "promise": _promise,
    "promise_broken": _promise_broken,
    "dispute": _dispute,
    "pay_by_bank": _pay_by_bank,
    "pay_unnamed": _pay_unnamed,
    "refused": _refused,
}
"""What each act does; each may be played again and changes nothing then."""
