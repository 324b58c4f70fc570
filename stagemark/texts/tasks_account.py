"""What the tasks of an account say to those who do them, in English and Chinese (domain.md §4)."""

from __future__ import annotations

__all__ = ["ACCOUNT_TASKS", "ACCOUNT_TERMS", "GRADE_TERMS"]

GRADE_TERMS: dict[str, tuple[str, str]] = {"a": ("A", "A 级"), "b": ("B", "B 级"), "c": ("C", "C 级")}
ACCOUNT_TERMS = {"grade": GRADE_TERMS, "last": {"never": ("never", "从未调查")}}
"""Which params of a task hold a term, and what it says."""

# task: (en, zh)
ACCOUNT_TASKS: dict[str, tuple[str, str]] = {
    "credit_survey": (
        "Survey the credit of {account} (grade {grade}, last: {last}); it owes {owed}. Ask banks, agencies, the trade "
        "and our own records, look at the owner and at the business apart, and record the report.",
        "请对客户 {account} 做信用调查（{grade}，上次：{last}），当前欠款 {owed}。"
        "通过银行、机构、同行和我方记录了解情况，分别考察经营者与企业，并登记调查报告。",
    ),
    "credit_worsened": (
        "The credit of {account} has worsened on {on}: {text} Take one of the measures and record which: {measures}.",
        "客户 {account} 的信用已于 {on} 恶化：{text} 请采取措施之一并登记：{measures}。",
    ),
    "credit_uncleared": (
        "{opportunity} of {account} was signed on {on} with {amount:{currency}} on credit and without a valid "
        "clearance: clear it now, or see to the contract.",
        "客户 {account} 的商机 {opportunity} 已于 {on} 签约，赊销 {amount:{currency}}，但没有有效授信："
        "请补办授信，或处理合同。",
    ),
    "money_waits": (
        "{amount:{currency}} of {account} came in on {on} and fits nothing by itself (payment {payment}; “{reference}” "
        "{payer}). Assign it to a sale, refund it, or keep it as a credit balance.",
        "客户 {account} 于 {on} 到账 {amount:{currency}}，无法自动分配（到账编号 {payment}；“{reference}”{payer}）。"
        "请分配到商机、退回，或留作预收余额。",
    ),
    "money_differs": (
        "The bank reported payment {differs} of {account} again with other content: {amount:{currency}} on {on} "
        "(“{reference}” {payer}), kept as {payment}. Ask the bank which is true, then assign it or record its refund.",
        "银行以不同内容再次报告客户 {account} 的到账 {differs}：{on} {amount:{currency}}（“{reference}”{payer}），"
        "已另存为 {payment}。请向银行核实，再分配或登记退回。",
    ),
    "money_entered": (
        "Of payment {payment} of {account}, {amount:{currency}} were entered by hand at {sales} beyond what the bank "
        "has reported under that id ({reported:{currency}}, placed at {places}): one payment must not settle two "
        "debts. Take back what is wrong (stagemark payment reverse); other money is entered under an id of its own.",
        "客户 {account} 的到账 {payment} 在 {sales} 手工登记的金额，比银行以该编号报告的"
        "（{reported:{currency}}，分配到 {places}）多出 {amount:{currency}}：一笔到账不能结清两笔欠款。"
        "请撤回登记有误的部分（stagemark payment reverse）；另一笔款请用自己的编号登记。",
    ),
    "money_stray": (
        "The bank took back payment {payment} of {account}, which nobody had reported: if somebody entered it by hand, "
        "take it back there.",
        "银行退回了客户 {account} 的到账 {payment}，但此前没有到账报告：如曾手工登记，请在对应商机撤回。",
    ),
}
