"""What each problem code says, in English and Chinese. `{name}` is filled from the problem's params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from stagemark.playbook_texts import PLAYBOOK_TEXTS

Language = Literal["zh", "en"]

__all__ = ["PROBLEM_TEXTS", "Language", "render"]


class _Blank(dict[str, Any]):
    """Leaves an unknown `{name}` as it stands, so that an error text never fails itself."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def render(code: str, language: Language, params: Mapping[str, Any]) -> str:
    """Fill the text of a code.

    Args:
        code: The problem's code; an unknown one is said as it is.
        language: `zh` or `en`.
        params: The values for the text's names; lists are joined by commas.
    """
    texts = PROBLEM_TEXTS.get(code)
    if texts is None:
        return f"{code} {dict(params)}" if params else code
    template = texts[0] if language == "en" else texts[1]
    return template.format_map(_Blank({k: _said(v) for k, v in params.items()}))


# code: (en, zh)
PROBLEM_TEXTS: dict[str, tuple[str, str]] = {
    # -- times
    "moment_malformed": (
        "{value!s} is no date or time; write 2026-03-05, 2026-03-05T10:00:00+08:00 or unknown",
        "“{value!s}”不是日期或时间；请写成 2026-03-05、2026-03-05T10:00:00+08:00 或 unknown",
    ),
    "moment_no_zone": (
        "{value} has a time but no zone; add an offset, as in 2026-03-05T10:00:00+08:00",
        "“{value}”有时间但没有时区；请加上时差，例如 2026-03-05T10:00:00+08:00",
    ),
    "observed_in_future": (
        "observed at {observed_at}, which is in the future (now is {now}); give the time when it happened",
        "发生时间 {observed_at} 在将来（现在是 {now}）；请填写实际发生的时间",
    ),
    "before_opening": (
        "observed at {observed_at}, before the sale was opened ({opened_at}); correct the opening first",
        "发生时间 {observed_at} 早于商机建立时间（{opened_at}）；请先更正建立时间",
    ),
    # -- names
    "unknown_stage": (
        "there is no stage {stage}; the playbook has {known}",
        "没有阶段“{stage}”；本流程的阶段有：{known}",
    ),
    "unknown_step": (
        "stage {stage} has no step {step}; it has {known}",
        "阶段“{stage}”没有步骤“{step}”；可用的步骤：{known}",
    ),
    "unknown_evidence": (
        "there is no evidence {evidence}; the playbook has {known}",
        "没有名为“{evidence}”的证据；本流程的证据有：{known}",
    ),
    "unknown_reason": (
        "{reason} is no reason for losing in this playbook; it has {known}",
        "“{reason}”不是本流程的丢单原因；可选：{known}",
    ),
    "unknown_event": (
        "there is no event {event} in this sale; its events run from 1 to {last}",
        "本商机没有第 {event} 号事件；事件编号为 1 到 {last}",
    ),
    "unknown_trigger": (
        "event {event} is no trigger that waits for an answer; those that do: {known}",
        "第 {event} 号事件不是待处理的提醒；待处理的有：{known}",
    ),
    # -- evidence
    "evidence_type": (
        "evidence {evidence} is a {type}: {expected}, not {value!s}",
        "证据“{evidence}”的类型是 {type}：{expected}，而不是“{value!s}”",
    ),
    "evidence_person_missing": (
        "evidence {evidence} is about a person: say which one",
        "证据“{evidence}”是关于某个人的：请指明是谁",
    ),
    "evidence_person_extra": (
        "evidence {evidence} is not about a person; leave person out",
        "证据“{evidence}”与个人无关；请不要填写 person",
    ),
    "evidence_missing": (
        "the {edge} marker of stage {stage} requires evidence {evidence}; record it, or override it with a name "
        "and a reason",
        "阶段“{stage}”的{edge}标志缺少必需的证据“{evidence}”；请补录，或注明姓名和理由后豁免",
    ),
    "condition_unmet": (
        "the {edge} marker of stage {stage} needs {evidence} {needed}; found: {found}",
        "阶段“{stage}”的{edge}标志要求 {evidence} {needed}；目前：{found}",
    ),
    # -- the order of things
    "marker_out_of_turn": (
        "the {edge} marker of stage {stage} is out of turn: the stage is {status}",
        "阶段“{stage}”的{edge}标志顺序不对：该阶段目前为 {status}",
    ),
    "stage_not_yet": (
        "stage {stage} can't begin yet: it waits until {waits_for}",
        "阶段“{stage}”还不能开始：须先 {waits_for}",
    ),
    "stages_still_open": (
        "the sale can't be completed: stages {stages} have neither ended nor been skipped",
        "商机还不能完成：阶段 {stages} 既未结束也未跳过",
    ),
    "not_skippable": ("stage {stage} can't be skipped in this playbook", "本流程不允许跳过阶段“{stage}”"),
    "skip_out_of_turn": (
        "stage {stage} can't be skipped: it is {status}; only a stage that waits can be",
        "阶段“{stage}”不能跳过：目前为 {status}；只有未开始的阶段才能跳过",
    ),
    "not_earlier": (
        "the sale can't fall back to {stage}: it is {status} and no later stage has been reached",
        "商机不能退回“{stage}”：该阶段目前为 {status}，且没有到达更后面的阶段",
    ),
    "not_nurturable": (
        "the sale can go to nurture only while one of {stages} is open",
        "只有在阶段 {stages} 进行中时，商机才能转入维持联系",
    ),
    "life_out_of_turn": (
        "{command} is not possible: the sale is {life}",
        "无法执行 {command}：商机当前状态为 {life}",
    ),
    "contradicts": (
        "event {event} ({kind}, {observed_at}) would no longer be lawful: {because}",
        "第 {event} 号事件（{kind}，{observed_at}）将不再成立：{because}",
    ),
    "already_open": (
        "the sale {opportunity} has been opened already, with other content",
        "商机 {opportunity} 已经建立，且内容不同",
    ),
    "not_open_yet": ("the sale has not been opened; open it first", "商机尚未建立；请先建立"),
    # -- corrections
    "not_correctable": (
        "event {event} ({kind}) can't be {done}; only what somebody recorded about the sale can",
        "第 {event} 号事件（{kind}）不能{done}；只有人工记录的内容可以",
    ),
    "correct_original": (
        "event {event} is itself a correction; correct the event {original} that it names, or void it",
        "第 {event} 号事件本身是更正；请更正原事件 {original}，或作废该更正",
    ),
    "already_void": ("event {event} has been voided already", "第 {event} 号事件已经作废"),
    "correction_invalid": (
        "the correction of event {event} does not fit: {why}",
        "对第 {event} 号事件的更正不合格式：{why}",
    ),
    # -- envelopes
    "key_reused": (
        "the key {key} was used before, with other content; use a new key",
        "键 {key} 已用于其他内容；请使用新的键",
    ),
    "sequence_moved": (
        "somebody else recorded in between: you expected {expected} events, there are {actual}; read the sale again",
        "期间有他人记录：您预期有 {expected} 个事件，实际有 {actual} 个；请重新读取商机",
    ),
    "nothing_to_do": ("the command changes nothing", "该操作没有任何变化"),
    "field_invalid": ("{message}", "输入无效：{message}"),
    # -- suspending and looking again
    "look_again_past": (
        "the date to look again, {look_again}, must lie after {observed_at}",
        "再次查看的日期 {look_again} 必须晚于 {observed_at}",
    ),
    # -- migrating
    "migration_orphans": (
        "{what} {ids} of the running sale has no place in playbook {playbook}; map it",
        "进行中商机的{what} {ids} 在流程“{playbook}”中没有对应；请在映射中指定",
    ),
    "unknown_opportunity": ("there is no opportunity {opportunity}", "没有商机 {opportunity}"),
    # -- calendars
    "unknown_calendar": (
        "there is no calendar {calendar}; shipped are {known}, or give the path of a YAML file",
        "没有日历“{calendar}”；自带的日历有：{known}，也可以给出 YAML 文件的路径",
    ),
    "calendar_unreadable": (
        "the calendar can't be read: {why}; give the path of a YAML file in UTF-8",
        "无法读取日历：{why}；请给出 UTF-8 编码的 YAML 文件路径",
    ),
    "calendar_field_missing": ("{field} is missing; add it", "缺少字段 {field}；请补上"),
    "calendar_field_unknown": (
        "a calendar has no field {field}; its fields are {known}",
        "日历没有字段“{field}”；可用的字段：{known}",
    ),
    "calendar_zone": (
        "there is no time zone {zone}; give an IANA name such as Asia/Shanghai",
        "没有时区“{zone}”；请填写 IANA 时区名，例如 Asia/Shanghai",
    ),
    "calendar_country": (
        "no holidays are known for country {country}; give an ISO 3166 code such as CN, or leave country out "
        "and list days_off",
        "没有国家“{country}”的节假日数据；请填写 ISO 3166 代码（例如 CN），或省略 country 并在 days_off 中列出假日",
    ),
    "calendar_subdivision": (
        "country {country} has no subdivision {subdivision}; it has {known}",
        "国家“{country}”没有地区“{subdivision}”；可用的地区：{known}",
    ),
    "calendar_subdivision_alone": (
        "a subdivision needs its country; add country, such as DE",
        "填写 subdivision 时必须同时填写 country，例如 DE",
    ),
    "calendar_id": (
        "{value} is no id; write lower-case letters, digits, - and _, beginning with a letter, such as acme",
        "“{value}”不能作为 id；请用小写字母、数字、- 和 _，以字母开头，例如 acme",
    ),
    "calendar_weekday": (
        "{value} is no weekday; write a number from 1 (Monday) to 7 (Sunday)",
        "“{value}”不是星期；请填写 1（星期一）到 7（星期日）的数字",
    ),
    "calendar_week": (
        "a weekday is named twice; name each worked day once, Monday is 1",
        "星期重复；每个工作日只写一次，星期一为 1",
    ),
    "calendar_time": ("{value} is no time of day; write '09:00'", "“{value}”不是时刻；请写成 '09:00'"),
    "calendar_time_local": (
        "working hours are local time; write '09:00', not {value}",
        "工作时间是当地时间；请写成 '09:00'，而不是“{value}”",
    ),
    "calendar_date": ("{value} is no date; write 2025-01-26", "“{value}”不是日期；请写成 2025-01-26"),
    "calendar_hours": (
        "working hours {opens}–{closes} end before they begin; write a shift over midnight as two intervals, "
        "the first with the end 00:00",
        "工作时间 {opens}–{closes} 的结束早于开始；跨午夜的班次请写成两段，第一段的结束写 00:00",
    ),
    "calendar_hours_overlap": (
        "working hours overlap or are out of order: an interval ends at {closes}, the next begins at {opens}; "
        "write them one after the other",
        "工作时间重叠或顺序不对：前一段 {closes} 结束，后一段 {opens} 开始；请按先后顺序填写",
    ),
    "calendar_day_both": (
        "{days} stand in days_off and in days_on; keep each in one of them",
        "{days} 同时出现在 days_off 和 days_on 中；每个日期只保留在其中一处",
    ),
    # -- playbooks: stagemark/playbook_texts.py
    **PLAYBOOK_TEXTS,
}
