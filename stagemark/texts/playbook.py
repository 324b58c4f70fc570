"""What the problem codes of playbooks say; see `stagemark.problem_texts`, which holds all the others."""

from __future__ import annotations

__all__ = ["EVIDENCE_TYPE_TERMS", "PLAYBOOK_TEXTS"]

EVIDENCE_TYPE_TERMS: dict[str, tuple[str, str]] = {
    "evidence_type:text": ("text", "文本"),
    "evidence_type:number": ("number", "数字"),
    "evidence_type:money": ("money", "金额"),
    "evidence_type:date": ("date", "日期"),
    "evidence_type:choice": ("choice", "选项"),
    "evidence_type:ranked": ("ranking", "等级"),
    "evidence_type:person": ("person", "人员"),
    "evidence_type:document": ("document", "文件"),
    "evidence_type:checklist": ("checklist", "清单"),
    "evidence_type:contract": ("contract", "合同"),
    "evidence_type:clearance": ("clearance", "授信"),
}

# code: (en, zh)
PLAYBOOK_TEXTS: dict[str, tuple[str, str]] = {
    "unknown_playbook": (
        "there is no playbook {playbook}, neither shipped nor as a file; shipped are {known}",
        "没有流程“{playbook}”，既不是自带流程，也不是文件；自带的流程有：{known}",
    ),
    "playbook_unreadable": ("the file can't be read: {reason}", "文件无法读取：{reason}"),
    "playbook_not_utf8": (
        "the file is not UTF-8 text from here on; save it as UTF-8",
        "文件从此处起不是 UTF-8 文本；请另存为 UTF-8 编码",
    ),
    "yaml_too_large": (
        "the file is too large ({size} bytes); it may have {limit} at most",
        "文件过大（{size} 字节）；最多 {limit} 字节",
    ),
    "yaml_too_deep": (
        "nested more than {limit} levels deep; about ten are enough",
        "嵌套超过 {limit} 层；通常十层左右就够了",
    ),
    "yaml_syntax": ("this is no YAML 1.2: {problem}", "YAML 1.2 语法错误：{problem}"),
    "yaml_version": (
        "write YAML 1.2: remove the %YAML line, or change it to %YAML 1.2",
        "请使用 YAML 1.2：删除 %YAML 行，或改为 %YAML 1.2",
    ),
    "yaml_no_mapping": (
        "the file is no mapping of fields to values; begin with a field and its value, such as `id: acme`",
        "文件内容应由“字段: 值”组成；请以字段和值开头，例如 `id: acme`",
    ),
    "yaml_key": ("a key is plain text, not a list or a mapping", "键必须是普通文本，不能是列表或映射"),
    "yaml_alias": (
        "anchors and aliases (&{name}, *{name}) are not read; write it out",
        "不支持锚点和别名（&{name}、*{name}）；请直接写出内容",
    ),
    "yaml_tag": ("tags are not read; remove {tag}", "不支持类型标签；请删除 {tag}"),
    "yaml_duplicate_key": (
        "the key {key} stands twice, first in line {first}; keep one",
        "键“{key}”重复，首次出现在第 {first} 行；请只保留一个",
    ),
    "playbook_field_missing": (
        "the field {field} is missing; add it",
        "缺少字段 {field}；请补上",
    ),
    "playbook_end_without_start": (
        "stage {id} has an end marker but no start marker; add `start:`",
        "阶段“{id}”有结束标志而没有开始标志；请补上 `start:`",
    ),
    "playbook_start_without_end": (
        "stage {id} has a start marker but no end marker; add `end:`",
        "阶段“{id}”有开始标志而没有结束标志；请补上 `end:`",
    ),
    "playbook_field_misspelt": (
        "there is no field {field} here; did you mean {nearest}?",
        "此处没有字段 {field}；您是否想写 {nearest}？",
    ),
    "playbook_field_unknown": (
        "there is no field {field} here; the fields are {known}",
        "此处没有字段 {field}；可用的字段有：{known}",
    ),
    "playbook_text": (
        "{field} is text, not {value}; if it looks like a number, put it in quotes",
        "{field} 应为文本，而不是 {value}；像数字的内容请加引号",
    ),
    "playbook_id": (
        "{value} is no id; write small letters, digits, - and _, beginning with a letter, at most 64",
        "“{value}”不能作为标识；请用小写字母、数字、- 和 _，以字母开头，最多 64 个字符",
    ),
    "playbook_empty": ("{field} is empty; fill it in, or leave the field out", "{field} 为空；请填写，或去掉该字段"),
    "playbook_choice": ("{field} is one of {choices}, not {value}", "{field} 应为 {choices} 之一，而不是 {value}"),
    "playbook_list": (
        "{field} is a list: [a, b], or one item a line with -",
        "{field} 应为列表：[a, b]，或每行以 - 开头",
    ),
    "playbook_mapping": (
        "{field} is a mapping with the fields {known}, not {value}",
        "{field} 应为映射，字段有：{known}，而不是 {value}",
    ),
    "playbook_yes_no": ("{field} is true or false, not {value}", "{field} 应为 true 或 false，而不是 {value}"),
    "playbook_number": ("{field} is a number above zero, not {value}", "{field} 应为大于零的数字，而不是 {value}"),
    "playbook_date": (
        "{field} is a date such as 2026-03-05, not {value}",
        "{field} 应为日期，如 2026-03-05，而不是 {value}",
    ),
    "playbook_value": ("{field}: {message}", "{field} 的值无效：{message}"),
    "span_out_of_range": (
        "{value} is no span to wait for; it can be up to P3650D",
        "“{value}”不是可以等待的时长；最长为 P3650D",
    ),
    "span_malformed": (
        "{value} is no span of working time; write P10D for ten working days or PT4H for four working hours",
        "“{value}”不是工作时长；十个工作日写作 P10D，四个工作小时写作 PT4H",
    ),
    "condition_operator": (
        "a condition has exactly one of {operators}; this one has {given}",
        "一个条件只能有以下之一：{operators}；此处为：{given}",
    ),
    "playbook_currency": (
        "{currency} is no ISO 4217 currency code; write one such as CNY or EUR",
        "“{currency}”不是 ISO 4217 货币代码；请写 CNY、EUR 等",
    ),
    "playbook_label_missing": (
        "{id} has no label in {language}; write label: {{zh: …, en: …}}",
        "“{id}”缺少 {language} 名称；请写 label: {{zh: …, en: …}}",
    ),
    "playbook_duplicate_id": (
        "{id} stands twice in this list; give each its own id",
        "“{id}”在列表中重复；请使用不同的标识",
    ),
    "playbook_options_missing": (
        "evidence {id} is a {type}: give it at least {least:option|options}",
        "证据“{id}”的类型是 {type}：至少需要 {least} 个选项",
    ),
    "playbook_options_extra": (
        "evidence {id} is a {type}, which has no options; remove them or make it a choice",
        "证据“{id}”的类型是 {type}，没有选项；请删除选项或改为 choice",
    ),
    "playbook_many_extra": (
        "many belongs to a choice; evidence {id} is a {type}",
        "many 只用于 choice 类型；证据“{id}”的类型是 {type}",
    ),
    "playbook_collects_type": (
        "evidence {id} is of type {type}; a stage that collects needs the type {needed} here",
        "证据 {id} 的类型是 {type}；回收账款的阶段在此处需要类型 {needed}",
    ),
    "playbook_unknown_evidence": (
        "there is no evidence {evidence} in this playbook; did you mean {known}?",
        "本流程没有证据“{evidence}”；您是否想写 {known}？",
    ),
    "playbook_unknown_option": (
        "evidence {evidence} has no option {option}; it has {known}",
        "证据“{evidence}”没有选项“{option}”；可用的有：{known}",
    ),
    "playbook_role_evidence": (
        "evidence {id} can't tell a buying role: make it a choice with about_person: true",
        "证据“{id}”不能表示采购角色：类型应为 choice，且 about_person: true",
    ),
    "playbook_customer_level": (
        "evidence {id} can't tell the customer level: make it a choice or ranked, without about_person, with the "
        "options {needed}",
        "证据“{id}”不能表示客户级别：类型应为 choice 或 ranked，不带 about_person，且有选项 {needed}",
    ),
    "playbook_people_missing": (
        "the condition on {evidence} speaks of the decision maker, but the playbook doesn't say who that is; "
        "add people: with role_evidence and decision_maker, or say who: any or all",
        "关于“{evidence}”的条件针对决策者，但本流程没有说明谁是决策者；请添加 people:（role_evidence 和 "
        "decision_maker），或写明 who: any 或 all",
    ),
    "playbook_who_extra": (
        "evidence {evidence} is not about a person; remove who, or set about_person: true on it",
        "证据“{evidence}”与个人无关；请删除 who，或在该证据上设置 about_person: true",
    ),
    "playbook_band_last": (
        "band {id} is the last: leave up_to out, so that every value has a band",
        "价值段“{id}”是最后一段：请去掉 up_to，使任何金额都有对应的价值段",
    ),
    "playbook_band_open": (
        "band {id} is not the last: say up to which value",
        "价值段“{id}”不是最后一段：请写明 up_to",
    ),
    "playbook_band_order": (
        "band {id} goes up to {up_to}, which is not above {before}; order bands from the smallest",
        "价值段“{id}”的上限 {up_to} 不高于 {before}；请从小到大排列",
    ),
    "playbook_unknown_band": ("there is no band {band}; there are {known}", "没有价值段“{band}”；可用的有：{known}"),
    "playbook_unknown_stage": ("there is no stage {stage}; there are {known}", "没有阶段“{stage}”；可用的有：{known}"),
    "playbook_unreachable": (
        "stage {stage} can never begin: it waits for {waits_for}, which waits for it or never begins; "
        "change opens_after",
        "阶段“{stage}”永远无法开始：它等待 {waits_for}，而后者又等待它或永远不会开始；请修改 opens_after",
    ),
    "playbook_many_required": (
        "the {edge} marker of stage {stage} requires {required} pieces of evidence; more than {most} bury people: "
        "let some be advised",
        "标志“{stage}.{edge}”要求 {required} 项必需证据；超过 {most} 项会成为负担：建议部分改为 advised",
    ),
    "playbook_nobody_looks": (
        "stage {stage} can go to nurture, but no trigger on: look_again reminds anybody to look again",
        "阶段“{stage}”可以转入维持联系，但没有 on: look_again 的提醒来通知再次查看",
    ),
    "playbook_evidence_unused": (
        "no step, marker or condition uses evidence {id}; it can still be recorded",
        "没有步骤、标志或条件用到证据“{id}”；它仍可记录",
    ),
    "playbook_uncollected": (
        "the {edge} marker of stage {stage} has a condition on {evidence}, which nobody has collected by then; "
        "add it to a step of this stage or an earlier one, or to the marker's evidence",
        "标志“{stage}.{edge}”以“{evidence}”为条件，但届时无人收集过它；请加入本阶段或更早阶段的步骤，或加入该标志的证据",
    ),
    "playbook_operator": (
        "{field} does not fit evidence {evidence}, which is of the type {evidence_type}; what fits: {known}",
        "{field} 不适用于证据“{evidence}”（类型：{evidence_type}）；适用的有：{known}",
    ),
    "playbook_condition_value": (
        "{field} of evidence {evidence}, which is of the type {evidence_type}, can't be {value}; "
        "write a value of that type",
        "证据“{evidence}”（类型：{evidence_type}）的 {field} 不能是“{value}”；请填写该类型的值",
    ),
    "playbook_never_met": (
        "{field}: {value} on evidence {evidence} is never met: it has at most {most}",
        "证据“{evidence}”的 {field}: {value} 永远无法满足：最多只有 {most}",
    ),
    "playbook_contradiction": (
        "the {edge} marker of stage {stage} can never be observed: the lower bound on {evidence} is above "
        "the upper one",
        "标志“{stage}.{edge}”永远无法成立：“{evidence}”的下限高于上限",
    ),
    "playbook_trigger_stages": (
        "trigger {id} is on {on}, which belongs to no stage; remove stages",
        "提醒“{id}”的起因是 {on}，与阶段无关；请删除 stages",
    ),
    "playbook_expected_missing": (
        "trigger {id} compares with the expected time, but {stage} has none; give the stage expected:, such as P10D",
        "提醒“{id}”要与预期时长比较，但 {stage} 没有预期时长；请为阶段填写 expected:，如 P10D",
    ),
    "playbook_unknown_role": (
        "there is no role {role}; the roles are {known}",
        "没有角色“{role}”；可用的角色有：{known}",
    ),
    "playbook_rung_times": (
        "rung {id}: times_expected stands instead of after, and only where a trigger is on stage_exceeds",
        "“{id}”：times_expected 用来代替 after，且只用于 on: stage_exceeds 的提醒",
    ),
    "playbook_rung_after": (
        "rung {id}: say after how much working time, such as after: P10D",
        "“{id}”：请写明多长工作时间之后，如 after: P10D",
    ),
    "playbook_rung_order": (
        "rung {id} does not come later than {before}; order rungs by time",
        "“{id}”不晚于“{before}”；请按时间先后排列",
    ),
    "diagram_extra_missing": (
        "{format} needs the extra diagrams: pip install 'stagemark[diagrams]'; Mermaid text needs nothing",
        "输出 {format} 需要安装附加组件：pip install 'stagemark[diagrams]'；输出 Mermaid 文本则不需要",
    ),
    "diagram_output_missing": (
        "a PNG is no text: say into which file with --output",
        "PNG 不是文本：请用 --output 指定文件",
    ),
    "file_unwritable": ("{path} can't be written: {reason}", "无法写入 {path}：{reason}"),
}
