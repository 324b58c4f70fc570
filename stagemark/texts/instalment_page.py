"""What one instalment says of itself, line by line, in English and Chinese."""

from __future__ import annotations

__all__ = ["INSTALMENT_TEXTS"]

# key: (en, zh)
INSTALMENT_TEXTS: dict[str, tuple[str, str]] = {
    "head": ("{sale} · instalment {id} · {type} · {became}", "{sale} · 分期 {id} · {type} · {became}"),
    "amount": ("Amount: {amount}, paid {paid}, owed {outstanding}", "金额：{amount}，已付 {paid}，欠款 {outstanding}"),
    "due": ("Due: {day}", "到期日：{day}"),
    "undated": ("Due: not known yet", "到期日：尚未确定"),
    "begins": ("The receivable began: {day}", "应收起始日：{day}"),
    "overdue": ("Overdue for {days:day|days}; to collect {by}", "逾期 {days} 天；催收方式：{by}"),
    "contacts": ("Contacts asked for: {count}, the last on {day}", "已要求催收：{count} 次，最近一次 {day}"),
    "contacts_before": ("Contacts asked for: {count}", "已要求催收：{count} 次"),
    "promise": (
        "Promised on {on}: {amount} by {until} ({outcome})",
        "{on} 承诺于 {until} 前付款：{amount}（{outcome}）",
    ),
    "promise_approved": ("  a longer promise, approved by {by}", "  承诺期限较长，批准人：{by}"),
    "all": ("all of it", "全款"),
    "dispute": ("Disputed since {on}: complaint {complaint}", "{on} 起有争议：投诉 {complaint}"),
    "dispute_over": ("Disputed from {on} to {over}: complaint {complaint}", "{on} 至 {over} 有争议：投诉 {complaint}"),
    "payment": ("Payment {payment} of {on}: {amount}", "到账 {payment}（{on}）：{amount}"),
    "legal": ("Legal action approved by {by} on {on}", "法律行动：{by} 于 {on} 批准"),
    "loss": ("Written off: {amount}, approved by {by} on {on}", "已核销：{amount}，{by} 于 {on} 批准"),
    "settled": ("Settled on {day}", "结清日：{day}"),
    "task": ("Waits for an answer (entry {entry}): {text}", "待处理（记录号 {entry}）：{text}"),
}
