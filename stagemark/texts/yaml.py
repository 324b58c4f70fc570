"""What can be wrong with text that is no YAML; see `stagemark.playbooks.yaml_faults`, which finds it."""

from __future__ import annotations

__all__ = ["YAML_TEXTS"]

# code: (en, zh)
YAML_TEXTS: dict[str, tuple[str, str]] = {
    "yaml_control": ("a control character stands here; remove it", "此处有控制字符；请删除"),
    "yaml_tab": ("a tab stands where blanks indent; write blanks", "此处用制表符缩进；请改用空格"),
    "yaml_sign": (
        "text can't begin with this sign; put the text in quotes",
        "文本不能以此符号开头；请给文本加引号",
    ),
    "yaml_quote_open": (
        "the quote that opens in line {line} is not closed; close it",
        "第 {line} 行的引号没有闭合；请补上",
    ),
    "yaml_escape": (
        "a backslash in double quotes means something else; write it twice, or use single quotes",
        "双引号内的反斜杠有特殊含义；请写两遍，或改用单引号",
    ),
    "yaml_bracket_open": (
        "the bracket that opens in line {line} is not closed, or a comma is missing in it; add it",
        "第 {line} 行的括号没有闭合，或其中缺少逗号；请补上",
    ),
    "yaml_value_expected": (
        "a value is missing before this sign; add it, or put the sign in quotes",
        "此符号之前缺少值；请补上，或给符号加引号",
    ),
    "yaml_colon": (
        "a colon can't stand here; put text that has one in quotes, and indent fields of one thing alike",
        "此处不能有冒号；含冒号的文本请加引号，同一项的各字段请对齐缩进",
    ),
    "yaml_colon_missing": (
        "the colon after the field in line {line} is missing; add it",
        "第 {line} 行的字段后缺少冒号；请补上",
    ),
    "yaml_dash": (
        "a list can't begin here; put its first dash on a line of its own",
        "列表不能从此处开始；第一个短横请另起一行",
    ),
    "yaml_indent": (
        "this line does not fit what begins in line {line}; indent its parts alike, with dashes before all or none, "
        "and nothing behind a closed quote",
        "本行与第 {line} 行开始的内容不一致；各部分请对齐缩进，短横要么都有要么都没有，引号闭合后不能再有内容",
    ),
    "yaml_twice": ("a field stands twice in one thing; keep one", "同一项中字段重复；请只保留一个"),
    "yaml_documents": (
        "a second document begins here; remove the line ---",
        "此处开始了第二个文档；请删除 --- 这一行",
    ),
    "yaml_list_expected": (
        "a list of {key} is expected",
        "应为 {key} 列表",
    ),
    "yaml_other": ("it can't be read here ({detail})", "此处无法读取（{detail}）"),
    "value_nothing": ("nothing", "空"),
    "value_list": ("a list", "列表"),
    "value_mapping": ("a mapping of fields", "由字段组成的映射"),
}
