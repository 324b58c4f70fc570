"""What is said where pydantic or the operating system found the fault: their own words are English only."""

from __future__ import annotations

__all__ = ["FIELD_TEXTS"]

_DATE = ("this is no date; write 2026-03-05", "不是日期；请写成 2026-03-05")
_INSTANT = (
    "this is no instant; write 2026-03-05T10:00:00+08:00",
    "不是带时差的时刻；请写成 2026-03-05T10:00:00+08:00",
)
_TIME = ("this is no time of day; write '09:00'", "不是时刻；请写成 '09:00'")
_WHOLE = ("this is no whole number", "不是整数")
_NUMBER = ("this is no number, such as 3 or 2.5", "不是数字，例如 3 或 2.5")
_DIGITS = ("the number has too many digits", "数字位数过多")
_TRUTH = ("this is neither true nor false", "请填写 true 或 false")
_TEXT = ("this is no text", "应为文本")
_LIST = ("this is no list", "应为列表")
_OBJECT = ("this is no mapping of fields to values", "应为由字段和值组成的映射")
_CHOICE = ("this is not among {known}", "应为以下之一：{known}")
_JSON = ("this is no lawful JSON", "不是合法的 JSON")

# field_<pydantic's own name of the error>: (en, zh)
FIELD_TEXTS: dict[str, tuple[str, str]] = {
    "field_named": ("{field}: {message}", "字段 {field}：{message}"),
    "field_missing": ("the field is missing; add it", "缺少该字段；请补上"),
    "field_extra_forbidden": ("there is no such field here; leave it out", "此处没有该字段；请去掉"),
    "field_string_type": _TEXT,
    "field_string_unicode": _TEXT,
    "field_string_too_short": (
        "the text is shorter than {min_length:character|characters}",
        "文本过短；至少 {min_length} 个字符",
    ),
    "field_string_too_long": (
        "the text is longer than {max_length:character|characters}",
        "文本过长；最多 {max_length} 个字符",
    ),
    "field_string_pattern_mismatch": ("the text does not match {pattern}", "文本不符合格式 {pattern}"),
    "field_too_short": ("there must be at least {min_length}", "至少要有 {min_length} 项"),
    "field_too_long": ("there may be at most {max_length}", "最多只能有 {max_length} 项"),
    "field_int_type": _WHOLE,
    "field_int_parsing": _WHOLE,
    "field_int_parsing_size": _DIGITS,
    "field_int_from_float": _WHOLE,
    "field_float_type": _NUMBER,
    "field_float_parsing": _NUMBER,
    "field_finite_number": _NUMBER,
    "field_decimal_type": _NUMBER,
    "field_decimal_parsing": _NUMBER,
    "field_decimal_max_digits": _DIGITS,
    "field_decimal_max_places": ("there may be at most {decimal_places} decimals", "最多 {decimal_places} 位小数"),
    "field_decimal_whole_digits": _DIGITS,
    "field_greater_than": ("it must be more than {gt}", "必须大于 {gt}"),
    "field_greater_than_equal": ("it must be at least {ge}", "不能小于 {ge}"),
    "field_less_than": ("it must be less than {lt}", "必须小于 {lt}"),
    "field_less_than_equal": ("it must be at most {le}", "不能大于 {le}"),
    "field_bool_type": _TRUTH,
    "field_bool_parsing": _TRUTH,
    "field_date_type": _DATE,
    "field_date_parsing": _DATE,
    "field_date_from_datetime_parsing": _DATE,
    "field_date_from_datetime_inexact": _DATE,
    "field_datetime_type": _INSTANT,
    "field_datetime_parsing": _INSTANT,
    "field_datetime_from_date_parsing": _INSTANT,
    "field_timezone_aware": _INSTANT,
    "field_time_type": _TIME,
    "field_time_parsing": _TIME,
    "field_literal_error": _CHOICE,
    "field_enum": _CHOICE,
    "field_union_tag_invalid": ("the kind {tag} is not among {known}", "没有“{tag}”这一类；可用的有：{known}"),
    "field_union_tag_not_found": ("the field {discriminator} is missing; add it", "缺少字段 {discriminator}；请补上"),
    "field_none_required": ("nothing may stand here", "此处必须留空"),
    "field_list_type": _LIST,
    "field_tuple_type": _LIST,
    "field_dict_type": _OBJECT,
    "field_mapping_type": _OBJECT,
    "field_model_type": _OBJECT,
    "field_model_attributes_type": _OBJECT,
    "field_path_type": ("this is no path of a file", "不是文件路径"),
    "field_json_invalid": _JSON,
    "field_json_type": _JSON,
    # -- the operating system
    "os_not_found": ("there is no such file or folder", "文件或文件夹不存在"),
    "os_not_allowed": ("there is no right to do that", "没有访问权限"),
    "os_is_folder": ("it is a folder, not a file", "这是文件夹，不是文件"),
    "os_no_space": ("no space is left", "磁盘空间不足"),
    "os_not_utf8": ("it is not UTF-8", "不是 UTF-8 编码"),
}
