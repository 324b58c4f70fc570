"""What an account says of itself: headings of its page and of the tables of money, in English and Chinese."""

from __future__ import annotations

__all__ = ["PAGE_TEXTS"]

# key: (en, zh)
PAGE_TEXTS: dict[str, tuple[str, str]] = {
    "cleared": (
        "Clearance {id}: {amount} on credit for {sale}, for a signing until {until}.",
        "授信 {id}：商机 {sale} 可赊销 {amount}，签约截止 {until}。",
    ),
    "group": ("Group: {value}", "集团：{value}"),
    "level": ("Customer level: {value}", "客户级别：{value}"),
    "channel": ("Found through: {value}", "来源渠道：{value}"),
    "our_share": ("Our share of what it buys: {value}", "我方份额：{value}"),
    "grade": ("Credit grade: {value}", "信用等级：{value}"),
    "limit": ("Credit limit: {limit}, used: {used}", "信用额度：{limit}，已用：{used}"),
    "no_limit": ("Credit limit: none; proposed: {proposal}", "信用额度：未设定；建议：{proposal}"),
    "uncounted": ("Not counted, for want of a rate: {value}", "缺少汇率、未计入：{value}"),
    "owed": ("Owed: {value}", "欠款：{value}"),
    "waiting": ("Money that waits: {value}", "待分配到账：{value}"),
    "blacklisted": ("Blacklisted: {value}", "黑名单：{value}"),
    "exempt": (
        "Exempt from legal steps and stop-supply until {until}, by {by}: {reason}",
        "豁免法律行动与停供至 {until}，批准人 {by}：{reason}",
    ),
    "surveyed": ("Credit surveyed: {value}", "上次信用调查：{value}"),
    "worsened": ("Credit has worsened on {on}, no measure yet: {text}", "信用已于 {on} 恶化，尚未采取措施：{text}"),
    "complaints": ("Open complaints: {value}", "未关闭的投诉：{value}"),
    "cool_until": ("No prompt before {value}", "{value} 前不再推荐"),
    "sale": (
        "Contract {number} of {opportunity}, {signed}: {outstanding} owed{uncleared}",
        "商机 {opportunity} 的合同 {number}（{signed}）：欠款 {outstanding}{uncleared}",
    ),
    "uncleared": (" (credit not cleared)", "（未授信）"),
    "clearance": (
        "Clearance {id} for {opportunity}: {amount} until {until}, {status}",
        "授信 {id}（商机 {opportunity}）：{amount}，截止 {until}，{status}",
    ),
    "survey": ("{on} survey by {by}: {text}", "{on} 信用调查（{by}）：{text}"),
    "worsening": ("{on} worsened ({by}): {text}", "{on} 信用恶化（{by}）：{text}"),
    "measure": ("{on} measures ({by}): {measures}. {text}", "{on} 采取措施（{by}）：{measures}。{text}"),
    "payment": (
        "Payment {payment} of {on}: {waiting} of {amount} wait. {reference}",
        "到账 {payment}（{on}）：{amount} 中待分配 {waiting}。{reference}",
    ),
}
