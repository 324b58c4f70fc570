"""What a complaint says when it refuses, in English and Chinese."""

from __future__ import annotations

from stagemark.texts.tasks_complaint import STEP_TERMS

__all__ = ["COMPLAINT_TEXTS", "TURN_TERMS"]

TURN_TERMS = {id_: (f"{id_} ({en})", f"{id_}（{zh}）") for id_, (en, zh) in STEP_TERMS.items()}
"""A step as it is typed, and in words."""

# code: (en, zh)
COMPLAINT_TEXTS: dict[str, tuple[str, str]] = {
    "complaint_unknown": (
        "there is no complaint {id}; raise it: stagemark complaint raise {id} …",
        "没有投诉 {id}；请先登记：stagemark complaint raise {id} …",
    ),
    "complaint_already_raised": (
        "the complaint {id} is raised already; go on with it, or give another one its own id",
        "投诉 {id} 已登记；请继续处理，或为新投诉另取编号",
    ),
    "complaint_id_of_dispute": (
        "{id} is of the form SALE/INSTALMENT/NUMBER, which is kept for disputes (stagemark dispute open …); choose "
        "another id",
        "{id} 是“商机/分期/序号”形式，专供争议使用（stagemark dispute open …）；请另取编号",
    ),
    "sale_of_other_account": (
        "the sale {opportunity} is of {account}, not of {named}",
        "商机 {opportunity} 属于客户 {account}，而不是 {named}",
    ),
    "complaint_open": (
        "the complaint {id} is open: there is nothing to open again",
        "投诉 {id} 尚未关闭，无需重新打开",
    ),
    "complaint_closed": (
        "the complaint {id} is closed; open it again first: stagemark complaint reopen {id} …",
        "投诉 {id} 已关闭；请先重新打开：stagemark complaint reopen {id} …",
    ),
    "complaint_step_out_of_turn": (
        "“{taken}” is not the step that comes next; it is the turn of “{turn}”",
        "还没轮到“{taken}”；现在应当“{turn}”",
    ),
    "complaint_all_done": (
        "all steps of the complaint {id} are done; close it: stagemark complaint close {id} …",
        "投诉 {id} 的六个步骤都已完成；请关闭：stagemark complaint close {id} …",
    ),
    "complaint_needs_superior": (
        "the customer has refused the last proposal: the next one is a superior's, and names them: stagemark "
        "complaint propose {id} … --approved-by PERSON",
        "客户没有接受上一个方案：须由上级另提，并写明是谁：stagemark complaint propose {id} … --approved-by 人员",
    ),
    "complaint_accepted_with_ask": (
        "{taken}: whether the customer accepts the proposal is said at the step “ask”, there always and only there",
        "{taken}：客户是否接受方案在“ask（征求意见）”这一步填写，此步必填，其他步骤不填",
    ),
    "complaint_not_done": (
        "a complaint is closed with the customer's own view and a follow-up; left: {left}. Next: “{turn}”",
        "须有客户本人的意见并完成回访，投诉才能关闭；尚余：{left}。下一步：“{turn}”",
    ),
    "complaint_task_is_step": (
        "a task of a complaint is its step: take it (stagemark complaint step {id} …); next: “{turn}”",
        "投诉的任务就是处理步骤：请执行该步骤（stagemark complaint step {id} …）；下一步：“{turn}”",
    ),
    "complaint_has_owner": (
        "{owner} deals with the complaint {id} already; name somebody else",
        "投诉 {id} 已由 {owner} 处理；请指定其他人",
    ),
    "complaint_steps_missing": ("the steps {steps} have no rule; add them", "步骤 {steps} 没有规则；请补上"),
}
