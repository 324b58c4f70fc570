"""What is said of contacts of customers, in English and Chinese (domain.md §2)."""

from __future__ import annotations

from typing import Final

__all__ = ["CONTACT_TEXTS", "STYLE_TERMS"]

STYLE_TERMS: Final[dict[str, tuple[str, str]]] = {
    "peacock": ("peacock (expressive)", "孔雀型（表达型）"),
    "koala": ("koala (amiable)", "考拉型（亲切型）"),
    "owl": ("owl (analytical)", "猫头鹰型（分析型）"),
    "tiger": ("tiger (driver)", "老虎型（支配型）"),
    "chameleon": ("chameleon (mixed)", "变色龙型（综合型）"),
}
"""The communication styles."""

# code: (en, zh)
CONTACT_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "contact_style": (
        "there is no communication style {style}; write one of {known}, or leave it out",
        "没有沟通风格“{style}”；可填 {known}，或留空",
    ),
    "unknown_contact": (
        "the directory knows no contact {contact}; see stagemark directory contacts",
        "通讯录中没有联系人 {contact}；请查看 stagemark directory contacts",
    ),
}
