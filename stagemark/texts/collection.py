"""What a collection says when it refuses, in English and Chinese."""

from __future__ import annotations

__all__ = ["COLLECTION_TEXTS"]

# code: (en, zh)
COLLECTION_TEXTS: dict[str, tuple[str, str]] = {
    "collection_unknown": (
        "nothing is collected for sale {id}: no contract has been signed",
        "商机 {id} 没有应收账款：尚未签订合同",
    ),
    "collection_unsigned": (
        "the signing of sale {id} was taken back; nothing is collected for it",
        "商机 {id} 的签约已撤销，不再回收账款",
    ),
    "instalment_unknown": (
        "the contract has no instalment {instalment}; it has: {known}",
        "合同没有分期 {instalment}；现有分期：{known}",
    ),
    "instalment_settled": (
        "instalment {instalment} has been paid since {on}; name one that is still owed, or report more money to the "
        "account (stagemark payment report), where it waits",
        "分期 {instalment} 已于 {on} 付清；请指明仍有欠款的分期，多付的款请登记到客户名下（stagemark payment report），"
        "待分配",
    ),
    "instalment_written_off": (
        "instalment {instalment} was written off on {on}; money for it can still be entered: name the instalment",
        "分期 {instalment} 已于 {on} 核销；如仍有回款，登记时请指明该分期",
    ),
    "instalment_disputed": (
        "instalment {instalment} is disputed; settle complaint {complaint} first",
        "分期 {instalment} 存在争议；请先处理投诉 {complaint}",
    ),
    "instalment_undisputed": (
        "instalment {instalment} is not disputed; there is no dispute to end",
        "分期 {instalment} 没有争议，无需结束",
    ),
    "instalment_not_overdue": (
        "instalment {instalment} is not overdue; there is nothing to go to law about",
        "分期 {instalment} 尚未逾期，不能采取法律行动",
    ),
    "nothing_owed": (
        "nothing is owed for sale {id}; report the money to the account, where it waits and can be assigned",
        "商机 {id} 没有欠款；请把到账登记到客户名下，待分配",
    ),
    "payment_known": (
        "payment {payment} is recorded already: {amount:{currency}} on {on}; give another payment its own id, or take "
        "that one back first",
        "付款 {payment} 已登记：{on} {amount:{currency}}；另一笔付款请用新的编号，登记有误请先撤回",
    ),
    "payment_not_positive": ("payment {payment} has no amount; give more than 0", "付款 {payment} 的金额必须大于 0"),
    "payment_in_future": (
        "the payment's day {on} lies in the future (today is {today}); enter it when it has come in",
        "到账日期 {on} 晚于今天（{today}）；请在到账后登记",
    ),
    "payment_too_early": (
        "the payment's day {on} lies too long before the signing on {signed}; a payment for this contract can have "
        "come since {first}",
        "到账日期 {on} 早于签约日 {signed} 过久；本合同的付款最早可为 {first}",
    ),
    "amount_too_fine": (
        "{amount:{currency}} can't be paid: the currency has no coin so small; give an amount that can be, or all that "
        "is there",
        "{amount:{currency}} 小于该币种的最小单位，无法支付；请填写可支付的金额，或填写全部余额",
    ),
    "payment_twice_allocated": (
        "payment {payment} says twice what it is for; give instalments, or an allocation, not both",
        "付款 {payment} 同时指定了分期顺序和分配金额；请只用其中一种",
    ),
    "payment_currency": (
        "the payment is in {currency}, the contract in {contract}; report it to the account, or enter what the bank "
        "credited in {contract}",
        "付款币种为 {currency}，合同币种为 {contract}；请登记到客户名下，或按银行入账的 {contract} 金额登记",
    ),
    "payment_allocation": (
        "the parts add up to {parts}, the payment is {amount}; change the parts so that they add up to {amount}, or "
        "give the amount as {parts}",
        "分配金额合计 {parts}，与付款金额 {amount} 不符；请把各部分改为合计 {amount}，或把金额改为 {parts}",
    ),
    "payment_beyond": (
        "of {amount:{currency}} only {owed:{currency}} is owed there; enter {owed:{currency}} here, and report the "
        "rest of {rest:{currency}} to the account, where it waits and can be assigned",
        "{amount:{currency}} 中只有 {owed:{currency}} 属于这里的欠款；请在此登记 {owed:{currency}}，"
        "其余 {rest:{currency}} 登记到客户名下，待分配",
    ),
    "payment_unknown": (
        "there is no payment {payment} here; there are: {known}",
        "没有付款 {payment}；现有付款：{known}",
    ),
    "payment_gone": ("nothing of payment {payment} is left here", "付款 {payment} 在这里已没有余额"),
    "promise_in_past": (
        "the promised day {until} lies in the past (today is {today}); agree on a day from today on, or say when the "
        "promise was given, if that was before its day",
        "承诺付款日 {until} 早于今天（{today}）；请约定今天或之后的日期；若是补录，请注明承诺当天的日期",
    ),
    "promise_before_due": (
        "instalment {instalment} falls due on {due}; a promise names a later day than that (given: {until})",
        "分期 {instalment} 的到期日为 {due}；承诺付款日须晚于到期日（所填：{until}）",
    ),
    "promise_too_long": (
        "a promise until {until} is longer than the policy allows ({most} at the latest); name who approves it, or "
        "agree on an earlier day",
        "承诺付款日 {until} 超出规定期限（最晚 {most}）；请注明批准人，或约定更早的日期",
    ),
    "promise_not_due": (
        "instalment {instalment} has no due date yet; there is nothing to promise",
        "分期 {instalment} 尚无到期日，无需承诺",
    ),
    "promise_beyond": (
        "{amount:{currency}} is promised, {owed:{currency}} is owed; promise that or less",
        "承诺金额 {amount:{currency}} 超过欠款 {owed:{currency}}；请不超过欠款",
    ),
    "legal_approved": (
        "legal action for instalment {instalment} was approved by {by} on {on}",
        "分期 {instalment} 的法律行动已由 {by} 于 {on} 批准",
    ),
    "account_exempt": (
        "the account is exempt from legal steps and stop-supply until {until}; end the exemption first, or wait "
        "until it is over",
        "该客户在 {until} 之前（含当日）免于法律行动和停止供货；请先取消豁免，或等到期之后",
    ),
    "milestone_in_future": (
        "{milestone} can't have been reached on {on}: today is {today}; give the day on which it was reached, or plan "
        "it for that day",
        "{milestone}不可能在 {on} 完成：今天是 {today}；请填写实际完成日期，或把该日登记为计划日期",
    ),
    "milestone_before_signing": (
        "{milestone} on {on} lies before the signing on {signed}; give the signing's day or a later one, or "
        "correct that day first",
        "{milestone}的日期 {on} 早于签约日 {signed}；请填写签约日或之后的日期，或先更正签约日",
    ),
    "milestone_reached": (
        "{milestone} was reached on {on}; it can't be planned anew",
        "{milestone}已于 {on} 完成，不能重新计划",
    ),
    "unknown_team": (
        "nobody in the directory is of team {team}; there are: {known}",
        "通讯录中没有团队 {team}；现有团队：{known}",
    ),
    "supply_stopped": ("supply has been stopped by {by} since {on}", "{by} 已于 {on} 停止供货"),
    "supply_not_stopped": ("supply is not stopped", "目前没有停止供货"),
    "collection_kinds": (
        "contact needs a rule for each kind of collection; missing: {missing}",
        "contact 须为每种催收方式规定做法；缺少：{missing}",
    ),
    "collection_harder": (
        "a broken promise makes collection harder; {harder} is not harder than {kind}",
        "失约后催收方式须升级；{harder} 并不比 {kind} 更严",
    ),
}
