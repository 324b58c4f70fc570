"""The words of the reports in both languages, and the labels that playbooks and the directory give to ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stagemark.domain.playbook import Evidence, Named, Playbook
from stagemark.texts.language import Language
from stagemark.texts.terms import LIFE_TERMS, noted

__all__ = ["Words"]

# id: (en, zh)
TEXTS: dict[str, tuple[str, str]] = {
    # -- the managers' table
    "durations": ("Durations by stage", "各阶段时长"),
    "as_of": ("as of {day}", "截至 {day}"),
    "as_known_on": ("as known on {day}", "按 {day} 时已知的记录"),
    "sales": ("sales: {count}", "商机：{count} 个"),
    "overrides_in_all": ("overrides: {count}", "豁免：{count} 次"),
    "by_owner": ("Owner", "负责人"),
    "by_team": ("Team", "团队"),
    "by_segment": ("Segment", "细分市场"),
    "by_playbook": ("Playbook", "流程"),
    "by_month": ("Begun in", "开始月份"),
    "nobody": ("(not known)", "（未知）"),
    "stage": ("Stage", "阶段"),
    "visits": ("Visits", "次数"),
    "open": ("Open", "进行中"),
    "left": ("Left by", "离开方式"),
    "left_end": ("end marker {count}", "结束标志 {count}"),
    "left_fall_back": ("fall-back {count}", "退回 {count}"),
    "left_lost": ("lost {count}", "丢单 {count}"),
    "left_nurture": ("nurture {count}", "转维持联系 {count}"),
    "left_handed_over": ("handed over {count}", "移交 {count}"),
    "elapsed": ("Elapsed, days", "历时（天）"),
    "working": ("Worked, days", "工作日（天）"),
    "to_end": ("To end marker, days", "到结束标志（天）"),
    "quantiles": ("50% · 75% · 90%", "中位 · 75% · 90%"),
    "before": ("Before it, days", "之前（天）"),
    "gap": ("gap {count}, median {median}", "空档 {count} 次，中位 {median}"),
    "overlap": ("overlap {count}, median {median}", "重叠 {count} 次，中位 {median}"),
    "waited": ("Waited on", "等待对象"),
    "notes": ("Notes", "备注"),
    "undated": ("undated {count}", "日期不详 {count}"),
    "skipped": ("skipped {count}", "跳过 {count}"),
    "overrides": ("overrides {count}", "豁免 {count}"),
    "too_narrow": (
        "The screen is too narrow for: {columns}. A wider one shows them, and so does --output csv.",
        "屏幕太窄，未显示：{columns}。请加宽屏幕，或使用 --output csv。",
    ),
    "legend": (
        "Open visits count as lower bounds. {dash} means not reached: too few have been left so far. "
        "What each column means: docs/durations.md.",
        "进行中的按下限计入。{dash} 表示尚未达到：目前离开的还不够多。各列含义见 docs/durations.md。",
    ),
    "no_sales": ("There are no sales to report on.", "没有可统计的商机。"),
    # -- parties and lives
    "us": ("us", "我方"),
    "customer": ("customer", "客户"),
    "legal": ("legal", "法务"),
    "finance": ("finance", "财务"),
    "production": ("production", "生产"),
    "unrecorded": ("not said", "未记录"),
    **{f"life_{life}": said for life, said in LIFE_TERMS.items()},
    # -- one sale
    "title": ("title", "名称"),
    "segment": ("segment", "细分市场"),
    "no_segment": ("no segment", "取消细分市场"),
    "deputy": ("deputy", "代理人"),
    "no_deputy": ("no deputy", "取消代理人"),
    "collaborators": ("collaborators", "协作者"),
    "reason": ("reason", "理由"),
    "note": ("note", "备注"),
    "look_again": ("look again", "再次查看"),
    "waits_on": ("Waits on", "等待"),
    "account": ("Account", "客户"),
    "owner": ("Owner", "负责人"),
    "life": ("State", "状态"),
    "playbook": ("Playbook", "流程"),
    "value": ("Value", "金额"),
    "zone": ("Times of", "时区"),
    "timeline": ("Timeline", "经过"),
    "when": ("When", "时间"),
    "what": ("What", "事项"),
    "details": ("Evidence and reasons", "证据与理由"),
    "who": ("Recorded by", "记录人"),
    "unknown_time": ("date unknown", "日期不详"),
    "recorded_on": ("recorded {at}", "{at} 记录"),
    "void": ("void: {reason} ({by})", "已作废：{reason}（{by}）"),
    "corrected": ("corrected: {reason} ({by}); was {was}", "已更正：{reason}（{by}）；原为 {was}"),
    "override": ("overridden by {by}: {reason}", "{by} 豁免：{reason}"),
    "gap_row": ("no stage open for {days} d", "无进行中的阶段，{days} 天"),
    "stays": ("Stages", "各阶段"),
    "began": ("Began", "开始"),
    "left_at": ("Left", "离开"),
    "how_left": ("How", "方式"),
    "by_end": ("end marker", "结束标志"),
    "by_fall_back": ("fall-back", "退回"),
    "by_lost": ("lost", "丢单"),
    "by_nurture": ("nurture", "转维持联系"),
    "elapsed_short": ("Elapsed d", "历时（天）"),
    "working_short": ("Worked d", "工作日"),
    "paused": ("Paused d", "暂停（天）"),
    "before_short": ("Before it", "之前"),
    "a_gap": ("gap {days}", "空档 {days}"),
    "an_overlap": ("overlap {days}", "重叠 {days}"),
    "at_least": ("≥ {days}", "≥ {days}"),
    "whole": ("Whole time", "全程"),
    "whole_line": (
        "{elapsed} d = {in_stages} in stages + {gaps} in gaps + {dormant} dormant; "
        "with {overlaps} of overlap and {paused} of pause",
        "{elapsed} 天 = 阶段内 {in_stages} + 空档 {gaps} + 休眠 {dormant}；其中重叠 {overlaps}，暂停 {paused}",
    ),
    "not_exact": ("not known: some dates are unknown", "不详：部分日期未知"),
    "due": ("Due", "到期事项"),
    "due_line": ("{trigger}, {rung}: tells {to}", "{trigger}，{rung}：通知 {to}"),
    "due_missed": ("{trigger}: counts as missed without an answer", "{trigger}：届时未处理即记为错过"),
    "missing": ("Missing for the next markers", "后续标志还缺什么"),
    "missing_start": ("to begin {stage}", "开始“{stage}”"),
    "missing_end": ("to end {stage}", "结束“{stage}”"),
    "edge_start": ("start", "开始"),
    "edge_end": ("end", "结束"),
    "nothing_missing": ("nothing is missing", "齐备"),
    "missed": ("Missed reminders: {count}", "错过的提醒：{count}"),
    # -- kinds of events
    "kind_open": ("Opened", "建立商机"),
    "kind_mark_start": ("Start of {stage}", "“{stage}”开始"),
    "kind_mark_end": ("End of {stage}", "“{stage}”结束"),
    "kind_record": ("Recorded", "补充记录"),
    "kind_skip": ("Skipped {stage}", "跳过“{stage}”"),
    "kind_wait": ("Waits on {on}", "等待{on}"),
    "kind_wait_none": ("Waits no more", "不再等待"),
    "kind_suspend": ("Suspended until {look_again}", "暂停至 {look_again}"),
    "kind_resume": ("Resumed", "恢复"),
    "kind_lose": ("Lost: {why}", "丢单：{why}"),
    "kind_reopen": ("Reopened", "重新打开"),
    "kind_fall_back": ("Fell back to {stage}", "退回“{stage}”"),
    "kind_nurture": ("Nurture until {look_again}", "转维持联系，{look_again} 再看"),
    "kind_come_back": ("Came back from nurture", "从维持联系恢复"),
    "kind_change": ("Changed", "变更"),
    "kind_correct": ("Corrected event {event}", "更正第 {event} 号事件"),
    "kind_void": ("Voided event {event}", "作废第 {event} 号事件"),
    "kind_migrate": ("Migrated to {playbook}", "迁移到流程“{playbook}”"),
    "kind_answer_done": ("Answered event {event}: done", "已处理第 {event} 号提醒"),
    "kind_answer_put_off": ("Put off event {event} until {until}", "第 {event} 号提醒推迟至 {until}"),
    "kind_answer_dismissed": ("Dismissed event {event}", "忽略第 {event} 号提醒"),
    "kind_fired": ("Reminder: {trigger}, {rung}", "提醒：{trigger}，{rung}"),
    "kind_missed": ("Nobody answered event {event}", "第 {event} 号提醒无人处理"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """Says things in the reader's language.

    Attributes:
        language: Which.
        playbooks: Whole playbooks by id, for their labels; an id without label is said as it is.
        names: What people are called, by id.
        earlier: Other versions of the playbooks by id, the newest first, where a stage is looked for that is gone.
    """

    language: Language = "en"
    playbooks: Mapping[str, Playbook] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, Sequence[Playbook]] = field(default_factory=dict)

    def say(self, text: str, /, **values: object) -> str:
        """A text of the reports."""
        return TEXTS[text][self.language == "zh"].format(**values)

    def field(self, name: str) -> str:
        """What a field of an event is called; its name where it is called nothing."""
        return self.say(name) if name in TEXTS else name

    def of(self, named: Named | None, id_: str) -> str:
        """The label of something named; its id where there is none."""
        return getattr(named.label, self.language) if named and named.label else id_

    def playbook(self, playbook: str) -> str:
        """The label of a playbook."""
        return self.of(self.playbooks.get(playbook), playbook)

    def stage(self, playbook: str, stage: str) -> str:
        """The label of a stage."""
        books = [*filter(None, [self.playbooks.get(playbook)]), *self.earlier.get(playbook, ())]
        return self.of(next((book.stage_of[stage] for book in books if stage in book.stage_of), None), stage)

    def evidence(self, playbook: str, evidence: str) -> tuple[str, Evidence | None]:
        """The label of a kind of evidence, and the kind itself."""
        book = self.playbooks.get(playbook)
        found = book.evidence_of.get(evidence) if book else None
        return self.of(found, evidence), found

    def person(self, person: str) -> str:
        """What a person is called."""
        return self.names.get(person, person)

    def trigger(self, playbook: str, trigger: str, rung: str) -> tuple[str, str]:
        """The labels of a trigger and of one of its rungs."""
        book = self.playbooks.get(playbook)
        found = next((one for one in book.triggers if one.id == trigger), None) if book else None
        step = next((one for one in found.rungs if one.id == rung), None) if found else None
        return self.of(found, trigger), self.of(step, rung)

    def what(self, playbook: str, fact: Mapping[str, Any]) -> str:
        """What an event or a command says, in a few words."""
        fact = {"on": None, "until": None, **fact}
        if fact.get("stage"):
            fact["stage"] = self.stage(playbook, fact["stage"])
        match fact["kind"]:
            case "mark":
                return self.say(f"kind_mark_{fact['edge']}", **fact)
            case "wait":
                return self.say("kind_wait", on=self.say(fact["on"])) if fact["on"] else self.say("kind_wait_none")
            case "lose":
                book = self.playbooks.get(playbook)
                reason = next((one for one in book.loss_reasons if one.id == fact["reason"]), None) if book else None
                return self.say("kind_lose", why=self.of(reason, fact["reason"]))
            case "answer":
                return self.say(f"kind_answer_{fact['answer']}", **fact)
            case "fired":
                trigger, rung = self.trigger(playbook, fact["trigger"], fact["rung"])
                said = self.say("kind_fired", trigger=trigger, rung=rung)
                return noted(said, fact["stage"], self.language) if fact.get("stage") else said
            case "migrate":
                return self.say("kind_migrate", playbook=self.playbook(fact["to"]["id"]))
            case kind:
                return self.say(f"kind_{kind}", **fact)
