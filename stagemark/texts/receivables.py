"""The words of the receivables table, in English and Chinese."""

from __future__ import annotations

from typing import Final

__all__ = ["CELL_TERMS", "HEADINGS", "HELD", "OUTCOME", "REST", "TOTAL", "UNAPPROVED"]

HEADINGS: Final[dict[str, tuple[str, str]]] = {
    "account": ("Customer", "客户"),
    "opportunity": ("Sale", "商机"),
    "owner": ("Owner", "负责人"),
    "instalment": ("Instalment", "分期"),
    "due": ("Due", "到期日"),
    "age": ("Age", "账龄"),
    "outstanding": ("Amount", "金额"),
    "by": ("To collect", "催收方式"),
    "promised": ("Promised", "承诺"),
    "disputed": ("Disputed", "争议"),
}
CELL_TERMS: Final[dict[str, tuple[str, str]]] = {
    "not_due": ("not due yet", "未到期"),
    "young_small": ("young, small", "账龄短、小额"),
    "young_large": ("young, large", "账龄短、大额"),
    "old_small": ("old, small", "账龄长、小额"),
    "old_large": ("old, large", "账龄长、大额"),
}
HELD: Final[dict[str, tuple[str, str]]] = {
    "heading": ("Promise, dispute", "承诺、争议"),
    "promised": ("promise until {promised}", "付款承诺 {promised}"),
    "disputed": ("dispute {disputed}", "争议 {disputed}"),
}
"""In a terminal one column has room for either."""
OUTCOME: Final = ("{until}, {outcome}", "{until}（{outcome}）")
UNAPPROVED: Final = ("by legal action, once it is approved", "法律催收（待批准）")
TOTAL: Final = ("{cell}: {count}, {amount}", "{cell}：{count} 笔，{amount}")
REST: Final = ("and {count} more", "另有 {count} 笔")
