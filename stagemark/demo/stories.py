"""What becomes of a dozen contracts on instalments, as a table: who pays, who is late and how, and what follows.

All days are counted from the day of the demo: `-20` is twenty days before it. Which cell of the matrix a story is for
follows from the shipped policy: old after 30 days, large over 100 000 CNY.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from stagemark.domain.account.policy import Grade, Level
from stagemark.domain.collection.policy import DebtorType
from stagemark.domain.contract import MilestoneId

__all__ = ["CUSTOMERS", "FINANCE", "STORIES", "Act", "Customer", "Part", "Story"]

FINANCE: Final = "p09"
"""Who sets limits and enters payments, in `people.csv`."""

Act = Literal[
    "cross_sell", "refer", "complain", "up_sell", "visit_late", "threaten", "promise", "promise_broken", "dispute",
    "pay_by_bank", "pay_unnamed", "refused",
]  # fmt: skip
"""What happens at the end of a story: see `stagemark.demo.acts`."""


@dataclass(frozen=True, slots=True)
class Customer:
    """An account, and what finance knows of it."""

    owner: str
    level: Level
    grade: Grade
    limit: int
    currency: str = "CNY"
    group: str | None = None
    channel: str = "existing"


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment: due on a day, or so many days after the acceptance."""

    id: str
    amount: int
    due: int | None = None
    after_acceptance: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """A sale that was signed, and what became of it.

    Attributes:
        id: The sale.
        account: Whose; who owns the sale owns the account.
        title: What is sold.
        signed: About when it was signed; it is brought to the day of the week on which its stages end.
        parts: The instalments beside the deposit, which is the first payment.
        deposit: How much is paid at the signing.
        goods: Products of the demo's catalogue, and how many.
        reached: When which milestone was reached.
        paid: When which part was paid.
        debtor: What type of debtor the customer has turned out to be.
        acts: What happens then.
    """

    id: str
    account: str
    title: str
    signed: int
    deposit: int
    parts: tuple[Part, ...]
    goods: tuple[tuple[str, int], ...] = (("camera", 6),)
    reached: dict[MilestoneId, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    debtor: DebtorType | None = None
    acts: tuple[Act, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The contract's amount."""
        return Decimal(self.deposit + sum(part.amount for part in self.parts))

    @property
    def credit(self) -> Decimal:
        """What is paid later than at the signing."""
        return self.amount - self.deposit


_HENGDA, _RHEINTAL = "恒达集团", "Rheintal Group"
CUSTOMERS: Final = {
    "苏州恒达精密机械": Customer("p03", "a", "a", 900_000, group=_HENGDA),
    "无锡新锐电子": Customer("p03", "b", "b", 600_000, group=_HENGDA, channel="referral"),
    "上海浦江医疗": Customer("p04", "b", "b", 300_000, channel="fair"),
    "南京紫金化工": Customer("p04", "c", "c", 200_000),
    "深圳湾创科技": Customer("p05", "b", "b", 300_000, channel="telephone"),
    "广州南方物流": Customer("p05", "c", "c", 150_000),
    "佛山顺兴陶瓷": Customer("p05", "d", "c", 100_000, channel="list"),
    "上海申通制造": Customer("p02", "a", "b", 800_000),
    "Northgate Foods": Customer("p06", "b", "b", 90_000, "GBP"),
    "Harbour Rail": Customer("p06", "b", "a", 120_000, "GBP", channel="authority"),
    "Rheintal Maschinenbau": Customer("p07", "a", "a", 150_000, "EUR", group=_RHEINTAL),
    "Havel Optik": Customer("p07", "c", "b", 80_000, "EUR", group=_RHEINTAL, channel="partner"),
    "Kestrel Retail": Customer("p08", "c", "c", 60_000, "GBP", channel="enquiry"),
}
"""The accounts of the stories, by id; two groups among them."""


def _in_time(
    id_: str, account: str, title: str, deposit: int, part: int, rest: int, act: Act, *more: tuple[str, int]
) -> Story:
    """A contract of which everything was delivered, accepted and paid in time: the last payment has ended the sale."""
    return Story(
        id_, account, title, -96, deposit, (Part("second", part, -32), Part("rest", rest, after_acceptance=30)),
        goods=(("camera", 6), *more), paid={"second": -34, "rest": -31}, acts=(act,),
        reached={"production": -84, "delivery": -74, "installation": -68, "acceptance": -60},
    )  # fmt: skip


STORIES: Final = (
    # Paid in time; then it grows, or not.
    _in_time("after-cross-sell", "苏州恒达精密机械", "质检用数码相机", 54_000, 90_000, 36_000, "cross_sell"),
    _in_time("after-referral", "Rheintal Maschinenbau", "Cameras for assembly", 12_000, 20_000, 8_000, "refer"),
    _in_time("after-held", "Northgate Foods", "Cameras for the packing line", 10_000, 18_000, 8_000, "complain"),
    _in_time("after-up-sell", "上海浦江医疗", "病理影像数码相机", 30_000, 48_000, 18_000, "up_sell",
             ("card-4g", 6), ("service", 1)),
    # Late, one in each cell of the matrix.
    Story("after-phone", "深圳湾创科技", "车间数码相机", -52, 24_000,
          (Part("second", 56_000, -12), Part("rest", 20_000, 25)), reached={"delivery": -20}),
    Story("after-visit", "无锡新锐电子", "产线视觉检测", -75, 120_000,
          (Part("second", 280_000, -20), Part("rest", 60_000, after_acceptance=30)), (("camera-ten", 4),),
          {"delivery": -40}, debtor="cooperative", acts=("visit_late",)),
    Story("after-finance", "Kestrel Retail", "Cameras for the stores", -90, 9_000,
          (Part("second", 21_000, -47),), reached={"delivery": -60, "acceptance": -55}, debtor="emotional"),
    Story("after-legal", "上海申通制造", "全厂影像采集", -130, 180_000, (Part("second", 420_000, -76),),
          (("camera-ten", 6), ("card-4g", 60)), {"delivery": -100, "acceptance": -95}, debtor="hard",
          acts=("threaten",)),
    # Refused before it was signed.
    Story("after-refused", "佛山顺兴陶瓷", "窑口数码相机", -6, 20_000, (Part("second", 60_000, 45),),
          acts=("refused",)),
    # Promises, a dispute, money that comes in otherwise.
    Story("after-promise", "南京紫金化工", "巡检数码相机", -60, 45_000, (Part("second", 105_000, -9),),
          reached={"delivery": -30}, acts=("promise", "pay_unnamed")),
    Story("after-broken", "广州南方物流", "装卸口数码相机", -66, 27_000, (Part("second", 63_000, -17),),
          reached={"delivery": -40}, debtor="scheming", acts=("promise_broken",)),
    Story("after-dispute", "Havel Optik", "Cameras for the test bench", -70, 9_000,
          (Part("second", 12_000, -14), Part("rest", 9_000, 20)), reached={"delivery": -35}, acts=("dispute",)),
    Story("after-partial", "Harbour Rail", "Cameras for the depots", -58, 15_000,
          (Part("second", 35_000, -8), Part("rest", 10_000, 40)), reached={"delivery": -25}, acts=("pay_by_bank",)),
)  # fmt: skip
"""The stories, the last of which is played last."""
