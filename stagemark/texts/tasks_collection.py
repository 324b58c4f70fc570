"""What the tasks of a collection say to those who do them, in English and Chinese (domain.md §3)."""

from __future__ import annotations

__all__ = [
    "BECAME_TERMS",
    "COLLECTION_TASKS",
    "COLLECTION_TERMS",
    "DEBTOR_TERMS",
    "KIND_TERMS",
    "MILESTONE_TERMS",
    "PROMISE_TERMS",
    "TYPE_TERMS",
]

KIND_TERMS: dict[str, tuple[str, str]] = {
    "phone": ("by phone", "电话催收"),
    "visit": ("by a visit", "上门催收"),
    "finance": ("by finance", "财务催收"),
    "legal": ("by legal action", "法律催收"),
}
MILESTONE_TERMS: dict[str, tuple[str, str]] = {
    "production": ("production", "生产"),
    "delivery": ("delivery", "交货"),
    "installation": ("installation", "安装"),
    "commissioning": ("commissioning", "调试"),
    "acceptance": ("acceptance", "验收"),
    "training": ("training", "培训"),
}
TYPE_TERMS: dict[str, tuple[str, str]] = {
    "deposit": ("deposit", "定金"),
    "part": ("part", "分期款"),
    "retention": ("retention", "质保金"),
}
BECAME_TERMS: dict[str, tuple[str, str]] = {
    "open": ("open", "未结清"),
    "collected": ("collected", "已收回"),
    "written_off": ("written off", "已核销"),
}
PROMISE_TERMS: dict[str, tuple[str, str]] = {
    "open": ("holds", "有效"),
    "over": ("its day is over", "已到期，待核实"),
    "kept": ("kept", "已兑现"),
    "broken": ("broken", "已失约"),
    "replaced": ("replaced by another", "已另行承诺"),
    "disputed": ("ended by a dispute", "因争议终止"),
    "dropped": ("dropped", "已失效"),
}
# What to do, by type of debtor.
DEBTOR_TERMS: dict[str, tuple[str, str]] = {
    "hard": (
        "Hard debtor: keep silent and let them talk; work in two roles, good cop and bad cop.",
        "强硬型客户：沉默应对，让对方先说；黑脸白脸配合。",
    ),
    "scheming": (
        "Scheming debtor: expose the game in a friendly way; press the original contact.",
        "阴谋型客户：巧妙揭穿；向原联系人施加压力。",
    ),
    "cooperative": (
        "Cooperative debtor: talk in hypothetical terms; use private contact.",
        "合作型客户：提出假设条件；私下接触沟通。",
    ),
    "emotional": (
        "Emotional debtor: state our own difficulty, praise, and press moderately.",
        "感情型客户：诉说我方困难，多加赞美，适度施压。",
    ),
    "stubborn": (
        "Stubborn debtor: probe how far they go; quote precedents.",
        "固执型客户：试探底线，援引先例。",
    ),
    "unknown": (
        "The type of debtor is not noted yet: note it, and the tactics come along.",
        "尚未登记欠款客户类型：登记后会随通知给出对策。",
    ),
}
COLLECTION_TERMS = {"by": KIND_TERMS, "milestone": MILESTONE_TERMS, "debtor": DEBTOR_TERMS}
"""Which params of a task hold a term, and what it says."""

_DEBT = ("Instalment {instalment}: {amount:{currency}}, due {due}, {days:day|days} overdue.",
         "分期 {instalment}：欠款 {amount:{currency}}，到期日 {due}，已逾期 {days} 天。")  # fmt: skip


def _debt(en: str, zh: str) -> tuple[str, str]:
    return f"{_DEBT[0]} {en}", f"{_DEBT[1]}{zh}"


# task: (en, zh)
COLLECTION_TASKS: dict[str, tuple[str, str]] = {
    "remind": (
        "Instalment {instalment} falls due on {due}: {amount:{currency}}. Remind the customer, gently.",
        "分期 {instalment} 将于 {due} 到期：{amount:{currency}}。请委婉地提醒客户。",
    ),
    "collect_phone": _debt(
        "Phone the customer: a gentle and focused reminder; ask for the whole, not a part. {debtor}",
        "请电话催收：委婉而有重点地提醒，要求付清全款，而不是一部分。{debtor}",
    ),
    "collect_visit": _debt(
        "Visit the customer, settle what stands in the way and agree on a deadline. {debtor}",
        "请上门催收：解决妨碍付款的问题，约定付款期限。{debtor}",
    ),
    "collect_finance": _debt(
        "Finance sends an overdue notice; the salesperson backs it up. {debtor}",
        "财务发出逾期通知，销售人员配合跟进。{debtor}",
    ),
    "collect_legal": _debt(
        "Legal action is approved: send the demand letter, then go on by law. {debtor}",
        "法律行动已获批准：先发律师函，再依法追讨。{debtor}",
    ),
    "promise_broken": _debt(
        "The promise to pay by {promised} was broken. Contact the customer at once; from now on {by}. {debtor}",
        "客户承诺 {promised} 前付款，但已失约。请立即联系客户，改为{by}。{debtor}",
    ),
    "legal_proposed": _debt(
        "Legal action is proposed. Approve it under your name, or dismiss this with the reason.",
        "建议采取法律行动。请署名批准，或说明理由后忽略。",
    ),
    "supply_stop": (
        "It is proposed to stop supplying this customer. Decide: stop it under your name, or dismiss this with reason.",
        "建议停止向该客户供货。请决定：署名停止供货，或说明理由后忽略。",
    ),
    "supply_resume": (
        "Supply has been stopped since {stopped}, and the reason is gone. Decide whether to supply again.",
        "自 {stopped} 起已停止供货，停供原因已消除。请决定是否恢复供货。",
    ),
    "milestone_late": (
        "Late: {milestone}, planned for {planned}. See to it before the customer makes it a reason not to pay.",
        "{milestone}原定 {planned}，已经延误。请尽快处理，以免成为客户拒付的理由。",
    ),
    "milestone_unplanned": (
        "Nobody has planned {milestone}, and what is paid after it has no due date: instalment {waiting}. Plan it.",
        "{milestone}尚未计划，须待其完成才到期的分期 {waiting} 因此没有到期日。请登记计划日期。",
    ),
    "receivables": (
        "The receivables of your people on {on}: {count}, of which {overdue:is|are} overdue.\n{table}",
        "{on} 团队应收账款：共 {count} 笔，其中逾期 {overdue} 笔。\n{table}",
    ),
    "collection_reopened": (
        "Money was taken back after all had been collected: the debt is open again, and the sale's last end marker is "
        "to be voided.",
        "账款收齐后又有款项被退回：欠款重新出现，请作废该商机最后阶段的结束标志。",
    ),
}
