"""The second half of the sale in virtual time, from the credit before its signing to the last step of a referral.

contract on three instalments → deposit → one instalment is not paid: phone → delivery, late → finance, by age alone → a
promise, broken → paid forty days late → the last payment ends the sale by itself → follow-ups, answered and missed →
satisfied → four steps of a referral, and a name → a new sale.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, TypedDict

from stagemark.clients.aftercare import Linked
from stagemark.demo.stories import FINANCE
from stagemark.demo.telling import BUYER, OWNER, SALE, SUPERVISOR, Telling, evidence, yuan
from stagemark.domain.account.commands import Describe, SetGrade, SetLimit, Survey
from stagemark.domain.commands import Record, Source, Wait
from stagemark.domain.contract import Cleared, MilestoneId
from stagemark.domain.entries import AnswerTask
from stagemark.playbooks.load import shipped_playbook

__all__ = ["ACCOUNT", "NEXT", "ask_for_credit", "contract", "live_on"]

ACCOUNT: Final = "苏州恒达精密机械"
NEXT: Final = "eight-months-next"
_DEPOSIT, _LATE, _REST = 199_500, 95_000, 370_500
_DUE: Final = 16
"""So many days after the signing the second instalment falls due, which is paid forty days late."""


def contract(signed: date) -> dict[str, Any]:
    """The contract: a deposit, a part that is due soon, and the rest after the acceptance."""
    return {
        "number": "HD-2",
        "amount": {"amount": str(_DEPOSIT + _LATE + _REST), "currency": "CNY"},
        "instalments": [
            {"id": "deposit", "type": "deposit", "amount": str(_DEPOSIT), "after": "signing"},
            {"id": "second", "amount": str(_LATE), "due": str(signed + timedelta(days=_DUE))},
            {"id": "rest", "amount": str(_REST), "after": "acceptance", "days": 30},
        ],
        "deliverables": [{"id": "retrofit", "text": "数控机床改造（二期）", "due": str(signed + timedelta(days=30))}],
    }


async def ask_for_credit(on: Telling) -> Cleared:
    """Finance knows the account, and holds credit for what is paid later than at the signing."""
    accounts = (await on.desk()).accounts
    await accounts.ask(
        ACCOUNT,
        Describe(level="a", owner=OWNER, channel="referral", registered_capital=yuan(1_000_000)),
        SetGrade(grade="b", reason="一般，信誉良好"),
        SetLimit(limit=yuan(500_000), reason="注册资本的一半"),
        Survey(text="银行、同行和我方往来记录均已查过；企业主另查。"),
        **_said("account", FINANCE),
    )
    return await accounts.clear(ACCOUNT, SALE, yuan(_LATE + _REST), carry=False, **_said("clear", FINANCE))


async def live_on(on: Telling) -> None:
    """From the signing to the last step of the referral."""
    signed = await on.today()
    await _pay(on, "deposit", _DEPOSIT)
    await _deliver(on)
    await _press(on)
    await _be_paid(on, signed)
    await _care(on)
    await _refer(on)


# -- collecting


async def _deliver(on: Telling) -> None:
    """The second instalment is not paid: the first call is made, those after it are missed. The delivery is late."""
    await on.after(8)
    await on.tell(Record(stage="collection", step="track_fulfilment", evidence=evidence(fulfilment=["production"])))
    await _reach(on, "production")
    phone = await on.until_task("collections", "collect_phone")
    await _answered(on, phone, "客户财务说下周安排。")
    late = await on.until_task("collections", "milestone_late")
    await _answered(on, late, "等客户电力增容，下周到货。", actor=SUPERVISOR)
    await on.after(4)
    await _reach(on, "delivery")
    await _reach(on, "installation")
    await on.tell(
        Record(stage="collection", step="track_fulfilment", evidence=evidence(fulfilment=["delivery", "installation"]))
    )
    arrived = await on.until_task("aftercare", "arrived")
    await _cared(on, arrived, "设备已到，开箱无损。")


async def _press(on: Telling) -> None:
    """Age alone moves it to finance; a promise is broken; the supervisor goes there, and it is accepted."""
    finance = await on.until_task("collections", "collect_finance")
    await _answered(on, finance, "已发催款函，客户答应后天付。", actor=FINANCE)
    collections = (await on.desk()).collections
    await collections.promise(SALE, "second", await on.today() + timedelta(days=2), **_said("promise"))
    broken = await on.until_task("collections", "promise_broken")
    await _answered(on, broken, "到现场查明：验收没做，财务不放款。", actor=SUPERVISOR)
    collections = (await on.desk()).collections
    await collections.set_debtor(SALE, "cooperative", **_said("debtor"))
    done = evidence(collection_kind=["visit"], debtor_type="cooperative")
    await on.tell(Record(stage="collection", step="collect", evidence=done), actor=SUPERVISOR)
    await on.after(2)
    await _reach(on, "training")
    await _reach(on, "acceptance")
    await on.tell(Wait(on="finance", note="等客户付款。"))


async def _be_paid(on: Telling, signed: date) -> None:
    """The second comes forty days late. With the last payment the sale ends, of which nobody tells it.

    So soon after it that, whatever the holidays, the visit that `_care` waits for can't have been missed by then.
    """
    await on.until_day(signed + timedelta(days=_DUE + 40))
    await _pay(on, "second", _LATE)
    await on.after(2)
    await on.tell(Wait(on=None))
    accounts = (await on.desk()).accounts
    await accounts.report(
        ACCOUNT, f"BANK-{SALE}", yuan(_REST), await on.today(), reference="合同 HD-2 尾款", payer=ACCOUNT,
        **_said("rest", FINANCE),
    )  # fmt: skip
    await on.clock.ended()


# -- caring


async def _care(on: Telling) -> None:
    """Nobody writes the letter of thanks: it is missed. The customer is asked, and content."""
    await on.after(1)
    care = (await on.desk()).aftercare
    await care.rate(SALE, 5, "改造后节拍快了三成。", BUYER, **_said("rate"))
    in_use = await on.until_task("aftercare", "in-use")
    await _cared(on, in_use, "两班倒运行正常，操作工提了两条建议。")
    care = (await on.desk()).aftercare
    until = await on.today() + timedelta(days=14)
    text = "把两条建议的改法写给设备副总。"
    await care.promise_task(SALE, "two-hints", text, until, **_said("promised"))
    care = (await on.desk()).aftercare
    await care.done(SALE, "two-hints", "已写去，对方同意。", **_said("hints"))


async def _refer(on: Telling) -> None:
    """The four steps of a referral, each when it falls due; the third brings a name."""
    await _cared(on, await on.until_task("aftercare", "referral_attitude"), "对设备满意，对李强也信任。")
    await _cared(on, await on.until_task("aftercare", "referral_benefit"), "介绍成功，送一年维护。")
    await _cared(on, await on.until_task("aftercare", "referral_ask"), "愿意介绍一家同行。")
    care = (await on.desk()).aftercare
    opens = Linked(NEXT, shipped_playbook("key-account-six"), title="数控机床改造", value=yuan(420_000))
    await care.give_name(SALE, "昆山锐成机械", BUYER, opens, "同一个行业协会。", **_said("name"))
    await care.rate_referrer(SALE, BUYER, ("endorses_product", "connections"), **_said("signs"))
    await _cared(on, await on.until_task("aftercare", "referral_testimonial"), "写了一页感谢信，同意转给别人看。")


# -- how


class _Said(TypedDict):
    actor: str
    source: Source
    key: str


def _said(key: str, actor: str = OWNER) -> _Said:
    return {"actor": actor, "source": "demo", "key": f"{SALE}:{key}"}


async def _pay(on: Telling, instalment: str, amount: int) -> None:
    collections = (await on.desk()).collections
    said = _said(f"pay-{instalment}", FINANCE)
    day = await on.today()
    await collections.enter_payment(SALE, f"P-{instalment}", yuan(amount), day, instalments=[instalment], **said)


async def _reach(on: Telling, milestone: MilestoneId) -> None:
    collections = (await on.desk()).collections
    await collections.reach(SALE, milestone, await on.today(), **_said(milestone))


async def _answered(on: Telling, entry: int, text: str, actor: str = OWNER) -> None:
    collections = (await on.desk()).collections
    await collections.answer(SALE, entry, "done", text, **_said(f"collection-{entry}", actor))


async def _cared(on: Telling, entry: int, text: str) -> None:
    care = (await on.desk()).aftercare
    answer = AnswerTask(entry=entry, answer="done", text=text)
    await care.ask(SALE, answer, **_said(f"aftercare-{entry}"))
