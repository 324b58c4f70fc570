"""What an account says when it refuses, with what would be lawful, in English and Chinese."""

from __future__ import annotations

__all__ = ["ACCOUNT_TEXTS", "CLEARANCE_TERMS"]

CLEARANCE_TERMS: dict[str, tuple[str, str]] = {
    "held": ("held", "预留中"),
    "confirmed": ("used by a signing", "已用于签约"),
    "released": ("given back", "已退还"),
    "expired": ("expired", "已过期"),
}

# code: (en, zh)
ACCOUNT_TEXTS: dict[str, tuple[str, str]] = {
    # -- what an account is
    "channel_unknown": (
        "the policy knows no channel {channel}; it knows: {known}",
        "政策中没有客户来源渠道 {channel}；可用：{known}",
    ),
    "account_blacklisted": (
        "account {account} is on the blacklist already: {reason}",
        "客户 {account} 已在黑名单上：{reason}",
    ),
    "account_not_blacklisted": ("account {account} is not on the blacklist", "客户 {account} 不在黑名单上"),
    "exempt_in_past": (
        "the exemption would end on {until}, and today is {today}; give a later day",
        "豁免截止日 {until} 早于今天（{today}）；请给出以后的日期",
    ),
    # -- the policy
    "account_span": (
        "{span} is too long for credit; write {most} or less",
        "信用相关的期限 {span} 过长；请不超过 {most}",
    ),
    # -- credit
    "clearance_known": (
        "there is a clearance {clearance} already; give this one another id",
        "授信编号 {clearance} 已存在；请换一个编号",
    ),
    "clearance_other_account": (
        "sale {opportunity} is of account {account}, not of {asked}; ask that one",
        "商机 {opportunity} 属于客户 {account}，而不是 {asked}；请向该客户申请授信",
    ),
    "clearance_no_contract": (
        "sale {opportunity} holds no contract that says what is paid later; give the amount",
        "商机 {opportunity} 尚无合同资料，无法得知签约后付款的金额；请填写金额",
    ),
    "clearance_nothing": (
        "nothing of {opportunity} is paid later than at the signing: it needs no credit",
        "商机 {opportunity} 没有签约后付款的部分，无需授信",
    ),
    "clearance_blacklisted": (
        "account {account} is on the blacklist ({reason}): have it taken off, have all paid at the signing, or let "
        "finance override with a reason",
        "客户 {account} 在黑名单上（{reason}）：请先移出黑名单，或全部签约时付款，或由财务说明理由后特批",
    ),
    "clearance_worsened": (
        "its credit has worsened on {on} ({text}), and no measure was taken: record the measure, or let finance "
        "override with a reason",
        "该客户信用已于 {on} 恶化（{text}），尚未采取措施：请先登记所采取的措施，或由财务说明理由后特批",
    ),
    "limit_missing": (
        "account {account} has no credit limit: finance sets one{proposal}, all is paid at the signing, or finance "
        "overrides with a reason",
        "客户 {account} 没有信用额度：请财务设定额度{proposal}，或全部签约时付款，或由财务说明理由后特批",
    ),
    "limit_proposed": (
        " (half of the registered capital or so would be: {amount})",
        "（按注册资本建议：{amount}）",
    ),
    "limit_exceeded": (
        "{amount:{currency}} on credit is over the limit of {limit:{into}} by {over:{into}}: {used:{into}} are used, "
        "{free:{into}} free. Have that much paid at the signing (a larger deposit), collect what is owed, have "
        "finance set a limit of {needed:{into}} or more, or let finance override with a reason",
        "赊销 {amount:{currency}} 超出信用额度 {limit:{into}}，超出 {over:{into}}："
        "已用 {used:{into}}，可用 {free:{into}}。"
        "可提高签约时付款（定金）、先收回欠款、请财务把额度设为不低于 {needed:{into}}，或由财务说明理由后特批",
    ),
    "rate_missing": (
        "{currency} can't be counted against a limit in {into}: give a dated rate from {currency} into {into}",
        "{currency} 金额无法计入以 {into} 计的额度：请提供带日期的 {currency} 兑 {into} 汇率",
    ),
    "rate_in_future": (
        "the rate from {currency} into {into} is of {on}, and today is {today}; give one of today or before",
        "{currency} 兑 {into} 的汇率日期 {on} 晚于今天（{today}）；请提供今天或以前的汇率",
    ),
    "rate_old": (
        "the rate from {currency} into {into} is of {on}; give one of {oldest} or later",
        "{currency} 兑 {into} 的汇率日期为 {on}，已过期；请提供 {oldest} 或以后的汇率",
    ),
    "rate_useless": (
        "a rate from {currency} into {into} says nothing about a limit in {limit}; give one into {limit}",
        "{currency} 兑 {into} 的汇率与以 {limit} 计的额度无关；请提供兑 {limit} 的汇率",
    ),
    "clearance_unknown": (
        "there is no clearance {clearance}; held are: {held}",
        "没有授信 {clearance}；预留中的有：{held}",
    ),
    "clearance_not_held": (
        "clearance {clearance} is {status}; only one that is held can be given back",
        "授信 {clearance} {status}；只能退还预留中的授信",
    ),
    "clearance_not_of_account": (
        "account {account} has given no clearance {clearance} (held for {opportunity}: {held}): ask it for one "
        "(stagemark account clear), or let finance override with a name and a reason",
        "客户 {account} 没有授信 {clearance}（为商机 {opportunity} 预留中的：{held}）：请先申请授信"
        "（stagemark account clear），或由财务署名并说明理由后特批",
    ),
    "clearance_other_sale": (
        "clearance {clearance} was given for sale {of}, not for {opportunity}: ask account {account} for one of its "
        "own (stagemark account clear)",
        "授信 {clearance} 属于商机 {of}，不能用于 {opportunity}：请向客户 {account} 另行申请"
        "（stagemark account clear）",
    ),
    "clearance_released": (
        "clearance {clearance} has been given back and holds nothing for {opportunity} any more: ask account {account} "
        "for another (stagemark account clear), or let finance override with a name and a reason",
        "授信 {clearance} 已退还，不再为商机 {opportunity} 预留额度：请向客户 {account} 重新申请（stagemark account "
        "clear），或由财务署名并说明理由后特批",
    ),
    "clearance_differs": (
        "clearance {clearance} is given as {found}, and account {account} holds {held}: give it as the account has it, "
        "or ask for another (stagemark account clear)",
        "授信 {clearance} 填写为 {found}，而客户 {account} 预留的是 {held}：请按客户档案填写，或重新申请"
        "（stagemark account clear）",
    ),
    "measure_unknown": (
        "the policy knows no measure {measure}; it knows: {known}",
        "政策中没有措施 {measure}；可用：{known}",
    ),
    "measure_needed": (
        "say which measure was taken: {known} (stagemark account measure); or dismiss the task with the reason",
        "请登记采取了哪项措施：{known}（stagemark account measure）；或说明理由后忽略该任务",
    ),
    "rate_unreadable": (
        "{text} is no rate; write USD/CNY=7.1@2026-03-02, and its source behind a space",
        "“{text}”不是汇率；请写成 USD/CNY=7.1@2026-03-02，来源写在空格之后",
    ),
    # -- money that waits
    "allocation_unreadable": ("{text} says not how much is for which; write 1=500", "“{text}”不是分配；请写成 1=500"),
    "allocation_twice": (
        "instalment {instalment} is named twice, with {first} and with {second}; name each once, with all for it",
        "分期 {instalment} 分配了两次：{first} 和 {second}；每个分期请只写一次，填写其全部金额",
    ),
    "payment_not_here": (
        "no payment {payment} came in at this account; those that wait: {waiting}",
        "该客户没有到账 {payment}；待分配的到账：{waiting}",
    ),
    "payment_not_waiting": (
        "nothing of payment {payment} waits: it is placed or returned; what is placed wrongly is taken back at its "
        "sale",
        "到账 {payment} 没有待分配余额：已分配或已退回；分配有误请在对应商机撤回",
    ),
    "payment_beyond_waiting": (
        "of payment {payment} {waiting:{currency}} wait, not {amount:{currency}}; give {waiting:{currency}} or less",
        "到账 {payment} 待分配 {waiting:{currency}}，不足 {amount:{currency}}；请不超过 {waiting:{currency}}",
    ),
    "sale_not_of_account": (
        "this account has no contract of sale {opportunity}; it has: {known}",
        "该客户名下没有商机 {opportunity} 的合同；现有：{known}",
    ),
    "assign_currency": (
        "payment {payment} is in {currency}, the contract of {opportunity} in {contract}: enter there what the bank "
        "credited in {contract}, and refund this here",
        "到账 {payment} 币种为 {currency}，商机 {opportunity} 的合同币种为 {contract}：请在商机按入账的 {contract} 金额"
        "登记，并在此登记退回",
    ),
    "assign_beyond": (
        "{amount:{currency}} for {opportunity}, but {owed:{currency}} is owed there; give that or less, or --entered "
        "if somebody has entered the same money there by hand",
        "分配给商机 {opportunity} 的 {amount:{currency}} 超过欠款 {owed:{currency}}；请不超过欠款；"
        "如该款已在商机手工登记，请加 --entered",
    ),
}
