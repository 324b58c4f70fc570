"""What the tasks of an aftercare say to those who do them, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stagemark.texts.counts import filled
from stagemark.texts.terms import term

if TYPE_CHECKING:
    from stagemark.texts.language import Language

__all__ = [
    "AFTERCARE_TASKS",
    "AFTERCARE_TERMS",
    "FOLLOW_UP_TERMS",
    "HOW_TERMS",
    "ITEM_TERMS",
    "PROMPT_TERMS",
    "REFERRAL_TERMS",
    "ROUND_TERMS",
    "SIGN_TERMS",
    "STATUS_TERMS",
    "WARRANTY_TERMS",
    "contact_text",
]

HOW_TERMS: dict[str, tuple[str, str]] = {
    "phone": ("by phone", "电话"),
    "visit": ("by a visit", "上门"),
    "letter": ("by letter", "信函"),
    "event": ("at an event", "活动邀请"),
}

ITEM_TERMS: dict[str, tuple[str, str]] = {
    "arrived": ("has all arrived well", "到货回访"),
    "in-use": ("how it is used", "使用回访"),
    "quarter": ("after a quarter", "季度回访"),
    "thanks": ("thanks for the payment", "付款致谢"),
    "half-year": ("after half a year", "半年回访"),
    "invitation": ("an invitation", "活动邀请"),
}
"""The contacts of the shipped policy; a company's own have labels."""
WARRANTY_TERMS: dict[str, tuple[str, str]] = {
    "return": ("return", "退货"),
    "exchange": ("exchange", "换货"),
    "repair": ("free repair", "免费保修"),
}
ROUND_TERMS: dict[str, tuple[str, str]] = {
    "signing": ("after the signing", "签约后"),
    "production": ("after the production", "生产完成后"),
    "delivery": ("after the delivery", "交货后"),
    "installation": ("after the installation", "安装后"),
    "commissioning": ("after the commissioning", "调试后"),
    "acceptance": ("after the acceptance", "验收后"),
    "training": ("after the training", "培训后"),
    "payment": ("after the payment", "付款后"),
    "completion": ("after the completion", "订单完成后"),
}
ORDER_TEXTS: dict[str, tuple[str, str]] = {
    "due": ("the next order, about {due}", "约 {due} 的下一次采购"),
    "before": (
        "{now:{currency}} instead of {before:{currency}}",
        "由 {before:{currency}} 降至 {now:{currency}}",
    ),
}
"""What orders ask for, by the param that only it has: a repurchase, a sharp fall."""
AFTERCARE_TERMS = {"how": HOW_TERMS, "item": ITEM_TERMS, "term": WARRANTY_TERMS, "round": ROUND_TERMS}
"""Which params of a task hold a term, and what it says."""
FOLLOW_UP_TERMS: dict[str, tuple[str, str]] = {
    "follow_up": ("follow-up", "回访"),
    "promise": ("promised", "承诺事项"),
    "warranty": ("end of warranty", "保修到期"),
    "evaluation": ("evaluation", "维护评估"),
    "repurchase": ("repurchase", "再次采购"),
    "orders_fell": ("orders fell", "订单下滑"),
}
STATUS_TERMS: dict[str, tuple[str, str]] = {
    "planned": ("planned", "已计划"),
    "open": ("due", "待处理"),
    "missed": ("missed", "已错过"),
    "done": ("done", "已处理"),
    "cancelled": ("cancelled", "已取消"),
    "overtaken": ("overtaken", "已不再需要"),
}
PROMPT_TERMS: dict[str, tuple[str, str]] = {
    "open": ("no answer yet", "尚无答复"),
    "accepted": ("accepted", "已接受"),
    "declined": ("declined", "已拒绝"),
    "later": ("later", "以后再说"),
}
REFERRAL_TERMS: dict[str, tuple[str, str]] = {
    "attitude": ("learn their attitude", "了解态度"),
    "benefit": ("give enough benefit", "给足利益"),
    "ask": ("ask for names", "请求引荐"),
    "testimonial": ("obtain a testimonial", "取得证明"),
}
SIGN_TERMS: dict[str, tuple[str, str]] = {
    "endorses_product": ("endorses the product", "高度认可产品"),
    "endorses_person": ("endorses the person", "高度认可本人"),
    "influence": ("has influence", "有影响力"),
    "connections": ("has wide connections", "人脉广"),
}
"""The signs of a referral centre."""


def contact_text(item: str, text: str, params: Mapping[str, Any], language: Language) -> str:
    """What people call a planned contact: what was said of it, else the label of its term, its round or its name."""
    if text:
        return text
    for name, (en, zh) in ORDER_TEXTS.items():
        if name in params:
            return filled(zh if language == "zh" else en, params)
    label = params["label"][language] if params.get("label") else None
    if (warranty := params.get("term")) is not None:
        what = label or term(WARRANTY_TERMS, warranty, language)
        return f"{what}（{params['ends']}）" if language == "zh" else f"{what} ({params['ends']})"
    if (round_ := params.get("round")) is not None:
        return term(ROUND_TERMS, round_, language)
    return label or term(ITEM_TERMS, item, language)


# task: (en, zh)
AFTERCARE_TASKS: dict[str, tuple[str, str]] = {
    "follow_up": (
        "Follow up with the customer, {how}: {item}. {text} Record the outcome.",
        "回访客户（{how}）：{item}。{text}请登记结果。",
    ),
    "promise": (
        "Promised to the customer: {text} To be done by {until}.",
        "已向客户承诺：{text} 最迟 {until} 完成。",
    ),
    "warranty": (
        "The warranty term “{term}” ends on {ends}: ask whether all works, while the customer can still claim.",
        "保修条款“{term}”将于 {ends} 到期：请在到期前询问客户使用是否正常。",
    ),
    "evaluation": (
        "The contacts of the round “{round}” are over: evaluate it. What was reached, what did we learn, what next?",
        "“{round}”一轮维护已结束：请做评估。达到了什么，了解到什么，下一步做什么？",
    ),
    "repurchase": (
        "By their own rhythm the customer buys again about {due} (last order {last}): talk to them now.",
        "按客户自己的采购节奏，下次采购约在 {due}（上次订单 {last}）：现在就该联系。",
    ),
    "orders_fell": (
        "Orders have fallen sharply: {now:{currency}} within {window}, {before:{currency}} in as long before. "
        "Find out why.",
        "订单量明显下滑：最近 {window}为 {now:{currency}}，此前同样时长为 {before:{currency}}。请查明原因。",
    ),
    "prompt": (
        "Suggest {product_en} to the customer. You can say: “{say_en}” Record the answer to prompt {prompt}.",
        "向客户推荐{product_zh}。可以这样说：“{say_zh}”请登记推荐 {prompt} 的答复。",
    ),
    "referral_attitude": (
        "The order is completed and the customer is content. Step 1 of a referral: learn what they think of the "
        "product and of you. Dismiss it if they don't want to be asked.",
        "订单已完成，客户满意。转介绍第一步：了解客户对产品和对您本人的态度。客户不愿意时请选择忽略。",
    ),
    "referral_benefit": (
        "Step 2 of a referral: make sure that the customer has had enough benefit from us.",
        "转介绍第二步：让客户得到足够的利益。",
    ),
    "referral_ask": (
        "Step 3 of a referral: at a fitting time, ask for the names of others whom we could help.",
        "转介绍第三步：在合适的时机，请客户介绍潜在客户的名单。",
    ),
    "referral_testimonial": (
        "Step 4 of a referral: obtain a testimonial.",
        "转介绍第四步：取得客户的推荐证明。",
    ),
}
