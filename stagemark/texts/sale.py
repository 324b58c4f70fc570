"""What a sale says when it refuses, in English and Chinese (`stagemark.problem_texts` fills it in)."""

from __future__ import annotations

from stagemark.texts.terms import LIFE_TERMS

__all__ = ["SALE_TEXTS", "TERMS"]

# Words that appear as values in the texts: what people of either language say for them.
TERMS: dict[str, tuple[str, str]] = {
    "start": ("start", "开始"),
    "end": ("end", "结束"),
    "waiting": ("waiting", "未开始"),
    "begun": ("begun", "进行中"),
    "ended": ("ended", "已结束"),
    "skipped": ("skipped", "已跳过"),
    **LIFE_TERMS,
    "at_least": ("at least", "至少为"),
    "at_most": ("at most", "至多为"),
    "equals": ("equal to", "等于"),
    "one_of": ("among", "属于"),
    "none_of": ("none of", "不属于"),
    "not_before": ("not before", "不早于"),
    "not_after": ("not after", "不晚于"),
    "checked": ("to have this many items checked:", "已勾选的项数至少为"),
    "count_at_least": ("to be recorded at least this many times:", "记录的次数至少为"),
    "not_older_than": ("recorded no earlier than the last", "的记录不早于最近一次"),
    "any": ("of any person", "任一人"),
    "all": ("of all", "全部"),
    "decision_maker": ("of the decision maker", "决策者"),
    "of_the_sale": ("of the sale", "本商机"),
    "nothing_recorded": ("nothing recorded", "无记录"),
    "no_decision_maker": ("no decision maker is known", "尚不知道决策者是谁"),
    "corrected": ("corrected", "更正"),
    "voided": ("voided", "作废"),
    "mark": ("marking", "记录标志"),
    "record": ("recording", "补充记录"),
    "skip": ("skipping", "跳过阶段"),
    "wait": ("waiting for somebody", "登记等待对象"),
    "suspend": ("suspending", "暂停"),
    "resume": ("resuming", "恢复"),
    "command:nurture": ("going to nurture", "转入维持联系"),
    "lose": ("losing", "登记丢单"),
    "reopen": ("reopening", "重新打开"),
    "fall_back": ("falling back", "退回阶段"),
    "come_back": ("coming back", "恢复跟进"),
    "change": ("changing", "变更"),
    "complete": ("completing", "完成"),
    "correct": ("a correction", "更正"),
    "void": ("a voiding", "作废"),
    "migrate": ("a migration", "迁移流程"),
    "done": ("done", "已处理"),
    "put_off": ("put off", "推迟"),
    "dismissed": ("dismissed", "忽略"),
    "cancelled": ("cancelled", "已取消"),
    "overtaken": ("overtaken by what happened", "已被后来的情况取代"),
    "text": ("a text", "说明"),
    "until": ("a day until which", "推迟到的日期"),
    "stage": ("stage", "阶段"),
    "evidence": ("evidence", "证据"),
    "instalment": ("instalment", "分期"),
    "deliverable": ("deliverable", "交付物"),
}

