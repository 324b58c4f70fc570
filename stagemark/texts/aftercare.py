"""What an aftercare and a catalogue say when they refuse, in English and Chinese."""

from __future__ import annotations

__all__ = ["AFTERCARE_TEXTS"]

# code: (en, zh)
AFTERCARE_TEXTS: dict[str, tuple[str, str]] = {
    # -- what comes in
    "calendar_span_malformed": (
        "{value} is no span of the calendar; write P3D, P2W, P6M or P1Y",
        "“{value}”不是日历时间段；请写 P3D、P2W、P6M 或 P1Y",
    ),
    "calendar_term": (
        "{value} is no term of a contract; it lasts from P1D to P100Y",
        "“{value}”不能作为合同期限；须在 P1D 到 P100Y 之间",
    ),
    "satisfaction_unreachable": (
        "a score of {enough} is to be enough, but the best is {best}",
        "满意分数线为 {enough}，但最高分只有 {best}",
    ),
    "referral_steps_missing": ("the steps {steps} have no rule; add them", "步骤 {steps} 没有规则；请补上"),
    "prompt_opens_sale": (
        "a prompt that is accepted opens a sale: name it; one that is declined or put off opens none: leave it out",
        "被接受的推荐会建立新商机：请给出商机编号；被拒绝或推迟的推荐不建立商机：请勿填写",
    ),
    "prompt_accepted_until": (
        "a prompt that is accepted is not put off: leave the day out",
        "被接受的推荐不会推迟：请勿填写日期",
    ),
    "suggestion_incomplete": (
        "a cross-sell has a link, a reason and an ask; an up-sell a reason and one of the three phrasings",
        "交叉销售须有关联、理由和请求三部分；向上销售须有理由和三种说法之一",
    ),
    "suggestion_too_long": (
        "what is said of a product has at most {most} characters",
        "推荐话术每段最多 {most} 个字符",
    ),
    # -- follow-ups
    "aftercare_unknown": ("there is no aftercare of {id}: nothing was signed", "{id} 没有售后跟进：尚未签约"),
    "aftercare_not_signed": (
        "{id} is not signed, or the signing was taken back: there is nothing to look after",
        "{id} 尚未签约，或签约已撤销：没有可跟进的内容",
    ),
    "aftercare_day_past": (
        "{day} is past, today is {today}; give a later day",
        "{day} 已过，今天是 {today}；请给出以后的日期",
    ),
    "follow_up_known": ("{item} is planned already; give it another name", "“{item}”已在计划中；请换一个名称"),
    "follow_up_unknown": ("nothing is planned as {item}; there are: {known}", "计划中没有“{item}”；现有：{known}"),
    "follow_up_closed": ("{item} is settled already ({status})", "“{item}”已经了结（{status}）"),
    "follow_up_fell_due": (
        "{item} has fallen due: put off its task {entry} instead",
        "“{item}”已到期：请改为推迟任务 {entry}",
    ),
    "score_out_of_scale": ("the score {score} is more than the best, {best}", "分数 {score} 超过最高分 {best}"),
    "order_known": ("the order {order} is recorded already", "订单 {order} 已登记"),
    "order_not_positive": ("the order {order} has no amount; give more than 0", "订单 {order} 的金额必须大于 0"),
    "order_in_future": ("the order's day {day} lies after today, {today}", "订单日期 {day} 晚于今天 {today}"),
    # -- prompts and referrals
    "growth_not_delivered": ("the order is not delivered yet", "订单尚未交付"),
    "growth_not_paid": ("{share} is paid, {needed} are needed", "已付 {share}，须付到 {needed}"),
    "growth_overdue": ("something is overdue ({share} is paid)", "有逾期款项（已付 {share}）"),
    "growth_satisfaction_unknown": (
        "nobody has recorded how satisfied the customer is",
        "尚未记录客户的满意度",
    ),
    "growth_unsatisfied": (
        "the customer is not satisfied enough: {score}, where {needed} is needed",
        "客户满意度不够：{score} 分，须达到 {needed} 分",
    ),
    "growth_complaint_open": (
        "complaints of the customer are open: {complaints}",
        "客户有未了结的投诉：{complaints}",
    ),
    "add_on_too_early": (
        "an add-on goes with the order, in the stage “{signing}”; it has not begun in {opportunity}: suggest it then",
        "增值销售在“{signing}”阶段随订单提出，{opportunity} 尚未进入该阶段；请届时再推荐",
    ),
    "add_on_too_late": (
        "the stage “{signing}” of {opportunity} is over; suggest more when the order is completed (stagemark prompt "
        "why-not {opportunity}, then make)",
        "{opportunity} 的“{signing}”阶段已结束；请在订单完成后再推荐（先 stagemark prompt why-not {opportunity}，"
        "再 make）",
    ),
    "prompt_cooling": (
        "the last prompt was a short while ago; not before {until}",
        "距上次推荐时间太短；{until} 之前不再推荐",
    ),
    "prompt_waits": ("the prompt {prompt} waits for its answer", "推荐 {prompt} 尚未得到答复"),
    "prompt_nothing": (
        "the catalogue suggests nothing for {products}",
        "产品目录对 {products} 没有可推荐的内容",
    ),
    "prompt_all_answered": (
        "everything that can be suggested was accepted, or declined a short while ago",
        "可推荐的内容都已被接受，或不久前被拒绝",
    ),
    "prompt_accepted_before": ("{product} was accepted already", "“{product}”已被接受"),
    "prompt_sister_has": (
        "{account} has bought {product} already; suggest something else",
        "{account} 已购买“{product}”；请推荐其他产品",
    ),
    "prompt_rests": (
        "{product} was declined or put off; not again before {until}",
        "“{product}”曾被拒绝或推迟；{until} 之前不再提起",
    ),
    "prompt_unknown": ("there is no prompt {prompt}; there are: {known}", "没有推荐 {prompt}；现有：{known}"),
    "prompt_needs_answer": (
        "say what the customer answered: stagemark prompt answer … {prompt} accepted | declined | later",
        "请登记客户的答复：stagemark prompt answer … {prompt} accepted | declined | later",
    ),
    "suggestion_unknown": (
        "there is no suggestion {suggestion}; there are: {known}",
        "没有建议 {suggestion}；现有：{known}",
    ),
    "product_unknown": (
        "{product} is not in the catalogue; there are: {known}",
        "产品目录中没有“{product}”；现有：{known}",
    ),
    "product_named": ("{label} ({id})", "{label}（{id}）"),
    "catalogue_missing": (
        "nothing is known of {product}: no catalogue of products is set. Name its file in STAGEMARK_CATALOGUE "
        "(docs/aftercare.md)",
        "没有产品“{product}”：尚未设置产品目录。请用 STAGEMARK_CATALOGUE 指定产品目录文件（见 docs/aftercare.md）",
    ),
    "referral_rests": (
        "a referral was asked for a while ago; not again before {until}",
        "不久前已请求过转介绍；{until} 之前不再提起",
    ),
    "referral_step_out_of_turn": (
        "the step {step} is not the next one: {next} is",
        "还没到“{step}”这一步：下一步是“{next}”",
    ),
    "referral_known_customer": (
        "“{account}” is no referral: {customer} is our customer already, or was named before; name somebody whom we "
        "don't know, or open a sale of {customer} (stagemark open … --account {customer})",
        "“{account}”不算转介绍：{customer} 已是我们的客户，或此前已被介绍；请介绍我们尚不认识的客户，"
        "或直接为 {customer} 新建商机（stagemark open … --account {customer}）",
    ),
    "linked_sale_missing": (
        "a sale is opened by this: say which, with its id and its playbook",
        "此操作会建立新商机：请给出商机编号及其流程",
    ),
    "linked_sale_known": (
        "there is a sale {opportunity} already, which did not come from this; give the new one another id",
        "商机 {opportunity} 已存在，且并非由此而来；请为新商机另取编号",
    ),
    "actor_missing": ("say who notes it: --as PERSON", "请指明由谁登记：--as PERSON"),
    # -- the catalogue
    "unknown_catalogue": ("there is no catalogue {catalogue}", "没有产品目录 {catalogue}"),
    "catalogue_unreadable": ("the catalogue can't be read: {reason}", "无法读取产品目录：{reason}"),
    "catalogue_field_missing": ("{field} is missing; add it", "缺少 {field}；请补上"),
    "catalogue_product_twice": ("the product {product} stands here twice", "产品“{product}”重复出现"),
    "catalogue_text_long": (
        "the text has {length} characters; at most {most} can be said",
        "文字有 {length} 个字符；最多 {most} 个",
    ),
    "catalogue_related_to_itself": (
        "the product {product} is related to itself; name another one",
        "产品“{product}”与自身关联；请改为其他产品",
    ),
    "catalogue_product_unknown": (
        "there is no product {product}; there are: {known}",
        "没有产品“{product}”；现有：{known}",
    ),
    "catalogue_ring": (
        "upgrades lead in a ring: {ring}; leave one of them out",
        "升级关系成环：{ring}；请去掉其中一项",
    ),
    "catalogue_phrase_only_up": (
        "goes_with has no phrase: it is a cross-sell to {product}; write link and ask",
        "goes_with 没有 phrase：对“{product}”是交叉销售；请写 link 和 ask",
    ),
    "catalogue_link_only_cross": (
        "an up-sell to {product} has no link; write phrase",
        "对“{product}”的向上销售没有 link；请写 phrase",
    ),
}
