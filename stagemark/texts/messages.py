"""What people, channels and templates can have wrong, and what is told of messages that did not arrive."""

from __future__ import annotations

__all__ = ["MESSAGE_TASKS", "MESSAGE_TEXTS"]

# code: (en, zh)
MESSAGE_TEXTS: dict[str, tuple[str, str]] = {
    # -- people
    "quiet_hours_malformed": (
        "{value} are no quiet hours; write 21:00-08:00",
        "“{value}”不是免打扰时段；请写成 21:00-08:00",
    ),
    "role_malformed": (
        "{role} is no role; write finance, or legal@TEAM for one team only",
        "“{role}”不是角色；请写成 finance，只负责一个团队时写成 legal@团队",
    ),
    "role_of_a_sale": (
        "{role} can't be held by anybody: {roles} are given by each sale itself; leave it out",
        "不能指派角色“{role}”：{roles} 由每个商机自己决定；请删去",
    ),
    "channel_entry": (
        "a channel can't be read; write the name of a channel such as ops-chat, or NAME=ADDRESS for one with an "
        "address of the person's own, such as mail=wang@example.com; never a URL",
        "渠道无法识别；请写渠道名称，例如 ops-chat；个人地址写成 名称=地址，例如 mail=wang@example.com；不要写 URL",
    ),
    "channel_twice": ("channel {channel} is named twice; name it once", "渠道 {channel} 重复；请只写一次"),
    "person_without_channel": (
        "{person} has no channel and is told in the inbox only; give one in the column channels, such as "
        "mail=wang@example.com",
        "{person} 没有渠道，只能在收件箱中收到通知；请在 channels 列填写，例如 mail=wang@example.com",
    ),
    "person_lacks_channel": (
        "{person} has no channel {channel}; there are {known}",
        "{person} 没有渠道 {channel}；现有：{known}",
    ),
    "named_in_policy": ("policy {id}: {place}", "政策“{id}”的 {place}"),
    "named_in_playbook": ("playbook {id}: {place}", "流程“{id}”的 {place}"),
    "person_called": ("{name} ({id})", "{name}（{id}）"),
    "role_unheld": (
        "nobody holds the role {role}, which {where_named} names; what is meant for it goes to the owner's supervisor. "
        "Give it to somebody in the column roles",
        "无人担任角色“{role}”（见 {where_named}）；发给该角色的通知会转给负责人的主管。请在 roles 列指派",
    ),
    "role_unheld_for": (
        "nobody holds the role {role}, which {where_named} names, for {teams}; what is meant for it goes to the "
        "owner's supervisor. Give it to somebody in the column roles, for the whole company or for each team",
        "{teams} 无人担任角色“{role}”（见 {where_named}）；发给该角色的通知会转给负责人的主管。"
        "请在 roles 列为全公司或各团队指派",
    ),
    "role_team_unknown": (
        "{role} is held for a team that nobody is in; the teams are {known}",
        "角色“{role}”所属团队没有成员；现有团队：{known}",
    ),
    # -- channels
    "channels_unreadable": (
        "the file of channels can't be read: {why}; give the path of a YAML file in UTF-8",
        "无法读取渠道文件：{why}；请给出 UTF-8 编码的 YAML 文件路径",
    ),
    "channels_form": (
        "this is no file of channels; write a line such as mail: env:STAGEMARK_CHANNEL_MAIL for each",
        "不是有效的渠道文件；每个渠道写一行，例如 mail: env:STAGEMARK_CHANNEL_MAIL",
    ),
    "channel_name": (
        "{name} is no name of a channel; write lower-case letters, digits and -, beginning with a letter, such as mail",
        "“{name}”不能作为渠道名称；请用小写字母、数字和 -，以字母开头，例如 mail",
    ),
    "channel_reference": (
        "channel {name} needs a reference to its address: env:VARIABLE or file:PATH; the address itself is a secret "
        "and must not stand here",
        "渠道 {name} 需要地址的引用：env:变量名 或 file:路径；地址本身是机密，不能写在这里",
    ),
    "channel_field": (
        "channel {name}, {field}: {message}; it has address and relay",
        "渠道 {name} 的 {field}：{message}；可用的字段：address、relay",
    ),
    "channel_variable_unset": (
        "the address of channel {channel} is not there; set {variable}",
        "找不到渠道 {channel} 的地址；请设置环境变量 {variable}",
    ),
    "channel_file_unreadable": (
        "the address of channel {channel} is not there; put it into the file {path}",
        "找不到渠道 {channel} 的地址；请写入文件 {path}",
    ),
    "channel_address": (
        "the address of channel {channel} can't be read; give a URL such as "
        "mailtos://USER:PASSWORD@SERVER?from=ADDRESS, wecombot://KEY, dingtalk://TOKEN, feishu://TOKEN, slack://…, "
        "workflows://… or the hook's own https://…",
        "渠道 {channel} 的地址无法识别；请给出 URL，例如 mailtos://用户:密码@服务器?from=地址、wecombot://KEY、"
        "dingtalk://TOKEN、feishu://TOKEN、slack://…、workflows://… 或 webhook 自身的 https://…",
    ),
    "channel_target": (
        "the person's own address on channel {channel} does not fit: mail takes a mail address, Slack a #channel or "
        "@user, DingTalk a telephone number, others none",
        "个人在渠道 {channel} 上的地址不合适：邮件填邮箱地址，Slack 填 #频道 或 @用户，钉钉填手机号，其他渠道不填",
    ),
    # -- carrying
    "delivery_refused": (
        "{channel} refused the message for good ({answer}); correct the address",
        "{channel} 拒收该消息（{answer}）；请更正地址",
    ),
    "delivery_failed_for_now": (
        "{channel} did not take the message ({answer})",
        "{channel} 暂时没有接收该消息（{answer}）",
    ),
    "delivery_unreachable": (
        "the server of {channel} can't be reached; check address, network and server",
        "无法连接 {channel} 的服务器；请检查地址、网络和服务器",
    ),
    "delivery_failed": (
        "{channel} could not be used ({error}); check its address",
        "无法使用 {channel}（{error}）；请检查其地址",
    ),
    # -- templates
    "letters_folder": ("there is no folder of templates {path}; create it", "没有模板目录 {path}；请先创建"),
    "letter_name": (
        "no message is written by a template of this name; call it KIND.zh.j2 or KIND.en.j2, with KIND one of {known}",
        "没有消息使用这个名称的模板；请命名为 类型.zh.j2 或 类型.en.j2，类型可为：{known}",
    ),
    "letter_broken": (
        "the template is broken: {why}; the shipped one takes its place until it is mended",
        "模板有误：{why}；修复之前使用自带模板",
    ),
}

MESSAGE_TASKS: dict[str, tuple[str, str]] = {
    "undelivered": (
        "A message to {person} did not arrive by {channel}. {problem}. It stands in their inbox.",
        "发给 {person} 的消息未能通过 {channel} 送达。{problem}。该消息仍在其收件箱中。",
    ),
    "letter_broken": (
        "Your template {template} could not be used. {problem}.",
        "模板 {template} 无法使用。{problem}。",
    ),
    "test": ("This is a test: messages reach you by this channel.", "这是一条测试消息：您可以通过此渠道收到通知。"),
}
"""What is told of messages themselves, in inbox and digest."""
