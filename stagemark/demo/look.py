"""Where to look in the demo: commands that show what it plays, each with what is seen there, in en and zh."""

from __future__ import annotations

from typing import Final

from stagemark.demo.telling import SALE

__all__ = ["LOOK", "LOOK_IN_VIRTUAL_TIME", "SEEN"]

SEEN: Final = "after-held"
"""A sale of the demo: where it is, the others are."""

LOOK: Final = (
    ("receivables", ("what is owed, how old it is, how to collect it", "应收账款：账龄、金额、催收方式")),
    ("briefing 苏州恒达精密机械", ("the page before a visit", "拜访准备单")),
    ("account show 南京紫金化工", ("credit, exposure, money that waits", "信用额度、欠款、待分配到账")),
    (f"prompt why-not {SEEN}", ("a complaint holds the prompt back", "投诉未了结，推荐被搁置")),
    ("referral chain after-referral", ("a referral has opened the next sale", "转介绍带来了新商机")),
)
"""In the year of sales, and what comes after their contracts."""

LOOK_IN_VIRTUAL_TIME: Final = (
    ("inbox --for p03 --all", ("what its owner was told, each morning", "负责人每天早上的摘要")),
    (f"follow-up list {SALE} --all", ("follow-ups, made and missed", "回访：已做的和错过的")),
    (f"referral chain {SALE}", ("the sale that it has brought", "它带来的商机")),
)
"""In the sale in virtual time, which has a ledger and a namespace of its own."""