# code: (en, zh)
SALE_TEXTS: dict[str, tuple[str, str]] = {
    # -- what comes in
    "text_control": ("control characters are not allowed; leave them out", "不允许控制字符；请去掉"),
    "value_unfit": (
        'the value can\'t be kept as JSON in UTF-8; give text, finite numbers, lists, and a decimal as text: "2.50"',
        '该值无法保存为 UTF-8 的 JSON；请使用文本、有限的数字或列表，小数（Decimal）请写成文本，例如 "2.50"',
    ),
    "value_too_large": (
        "the value has {size} bytes; at most {most} are taken: name a document instead",
        "该值有 {size} 字节；最多 {most} 字节：请改为引用文件",
    ),
    "source_ours": (
        "nothing of a caller comes from {source}: only stagemark's own code says so; give one of {known}",
        "调用方不能以 {source} 作为来源，只有 stagemark 自身的代码可以使用；可选：{known}",
    ),
    "envelope_too_large": (
        "the envelope has {size} bytes; at most {most} are taken: send it in parts",
        "该请求有 {size} 字节；最多 {most} 字节：请分次发送",
    ),
    "opportunity_id_unfit": (
        "the id of a sale has 1 to 128 characters, without control characters or blanks at its ends",
        "商机编号为 1 到 128 个字符，不含控制字符，首尾没有空白",
    ),
    "currency_unknown": (
        "{currency} is no ISO 4217 currency code, such as CNY",
        "“{currency}”不是 ISO 4217 币种代码（例如 CNY）",
    ),
    "money_negative": ("an amount can't be negative; write it without the minus", "金额不能为负；请去掉负号"),
    "money_malformed": ("an amount is a decimal number from 0 to 10^15", "金额是 0 到 10^15 之间的小数"),
    # -- times
    "moment_malformed": (
        "{value} is no date or time; write 2026-03-05, 2026-03-05T10:00:00+08:00 or unknown",
        "“{value}”不是日期或时间；请写成 2026-03-05、2026-03-05T10:00:00+08:00 或 unknown",
    ),
    "moment_no_zone": (
        "{value} has a time but no zone; add an offset, as in 2026-03-05T10:00:00+08:00",
        "“{value}”有时间但没有时区；请加上时差，例如 2026-03-05T10:00:00+08:00",
    ),
    "moment_date": ("a date is written {right}, not {value}", "日期请写成 {right}，而不是“{value}”"),
    "moment_skipped": (
        "{value} never was: the clocks of that zone were put forward over it; write {right}, or which time is meant",
        "“{value}”不存在：该时区当时把时钟拨快，跳过了这一时刻；请写成 {right}，或写明所指的时刻",
    ),
    "moment_offset": (
        "{value} contradicts itself: that is not the zone's offset then; write {right}, or leave the offset out",
        "“{value}”自相矛盾：该时区当时的时差不是这样；请写成 {right}，或去掉时差",
    ),
    "moment_too_early": (
        "{value} lies before 1900; give the right year, or unknown",
        "“{value}”早于 1900 年；请填写正确的年份或 unknown",
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
    "step_without_stage": (
        "step {step} needs its stage; stages that have such a step: {known}",
        "步骤“{step}”须注明阶段；含有该步骤的阶段：{known}",
    ),
    "step_elsewhere": (
        "stage {stage} has no step {step}; stages that have it: {known}",
        "阶段“{stage}”没有步骤“{step}”；含有该步骤的阶段：{known}",
    ),
    "step_of_no_stage": (
        "no stage has a step {step}; did you mean {known}? stagemark playbook show {playbook} lists all",
        "没有阶段含有步骤“{step}”；您是否想写 {known}？全部步骤见 stagemark playbook show {playbook}",
    ),
    "stage_without_steps": (
        "stage {stage} has no steps, so none is called {step}; record evidence or a note instead",
        "阶段“{stage}”没有步骤，因此也没有“{step}”；请改为记录证据或备注",
    ),
    "playbook_without_steps": (
        "playbook {playbook} has no steps, so none is called {step}; record evidence or a note instead",
        "流程“{playbook}”没有步骤，因此也没有“{step}”；请改为记录证据或备注",
    ),
    "unknown_evidence": (
        "there is no evidence {evidence}; did you mean {known}? stagemark playbook show {playbook} lists all",
        "没有名为“{evidence}”的证据；您是否想写 {known}？全部证据见 stagemark playbook show {playbook}",
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
        "evidence {evidence} must be {expected}; it is {value}",
        "证据“{evidence}”应为{expected}；目前填写的是 {value}",
    ),
    "expects_text": ("a text that is not empty", "非空文本"),
    "expects_person": ("the id of a person", "人员编号"),
    "expects_number": ("a number such as 3 or 2.5", "数字，例如 3 或 2.5"),
    "expects_money": (
        'an amount such as {{"amount": "1000.00", "currency": "CNY"}}',
        '金额，例如 {{"amount": "1000.00", "currency": "CNY"}}',
    ),
    "expects_date": ("a date such as 2026-03-05", "日期，例如 2026-03-05"),
    "expects_document": (
        'a document such as {{"uri": "https://…", "sha256": "<64 hex digits>"}}',
        '文件，例如 {{"uri": "https://…", "sha256": "<64 位十六进制数>"}}',
    ),
    "expects_contract": (
        'a contract: {{"amount": {{"amount": "1000", "currency": "CNY"}}, '
        '"instalments": [{{"id": "1", "amount": "1000", "due": "2026-03-05"}}]}}; docs/walkthrough.md has all fields',
        '合同：{{"amount": {{"amount": "1000", "currency": "CNY"}}, '
        '"instalments": [{{"id": "1", "amount": "1000", "due": "2026-03-05"}}]}}；其他字段见 docs/walkthrough.md',
    ),
    "expects_clearance": (
        "a credit clearance, as the account gave it: id, amount, until",
        "客户档案给出的信用额度占用：id、amount、until",
    ),
    "expects_checklist": ("a list of different items among {options}", "清单，可勾选的项目：{options}（不重复）"),
    "expects_choice": ("one of {options}", "以下之一：{options}"),
    "expects_choices": ("one or several of {options}", "以下一项或多项：{options}"),
    "expects_either_value_or_override": (
        "given either as a value or as an override, not as both",
        "取值或豁免二者之一，不能同时填写",
    ),
    "found_of_person": ("{person}: {found}", "{person}：{found}"),
    "evidence_person_missing": (
        "evidence {evidence} is about a person: say which one (on the command line NAME@PERSON=VALUE)",
        "证据“{evidence}”是关于某个人的：请指明是谁（命令行写作 名称@人=值）",
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
    "evidence_not_theirs": (
        "{person} can't do without {evidence}: that is for {roles}; name one of them who allows it, with the reason",
        "{person} 无权免去“{evidence}”；只有 {roles} 可以：请注明其中批准的人及理由",
    ),
    "clearance_unasked": (
        "account {account} has not been asked whether it holds the clearance {clearance}; stagemark's client asks it "
        "and vouches for it in the envelope",
        "尚未向客户 {account} 核实授信 {clearance}；stagemark 客户端会核实并在信封中注明",
    ),
    "override_unasked": (
        "nobody has looked whether {person} may do without {evidence}: that is for {roles}; stagemark's client looks "
        "it up and vouches for it in the envelope",
        "尚未核实 {person} 是否有权免去“{evidence}”（须由 {roles} 决定）；stagemark 客户端会核实并在信封中注明",
    ),
    "products_unasked": (
        "nobody has looked whether the catalogue has {products}; stagemark's client looks it up and vouches for it in "
        "the envelope",
        "尚未核实产品目录中是否有 {products}；stagemark 客户端会核实并在信封中注明",
    ),
    "contract_product_unknown": (
        "the contract names the product {product}, which is not in the catalogue; did you mean {known}? What is in no "
        "catalogue has text instead of product",
        "合同中的产品“{product}”不在产品目录中；您是否想写 {known}？目录之外的交付物请填写 text，不填 product",
    ),
    "condition_unmet": (
        "the {edge} marker of stage {stage} needs {evidence} {operator} {threshold} ({who}); found: {found}",
        "阶段“{stage}”的{edge}标志要求 {evidence} {operator} {threshold}（{who}）；目前：{found}",
    ),
    # -- the contract
    "instalment_due": (
        "instalment {id} needs a day (due) or a rule (after, days), one of them",
        "分期“{id}”须写明到期日（due）或到期规则（after、days），二者之一",
    ),
    "instalments_sum": (
        "the instalments add up to {parts}, the contract's amount is {amount}",
        "各期合计 {parts}，与合同金额 {amount} 不符",
    ),
    "named_twice": ("{what} {ids} is named twice", "{what}“{ids}”重复"),
    "instalment_before_signing": (
        "instalment {instalment} is due on {due}, before the signing on {signed}; only a deposit may be",
        "分期“{instalment}”的到期日 {due} 早于签约日 {signed}；只有定金可以早于签约日",
    ),
    "deliverable_before_signing": (
        "deliverable {deliverable} is promised for {due}, before the signing on {signed}; give the day on which it "
        "will be delivered, or the right day of the signing",
        "交付物“{deliverable}”的约定日期 {due} 早于签约日 {signed}；请填写实际交付日期，或更正签约日",
    ),
    "clearance_missing": (
        "{amount:{currency}} is paid later than at the signing: ask the account for a clearance of that much, observed "
        "not after the signing, and give it as evidence {evidence}, or override it with a name and a reason",
        "签约后才收的款项为 {amount:{currency}}：请先向客户档案申请相应的信用额度占用（发生时间不晚于签约），"
        "并作为证据“{evidence}”提交；或注明姓名和理由后豁免",
    ),
    "clearance_short": (
        "the clearance {clearance} is for {found}, but {amount:{currency}} is paid later than at the signing; ask for "
        "another",
        "信用额度占用“{clearance}”为 {found}，而签约后才收的款项为 {amount:{currency}}；请重新申请",
    ),
    "clearance_over": (
        "the clearance {clearance} held until {until}, the signing is on {signed}; ask for another",
        "信用额度占用“{clearance}”的有效期到 {until}，签约日为 {signed}；请重新申请",
    ),
    # -- the order of things
    "marker_out_of_turn": (
        "the {edge} marker of stage {stage} is out of turn: the stage is {status}",
        "阶段“{stage}”的{edge}标志顺序不对：该阶段{status}",
    ),
    "stage_not_yet": (
        "stage {stage} can't begin yet: it waits until {waits_for}",
        "阶段“{stage}”还不能开始：须等待 {waits_for}",
    ),
    "stage_has": ("{stage} has {has}", "“{stage}”{has}"),
    "not_skippable": ("stage {stage} can't be skipped in this playbook", "本流程不允许跳过阶段“{stage}”"),
    "skip_out_of_turn": (
        "stage {stage} can't be skipped: it is {status}; only a stage that waits can be",
        "阶段“{stage}”不能跳过：该阶段{status}；只有未开始的阶段才能跳过",
    ),
    "not_earlier": (
        "the sale can't fall back to {stage}: it is {status} and no later stage has been reached",
        "商机不能退回“{stage}”：该阶段{status}，且没有到达更后面的阶段",
    ),
    "not_nurturable": (
        "the sale can go to nurture only while one of {stages} is open",
        "只有在阶段 {stages} 进行中时，商机才能转入维持联系",
    ),
    "nurture_nowhere": (
        "no stage of playbook {playbook} leads to nurture; suspend the sale until a day, or record it as lost",
        "流程“{playbook}”没有可转入维持联系的阶段；请将商机暂停至某日，或登记丢单",
    ),
    "life_out_of_turn": (
        "{command} is not possible: the sale is {life}",
        "无法{command}：商机当前{life}",
    ),
    "contradicts": (
        "event {event} ({kind}, {observed_at}) would no longer be lawful: {because}",
        "第 {event} 号事件（{kind}，{observed_at}）将不再成立：{because}",
    ),
    "already_open": (
        "the sale {opportunity} has been opened already ({differs}); use a new id, or change that sale",
        "商机 {opportunity} 已经建立（{differs}）；请换用新编号，或变更该商机",
    ),
    "opened_by_other_key": (
        "with the same content, but by the key {stored} instead of {given}",
        "内容相同，但所用的键是 {stored}，而非 {given}",
    ),
    "opened_otherwise": (
        "{field}: {given} instead of the stored {stored}",
        "字段 {field}：{given}，而非已存的 {stored}",
    ),
    "open_first": ("an opening comes first in its envelope, and once", "建立商机必须是提交中的第一项，且只能有一次"),
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
    "correction_fixed": (
        "{fields} of event {event} can't be changed by changes; for the time give observed_at (--happened-at), for all "
        "else void the event and record it anew",
        "不能用 changes 更改第 {event} 号事件的 {fields}；时间请用 observed_at（--happened-at），其他请作废后重录",
    ),
    "field_unfit": ("{field} has a wrong value", "字段 {field} 的值不合格式"),
    # -- envelopes
    "key_reused": (
        "the key {key} was used before, with other content; use a new key",
        "键 {key} 已用于其他内容；请使用新的键",
    ),
    "sequence_moved": (
        "somebody else recorded in between: you expected {expected:event|events}, there are {actual}; "
        "read the sale again",
        "期间有他人记录：您预期有 {expected} 个事件，实际有 {actual} 个；请重新读取商机",
    ),
    "answer_incomplete": (
        "the answer {answer} needs {needs}",
        "答复“{answer}”还需要填写{needs}",
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
    "migration_merges": (
        "{what} {ids} of the running sale would become one, {to}, and not all of it be kept; map each to its own",
        "进行中商机的{what} {ids} 会合并成 {to}，部分记录将会丢失；请分别对应",
    ),
    "migration_type": (
        "evidence {evidence} of the running sale can't go on as {to} of playbook {playbook}: they differ in"
        " type, or in whether they are about a person; map it to evidence of the same kind",
        "进行中商机的证据 {evidence} 不能对应流程“{playbook}”中的 {to}：两者类型不同，或是否与人员相关不同；请改选",
    ),
    "migration_playbook": (
        "playbook {playbook} to migrate to is missing, or its content is another than its hash names",
        "要迁移到的流程“{playbook}”缺失，或其内容与所给哈希不符",
    ),
    "migration_changes": (
        "by playbook {playbook} the sale would stand otherwise in {what}; choose a playbook or mapping that keeps it",
        "按流程“{playbook}”，商机在以下方面将与现状不同：{what}；请选择能保持现状的流程或映射",
    ),
    "migrate_alone": (
        "a migration comes alone: send the other commands in an envelope of their own",
        "迁移必须单独提交：其他操作请另行提交",
    ),
    "playbook_differs": (
        "the sale runs by playbook {given}, not by {named}; name that one",
        "商机使用的流程是“{given}”，而不是“{named}”；请填写前者",
    ),
}
