"""The words of the page before a visit: English, Chinese."""

from __future__ import annotations

from typing import Final

__all__ = ["BRIEFING_TEXTS"]

BRIEFING_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Before the visit: {customer}", "拜访准备单：{customer}"),
    "called": ("{title} ({id})", "{title}（{id}）"),
    "as_of": ("As of {day}", "截至 {day}"),
    "nothing": ("nothing recorded", "暂无记录"),
    # -- headings
    "next": ("What to say next", "下一步说什么"),
    "due": ("What is due", "近期应办事项"),
    "contacts": ("Contacts", "联系人"),
    "sales": ("Sales", "商机与合同"),
    "instalments": ("Instalments", "分期应收"),
    "payments": ("Payments", "回款"),
    "deliveries": ("Deliveries", "交付"),
    "orders": ("Orders", "订单"),
    "trend": ("Volume by quarter", "各季度订单量"),
    "complaints": ("Complaints", "投诉"),
    "satisfaction": ("Satisfaction", "满意度"),
    "made": ("Last contacts", "最近的联系"),
    "proposed": ("Suggested before", "以前推荐过的内容"),
    "documents": ("Written needs, proposals and contracts", "需求、方案与合同文件"),
    # -- columns
    "sale": ("Sale", "商机"),
    "what": ("What", "内容"),
    "life": ("State", "状态"),
    "stages": ("Stages", "阶段"),
    "value": ("Value", "金额"),
    "owner": ("Owner", "负责人"),
    "instalment": ("Instalment", "分期"),
    "amount": ("Amount", "金额"),
    "paid": ("Paid", "已付"),
    "outstanding": ("Outstanding", "未付"),
    "due_on": ("Due", "到期日"),
    "late": ("Days late", "逾期天数"),
    "milestone": ("Milestone", "里程碑"),
    "planned": ("Planned", "计划"),
    "reached": ("Reached", "实际"),
    "order": ("Order", "订单"),
    "day": ("Day", "日期"),
    "quarter": ("Quarter", "季度"),
    "volume": ("Volume", "订单量"),
    "complaint": ("Complaint", "投诉"),
    "step": ("Next step", "下一步"),
    "since": ("Since", "起始"),
    "style": ("Communication style", "沟通风格"),
    "note": ("Note", "备注"),
    "contact": ("Contact", "联系人"),
    "known": ("What we know", "已知情况"),
    "score": ("Score", "分数"),
    "product": ("Product", "产品"),
    "answer": ("Answer", "答复"),
    "how": ("How", "方式"),
    "who": ("Who", "由谁"),
    "paid_for": ("For", "用途"),
    "outcome": ("Outcome", "结果"),
    "document": ("Document", "文件"),
    # -- cells
    "missed": (" (missed)", "（已错过）"),
    "late_by": ("late by {days:day|days}", "已延误 {days} 天"),
    "is_planned": ("planned", "计划中"),
    "falls_due": ("instalment {id} falls due: {amount}", "分期 {id} 到期：{amount}"),
    "waits": ("payment {payment} waits to be assigned: {amount}", "到账 {payment} 待分配：{amount}"),
    "waiting": ("waits to be assigned ({payment})", "待分配（{payment}）"),
    "kept": ("kept as a credit balance ({payment})", "留作预收余额（{payment}）"),
    "reversed": ("taken back: {amount}", "已撤回：{amount}"),
    # -- what to say next
    "say_complaint": (
        "First ask about the complaint {complaint}, and listen. Nothing is sold while it is open.",
        "先询问投诉 {complaint} 的处理情况，认真倾听。投诉未了结前不推销。",
    ),
    "say_pledged": (
        "They have promised {outstanding} of {sale} by {until}; it is {days:day|days} overdue. "
        "Say that we count on it.",
        "{sale} 逾期 {days} 天的 {outstanding}，客户已承诺在 {until} 之前付清：重申我方指望如期到账。",
    ),
    "say_overdue": (
        "Settle what is overdue: {outstanding} of {sale}, for {days:day|days}. Ask for all of it, not a part.",
        "谈妥逾期款项：{sale} 尚欠 {outstanding}，已逾期 {days} 天。要求全额付清，而不是一部分。",
    ),
    "say_fell": (
        "Orders have fallen: {now} within {window}, {before} in as long before. Find out why.",
        "订单下滑：最近 {window}为 {now}，此前同样时长为 {before}。请弄清原因。",
    ),
    "say_satisfaction": (
        "Ask how satisfied they are with {sale}, and record the score with their words.",
        "询问客户对 {sale} 的满意程度，登记分数和原话。",
    ),
    "say_unsatisfied": (
        "They gave {score} for {sale}: “{text}”. Ask what would make it better.",
        "客户对 {sale} 打了 {score} 分：“{text}”。请询问怎样能改进。",
    ),
    "say_promised": ("You promised: {text} (until {until}).", "我方承诺过：{text}（{until} 之前）。"),
    "say_repurchase": (
        "They buy again about {due} by their own rhythm: ask about their plans.",
        "按其采购节奏，约 {due} 会再次采购：请询问采购计划。",
    ),
    "say_prompt": ("Suggest {product}: {words}", "推荐{product}：{words}"),
    "say_referral": ("A referral, next step: {step}.", "转介绍，下一步：{step}。"),
    "say_stage": (
        "{sale} is in “{stage}”: what is missing is “{marker}”.",
        "{sale} 处于“{stage}”阶段：还缺“{marker}”。",
    ),
    "say_nothing": ("Nothing presses: keep in touch.", "没有紧迫事项：保持联系。"),
    "not_now": ("No prompt now: {why}", "现在不宜推荐：{why}"),
    "trend_change": (
        "Volume within {window}: {change} against as long before.",
        "最近 {window}与此前同样时长相比：{change}。",
    ),
}
