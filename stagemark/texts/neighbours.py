"""What all neighbours of a sale say when they refuse, and what is said of a policy, in English and Chinese."""

from __future__ import annotations

__all__ = ["NEIGHBOUR_TEXTS"]

# code: (en, zh)
NEIGHBOUR_TEXTS: dict[str, tuple[str, str]] = {
    "account_unknown": (
        "nothing is known of the account {id} yet; describe it first: stagemark account describe {id} …",
        "还没有客户 {id} 的资料；请先登记：stagemark account describe {id} …",
    ),
    "task_unknown": (
        "there is no open task {entry}; open are: {open}",
        "没有待处理的任务 {entry}；待处理的有：{open}",
    ),
    "answer_needs": ("an answer “{answer}” needs {what}; give it", "答复“{answer}”必须填写 {what}"),
    "answer_day_past": (
        "{until} is past, today is {today}; give today or a later day",
        "{until} 已过，今天是 {today}；请给出今天或以后的日期",
    ),
    "quiet_hours_malformed": (
        "{value} are no quiet hours; write 21:00-08:00",
        "“{value}”不是免打扰时段；请写成 21:00-08:00",
    ),
    # -- policies
    "account_grades_missing": ("the grades {grades} have no rule; add them", "信用等级 {grades} 没有规则；请补上"),
    "unknown_policy": ("there is no policy {policy}; name a file", "没有政策文件 {policy}；请指定文件"),
    "policy_field_missing": ("the field {field} is missing; add it", "缺少字段 {field}；请补上"),
    "policy_field_misspelt": (
        "there is no field {field} here; did you mean {nearest}?",
        "此处没有字段 {field}；您是否想写 {nearest}？",
    ),
    "policy_field_unknown": (
        "there is no field {field} here; the fields are {known}",
        "此处没有字段 {field}；可用的字段有：{known}",
    ),
    "policy_value": ("{field}: {message}", "{field}：{message}"),
    "role_unknown": (
        "there is no role {role}; there are {known}. Name one of them, or give it to somebody in the directory",
        "没有角色“{role}”；现有：{known}。请改用其中之一，或在人员目录中指派",
    ),
    "policy_role_unknown": (
        "there is no role {role}; there are {known}. Correct it, or give it to somebody in the directory",
        "没有角色“{role}”；现有：{known}。请改正，或在人员目录中指派",
    ),
    "role_of_sale": (
        "nobody is {role} for the whole company, so nobody could decide by that; name one of {known}",
        "“{role}”只对单个商机而言，不能据此作出决定；可用的角色：{known}",
    ),
    "policy_unreadable": ("the policy can't be read: {reason}", "无法读取政策文件：{reason}"),
}
