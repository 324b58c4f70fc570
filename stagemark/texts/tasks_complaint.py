"""What the tasks of a complaint say to those who do them, in English and Chinese (domain.md §5)."""

from __future__ import annotations

__all__ = ["COMPLAINT_LIFE_TERMS", "COMPLAINT_TASKS", "STEP_OF", "STEP_TERMS"]

COMPLAINT_LIFE_TERMS: dict[str, tuple[str, str]] = {"open": ("open", "处理中"), "closed": ("closed", "已关闭")}

STEP_TERMS: dict[str, tuple[str, str]] = {
    "listen": ("let them vent", "让客户发泄"),
    "apologise": ("apologise and show that you understood", "道歉并表示理解"),
    "collect": ("collect information", "收集信息"),
    "propose": ("propose a solution", "提出解决方案"),
    "ask": ("ask for their view", "征求意见"),
    "follow_up": ("follow up", "跟踪回访"),
}

_SAID = ("Complaint {complaint}: “{said}”", "投诉 {complaint}：“{said}”。")


def _step(en: str, zh: str) -> tuple[str, str]:
    return f"{_SAID[0]} {en}", f"{_SAID[1]}{zh}"


# task: (en, zh)
COMPLAINT_TASKS: dict[str, tuple[str, str]] = {
    "complaint_listen": _step(
        "Step 1 of 6: let the customer vent; listen, and don't argue.",
        "第一步（共六步）：让客户发泄，倾听，不争辩。",
    ),
    "complaint_apologise": _step(
        "Step 2 of 6: apologise, and show that you have understood.",
        "第二步（共六步）：充分道歉，让客户知道您已了解问题。",
    ),
    "complaint_collect": _step(
        "Step 3 of 6: ask, and collect what is needed to solve it.",
        "第三步（共六步）：提问，收集解决问题所需的信息。",
    ),
    "complaint_propose": _step(
        "Step 4 of 6: propose a solution; call in a superior if need be.",
        "第四步（共六步）：提出解决方案，必要时请上级出面。",
    ),
    "complaint_ask": _step(
        "Step 5 of 6: ask for the customer's own view, and whether they accept.",
        "第五步（共六步）：征求客户本人的意见，是否接受方案。",
    ),
    "complaint_follow_up": _step(
        "Step 6 of 6: follow up whether it is really settled; then close the complaint.",
        "第六步（共六步）：跟踪回访，确认问题真正解决，然后关闭投诉。",
    ),
    "complaint_propose_anew": _step(
        "The customer has refused the proposal: a superior proposes another solution.",
        "客户没有接受方案：请上级出面，另提解决方案。",
    ),
}

STEP_OF = {f"complaint_{step}": step for step in STEP_TERMS} | {"complaint_propose_anew": "propose"}
"""The step that each task asks for."""
