"""Values that tables, lines and pages show: what people of either language say for them (English, Chinese)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from stagemark.texts.language import Language

__all__ = ["LIFE_TERMS", "ROLE_TERMS", "YES_TERMS", "Terms", "clauses", "joined", "noted", "paired", "term"]

Terms = Mapping[str, tuple[str, str]]
"""Of one kind of value, by id."""

LIFE_TERMS: Final[dict[str, tuple[str, str]]] = {
    "unopened": ("not opened", "未建立"),
    "open": ("open", "进行中"),
    "nurture": ("in nurture", "维持联系"),
    "suspended": ("suspended", "已暂停"),
    "lost": ("lost", "已丢单"),
    "collected": ("collected", "已回款"),
    "closed": ("closed", "已完成"),
}
"""The lives of a sale."""
ROLE_TERMS: Final[dict[str, tuple[str, str]]] = {
    "owner": ("owner", "负责人"),
    "deputy": ("deputy", "代理人"),
    "collaborators": ("collaborators", "协作者"),
    "supervisor": ("supervisor", "主管"),
    "manager": ("manager", "经理"),
    "finance": ("finance", "财务"),
    "legal": ("legal", "法务"),
}
"""The roles of a sale and of the shipped policy; a company's own are said by their ids."""
YES_TERMS: Final = {True: ("yes", "是"), False: ("no", "否")}


def term(terms: Terms, id_: str, language: Language) -> str:
    """What people say for an id; the id itself where nobody has a word for it."""
    return terms.get(id_, (id_, id_))[language == "zh"]


def joined(parts: Iterable[object], language: Language) -> str:
    """Several as one text."""
    return ("、" if language == "zh" else ", ").join(map(str, parts))


def clauses(parts: Iterable[object], language: Language) -> str:
    """Several that have commas of their own as one text."""
    return ("；" if language == "zh" else "; ").join(map(str, parts))


def paired(name: object, said: object, language: Language) -> str:
    """Something, and what is said of it."""
    return f"{name}：{said}" if language == "zh" else f"{name}: {said}"


def noted(name: object, note: object, language: Language) -> str:
    """Something, and what belongs to it in brackets: an id, a state."""
    return f"{name}（{note}）" if language == "zh" else f"{name} ({note})"
