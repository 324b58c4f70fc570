"""A contract and a credit clearance in words, in English and Chinese."""

from __future__ import annotations

__all__ = ["CONTRACT_TEXTS", "OWNER_TERMS"]

# key: (en, zh)
CONTRACT_TEXTS: dict[str, tuple[str, str]] = {
    "head": ("{number}{amount}, {terms}", "{number}{amount}，{terms}"),
    "instalment": ("{id}: {amount} ({type}), due {due}", "{id}：{amount}（{type}），到期：{due}"),
    "due_day": ("on {day}", "{day}"),
    "due_at": ("at the {what}", "{what}时"),
    "due_after": ("{days:day|days} after the {what}", "{what}后 {days} 天"),
    "signing": ("signing", "签约"),
    "deliverables": ("to be delivered: {list}", "交付物：{list}"),
    "deliverable": ("{quantity} × {what}", "{what} × {quantity}"),
    "deliverable_due": ("{quantity} × {what} by {due}", "{what} × {quantity}（{due} 前）"),
    "milestones": ("planned: {list}", "计划：{list}"),
    "milestone": ("{what} {day}", "{what} {day}"),
    "warranty": ("warranty: {list}", "保修：{list}"),
    "warranty_term": ("{what} for {span}", "{what} {span}"),
    "cleared": ("{id}: {amount} until {until}", "{id}：{amount}，有效期至 {until}"),
}
OWNER_TERMS: dict[str, tuple[str, str]] = {
    "ours": ("our standard contract", "我方标准合同"),
    "theirs": ("their standard contract", "对方标准合同"),
    "own": ("a contract of its own", "另行拟定的合同"),
}
"""Whose standard contract it is."""
