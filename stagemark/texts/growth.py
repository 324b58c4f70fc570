"""What a salesperson can say, where the catalogue says nothing of its own (domain.md §5): English, Chinese."""

from __future__ import annotations

__all__ = ["GROWTH_TEXTS"]

# `{bought}` and `{product}` are the labels of two products, `{sister}` the title of a sister company.
# `{products}` the labels of what was suggested with an order.
GROWTH_TEXTS: dict[str, tuple[str, str]] = {
    "link": ("Those who buy {bought} mostly add {product}.", "购买{bought}的客户，大多会一并选购{product}。"),
    "ask": ("May I add {product} for you?", "我帮您把{product}也安排上，好吗？"),
    "link_same": (
        "You already work with {bought}; {sister} belongs to your group.",
        "贵方已经在使用{bought}，而{sister}与贵方同属一个集团。",
    ),
    "reason_same": ("What has proved itself with you may help there too.", "在贵方用得好的产品，那边很可能也用得上。"),
    "ask_same": ("Would you introduce us to {sister}?", "能否请您把我们引荐给{sister}？"),
    "add_on_note": ("Suggested with the order: {products}", "随订单推荐（增值销售）：{products}"),
    # the three phrasings of an up-sell
    "would_you_like": ("Would you like {product} instead of {bought}?", "您要不要考虑用{product}代替{bought}？"),
    "fits_better": ("{product} fits what you do better than {bought}.", "比起{bought}，{product}更适合您的用途。"),
    "larger_order": ("A larger order saves money: {product}.", "一次多订更省钱：{product}。"),
}
