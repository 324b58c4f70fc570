"""A playbook as a picture, from its machines: Mermaid, SVG, PNG. Rendering needs the extra `diagrams`, but no browser.

Each stage is a composite with the way forward through it; the edges between them say what lets a stage begin; the
sale's own life stands beside. Falling back is left out of the stages: it leads from everywhere to `waiting`.
"""

from __future__ import annotations

from pathlib import Path

from stagemark.domain.machine import Composite, Machine, Turn, drawn, machines_of, turns_of
from stagemark.domain.playbook import Playbook, Text
from stagemark.errors import InvalidInput
from stagemark.texts.language import Language
from stagemark.texts.sale import TERMS

__all__ = ["mermaid", "png", "svg"]

_FORWARD = ("begin", "end", "skip")
_TURNS = {  # (zh, en)
    "skip": ("跳过", "skip"),
    "open": ("建立", "open"),
    "nurture": ("暂无机会", "no opportunity"),
    "suspend": ("暂停", "suspend"),
    "resume": ("恢复", "resume"),
    "come_back": ("重新跟进", "come back"),
    "lose": ("丢单", "lose"),
    "complete": ("各阶段均已结束", "all stages have ended"),
    "reopen": ("重新打开", "reopen"),
}
_THE_SALE = ("商机", "The sale")
_MAY_BEGIN = ("可以开始", "may begin")


def mermaid(playbook: Playbook, language: Language = "en") -> str:
    """A playbook as a Mermaid state diagram, in the user's language."""
    tongue = ("zh", "en").index(language)

    def label(text: Text | None, id_: str) -> str:
        return (getattr(text, language) if text else id_).replace('"', "'")

    def composite(name: str, machine: Machine, turns: dict[Turn, str]) -> Composite:
        met = {state for turn in turns for state in (turn.source, turn.dest)}
        return Composite(name, {s: TERMS[s][language == "zh"] for s in machine.states if s in met}, turns)

    machines = machines_of(playbook)
    composites, links = [], []
    for place, stage in enumerate(playbook.stages):
        machine = machines.stages[stage.id]
        on = {
            "begin": label(stage.start.label, "begin"),
            "end": label(stage.end.label, "end"),
            "skip": _TURNS["skip"][tongue],
        }
        forward = {turn: on[turn.trigger] for turn in turns_of(machine) if turn.trigger in _FORWARD}
        composites.append(composite(label(stage.label, stage.id), machine, forward))
        for after in playbook.opens_after(stage.id):
            links.append((playbook.stage_ids.index(after.stage), after.has, place, "waiting", _MAY_BEGIN[tongue]))
    life = {turn: _TURNS[turn.trigger][tongue] for turn in turns_of(machines.life)}
    composites.append(composite(_THE_SALE[tongue], machines.life, life))
    return drawn(label(playbook.label, playbook.id), composites, links)


def svg(text: str) -> str:
    """Render Mermaid as SVG; letters are the viewer's own fonts.

    Raises:
        InvalidInput: `diagram_extra_missing`.
    """
    try:
        import mmdr
    except ModuleNotFoundError:
        raise InvalidInput.of("diagram_extra_missing", format="svg") from None
    return str(mmdr.render(text).svg())


def png(text: str) -> bytes:
    """Render Mermaid as PNG, with a font that has Chinese: a fresh machine has none.

    Raises:
        InvalidInput: `diagram_extra_missing`.
    """
    try:
        import pylopdf_fonts_zh_cn
        import resvg_py
    except ModuleNotFoundError:
        raise InvalidInput.of("diagram_extra_missing", format="png") from None
    font = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
    picture = resvg_py.svg_to_bytes(
        svg_string=svg(text),
        background="#ffffff",
        skip_system_fonts=True,  # the same picture on every machine
        font_files=[str(font)],
        font_family="Noto Sans SC",
        sans_serif_family="Noto Sans SC",
    )
    return bytes(picture)
