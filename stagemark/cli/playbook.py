"""`stagemark playbook`: list, show, check, schema, diagram."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.tree import Tree

from stagemark.cli.common import LanguageOption, OutputOption, as_json, console, language
from stagemark.cli.listing import money
from stagemark.cli.listing import show as show_rows
from stagemark.domain.playbook import (
    Condition,
    Evidence,
    EvidenceType,
    Marker,
    Named,
    Playbook,
    Rung,
    Stage,
    Text,
    Where,
)
from stagemark.errors import InvalidInput, Problem, StagemarkError, reason_of
from stagemark.playbooks import diagram as pictures
from stagemark.playbooks.load import find_playbook, look_up, shipped, shipped_playbook
from stagemark.playbooks.schema import playbook_schema
from stagemark.texts.language import Language
from stagemark.texts.spans import working_text
from stagemark.texts.terms import joined, noted, paired

__all__ = ["app"]

app = typer.Typer(help="Playbooks: the stages, markers and evidence of a process, as data.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="ID|FILE", help="A shipped playbook, or a file.")]

# (zh, en)
_WORDS = {
    "stages": ("阶段", "Stages"),
    "name": ("名称", "Name"),
    "evidence": ("证据", "evidence"),
    "start": ("开始标志", "starts"),
    "end": ("结束标志", "ends"),
    "after": ("可开始于", "may begin after"),
    "begun": ("已开始", "begun"),
    "ended": ("已结束", "ended"),
    "steps": ("步骤", "steps"),
    "expected": ("预期时长", "expected"),
    "required": ("必需", "required"),
    "advised": ("建议", "advised"),
    "needs": ("条件", "needs"),
    "recorded": ("已记录", "is recorded"),
    "triggers": ("提醒", "Triggers"),
    "reasons": ("丢单原因", "Reasons for losing"),
    "decision_maker": ("决策者", "the decision maker"),
    "any": ("任一人", "anybody"),
    "all": ("所有人", "everybody"),
    "not skippable": ("不可跳过", "can't be skipped"),
    "nurturable": ("可转入维持联系", "may go to nurture"),
    "fine": ("没有问题", "nothing wrong"),
    "owner": ("负责人", "owner"),
    "deputy": ("代理人", "deputy"),
    "collaborators": ("协作者", "collaborators"),
    "supervisor": ("主管", "supervisor"),
    "kinds": ("证据一览（如何填写）", "Evidence, and how to write it"),
    "warning": ("提示", "warning"),
}

_LISTED = {"id": ("ID", "ID"), "name": ("Name", "名称"), "stages": ("Stages", "阶段")}


class Format(StrEnum):
    """What `diagram` writes."""

    MERMAID = "mermaid"
    SVG = "svg"
    PNG = "png"


@app.command("list")
def list_(output: OutputOption = "table", speaks: LanguageOption = None) -> None:
    """The playbooks that come with stagemark."""
    tongue, books = language(speaks), list(map(shipped_playbook, shipped()))
    if output == "json":
        print(as_json([{"id": one.id, "version": one.version, "stages": list(one.stage_ids)} for one in books]))
        return
    rows = [
        {
            "id": one.id,
            "name": _called(one, tongue),
            "stages": " → ".join(_called(stage, tongue) for stage in one.stages),
        }
        for one in books
    ]
    show_rows(rows, _LISTED, output, tongue)


def _called(named: Named, tongue: Language) -> str:
    return str(getattr(named.label, tongue)) if named.label else named.id


@app.command()
def show(name: Name, speaks: LanguageOption = None) -> None:
    """A playbook in words: stages, markers, evidence, steps, triggers."""
    tongue = language(speaks)
    playbook = find_playbook(name)
    version = joined((f"{playbook.id} {escape(playbook.version)}", playbook.currency), tongue)
    tree = Tree(noted(f"[bold]{_label(playbook, tongue)}[/]", version, tongue))
    for number, stage in enumerate(playbook.stages, start=1):
        head = noted(f"[bold]{number} {_label(stage, tongue)}[/]", stage.id, tongue)
        _show_stage(tree.add(head), playbook, stage, tongue)
    triggers = _headed(tree, "triggers", playbook.triggers, tongue)
    for trigger in playbook.triggers:
        branch = triggers.add(noted(_label(trigger, tongue), trigger.id, tongue))
        for rung in trigger.rungs:
            told = f"{_label(rung, tongue)} → {joined((_word(role, tongue) for role in rung.to), tongue)}"
            when = _when(rung, tongue)
            branch.add(paired(when, told, tongue) if when else told)
    reasons = _headed(tree, "reasons", playbook.loss_reasons, tongue)
    for reason in playbook.loss_reasons:
        reasons.add(_labelled(reason, tongue))
    kinds = _headed(tree, "kinds", playbook.evidence, tongue)
    for evidence in playbook.evidence:
        kinds.add(f"{_labelled(evidence, tongue)} [dim]-e {escape(_typed(evidence, playbook.currency))}[/]")
        if evidence.options:
            kinds.children[-1].add(joined((_labelled(option, tongue) for option in evidence.options), tongue))
    console().print(tree, soft_wrap=False)


def _headed(tree: Tree, heading: str, below: Sequence[object], tongue: Language) -> Tree:
    """A branch with its heading; one that nobody sees where nothing would stand below it."""
    said = _word(heading, tongue)
    return tree.add(f"[bold]{said}[/]") if below else Tree(said)


@app.command()
def check(
    names: Annotated[list[str], typer.Argument(metavar="ID|FILE...", help="Playbooks to check.")],
    speaks: LanguageOption = None,
) -> None:
    """Check playbooks: every error at once, each with its line. Exit status 2 if there is one."""
    tongue = language(speaks)
    problems: list[Problem] = []
    for name in names:
        try:
            loaded = look_up(name)
        except StagemarkError as error:
            problems += error.problems
            continue
        for warning in loaded.warnings:
            told = f"{warning.code}: {warning.text(tongue)}"
            console().print(paired(_word("warning", tongue), told, tongue), markup=False)
        if not loaded.warnings:
            console().print(paired(name, _word("fine", tongue), tongue), markup=False)
    if problems:
        raise InvalidInput(*problems)


@app.command()
def schema() -> None:
    """The JSON Schema of a playbook, for editors."""
    print(as_json(playbook_schema()))


@app.command()
def diagram(
    name: Name,
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.MERMAID,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Into which file. [standard output]")] = None,
    speaks: LanguageOption = None,
) -> None:
    """A playbook as a picture, drawn from its state machines."""
    if form is Format.PNG and output is None:
        raise InvalidInput.of("diagram_output_missing")
    text = pictures.mermaid(find_playbook(name), language(speaks))
    if form is Format.PNG:
        picture = pictures.png(text)
    else:
        picture = (pictures.svg(text) if form is Format.SVG else text + "\n").encode()
    if output is None:
        print(picture.decode(), end="")
        return
    try:
        output.write_bytes(picture)
    except OSError as error:
        raise InvalidInput.of("file_unwritable", path=str(output), reason=reason_of(error)) from None


def _word(word: str, tongue: Language) -> str:
    return _WORDS[word][tongue == "en"]


def _said(text: Text | None, instead: str, tongue: Language) -> str:
    return escape(getattr(text, tongue) if text else instead)


def _label(named: Named, tongue: Language) -> str:
    return _said(named.label, named.id, tongue)


def _labelled(named: Named, tongue: Language) -> str:
    return f"[cyan]{named.id}[/] {_label(named, tongue)}"


_PART = '{"id": "1", "amount": "1000.00", "due": "2026-03-05"}'


def _typed(evidence: Evidence, currency: str) -> str:
    """How a value of that kind is written on the command line."""
    amount = f'{{"amount": "1000.00", "currency": "{currency}"}}'
    first = evidence.options[0].id if evidence.options else ""
    written = {
        EvidenceType.TEXT: "…",
        EvidenceType.NUMBER: "12.5",
        EvidenceType.MONEY: f"'{amount}'",
        EvidenceType.DATE: "2026-03-05",
        EvidenceType.CHOICE: f"""'["{first}"]'""" if evidence.many else first,
        EvidenceType.RANKED: first,
        EvidenceType.PERSON: "contact-7",
        EvidenceType.DOCUMENT: """'{"uri": "https://…", "sha256": "…"}'""",
        EvidenceType.CHECKLIST: f"""'["{first}"]'""",
        EvidenceType.CONTRACT: f"""'{{"amount": {amount}, "instalments": [{_PART}]}}'""",
        EvidenceType.CLEARANCE: f"""'{{"id": "C-1", "amount": {amount}, "until": "2026-03-05"}}'""",
    }[evidence.type]
    return f"{evidence.id}{'@contact-7' if evidence.about_person else ''}={written}"


def _when(rung: Rung, tongue: Language) -> str:
    if rung.after:
        return working_text(rung.after, tongue)
    return f"×{rung.times_expected}" if rung.times_expected else ""


def _show_stage(branch: Tree, playbook: Playbook, stage: Stage, tongue: Language) -> None:
    notes = [f"{_word('expected', tongue)} {working_text(stage.expected, tongue)}"] if stage.expected else []
    notes += [] if stage.skippable else [_word("not skippable", tongue)]
    notes += [_word("nurturable", tongue)] if stage.nurturable else []
    if notes:
        branch.add(f"[dim]{joined(notes, tongue)}[/]")
    for after in playbook.opens_after(stage.id):
        earlier = _label(playbook.stage_of[after.stage], tongue)
        branch.add(f"{_word('after', tongue)} {noted(earlier, _word(after.has, tongue), tongue)}")
    _show_marker(branch, playbook, stage.start, "start", tongue)
    steps = branch.add(_word("steps", tongue)) if stage.steps else branch
    for step in stage.steps:
        collected = joined((_label(playbook.evidence_of[id_], tongue) for id_ in step.evidence), tongue)
        named = _labelled(step, tongue)
        steps.add(paired(named, f"[dim]{collected}[/]", tongue) if collected else named)
    _show_marker(branch, playbook, stage.end, "end", tongue)


def _show_marker(branch: Tree, playbook: Playbook, marker: Marker, edge: str, tongue: Language) -> None:
    twig = branch.add(paired(_word(edge, tongue), f"[cyan]{_said(marker.label, edge, tongue)}[/]", tongue))
    bands = {band.id: _label(band, tongue) for band in playbook.bands}
    for piece in marker.evidence:
        needs = [_word(piece.need, tongue)]
        needs += [f"{bands[band]} {_word(need, tongue)}" for band, need in piece.by_band.items()]
        twig.add(noted(_labelled(playbook.evidence_of[piece.evidence], tongue), joined(needs, tongue), tongue))
    for condition in marker.conditions:
        twig.add(f"{_word('needs', tongue)} {_condition(playbook, condition, tongue)}")


_SIGNS = {
    "at_least": "≥",
    "at_most": "≤",
    "equals": "=",
    "one_of": "∈",
    "none_of": "∉",
    "not_before": "≥",
    "not_after": "≤",
}


def _condition(playbook: Playbook, condition: Condition, tongue: Language) -> str:
    evidence = playbook.evidence_of[condition.evidence]
    options = {option.id: _label(option, tongue) for option in evidence.options}
    value = getattr(condition, condition.operator)
    values = value if isinstance(value, tuple) else (value,)
    if condition.operator in ("checked", "count_at_least"):
        said = str(len(options) if value == "all" else value)
    elif condition.operator == "not_older_than":
        said = _labelled(playbook.evidence_of[value], tongue)
    elif evidence.type is EvidenceType.MONEY:
        said = money(value, playbook.currency)
    else:
        said = joined((options.get(str(one), escape(str(one))) for one in values), tongue)
    sign = _SIGNS.get(condition.operator, "≥")
    said = noted(said, _word(condition.who, tongue), tongue) if evidence.about_person else said
    return f"{_labelled(evidence, tongue)} {sign} {said}{_where(playbook, condition.where, tongue)}"


def _where(playbook: Playbook, where: Where | None, tongue: Language) -> str:
    """For which sales a condition counts, where not for all."""
    if where is None:
        return ""
    said = [_label(band, tongue) for band in playbook.bands if band.id in where.bands]
    if where.evidence:
        evidence = playbook.evidence_of[where.evidence]
        options = joined((_label(option, tongue) for option in evidence.options if option.id in where.one_of), tongue)
        judged = f"= {options}" if options else _word("recorded", tongue)
        said.append(f"{_label(evidence, tongue)} {judged}")
    return f"[dim]{noted('', ' / '.join(said), tongue)}[/]"
