"""How a message is answered: the command, for inbox, mail and chat alike."""

from __future__ import annotations

from typing import Final

from stagemark.texts.language import Language

__all__ = ["answer_line"]

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "answer": (
        "Answer: stagemark answer {source} {event} done --text OUTCOME --as {person}  (or put_off, dismissed)",
        "处理：stagemark answer {source} {event} done --text 结果 --as {person}（或 put_off、dismissed）",
    ),
    "step": (
        "Take the step: stagemark complaint step {id} {subject} --text WORDS --as {person}",
        "执行步骤：stagemark complaint step {id} {subject} --text 内容 --as {person}",
    ),
    "prompt": (
        "Answer: stagemark prompt answer {id} {subject} accepted|declined|later --text WORDS --as {person}",
        "登记答复：stagemark prompt answer {id} {subject} accepted|declined|later --text 内容 --as {person}",
    ),
    "legal_proposed": (
        "Approve: stagemark instalment legal {id} {subject} --approved-by {person} --reason WHY --as {person}  "
        "(or answer {source} {event} dismissed --text WHY)",
        "批准：stagemark instalment legal {id} {subject} --approved-by {person} --reason 理由 --as {person}"
        "（或 answer {source} {event} dismissed --text 理由）",
    ),
    "supply_stop": (
        "Stop it: stagemark delivery stop {id} --approved-by {person} --reason WHY --as {person}  "
        "(or answer {source} {event} dismissed --text WHY)",
        "停止供货：stagemark delivery stop {id} --approved-by {person} --reason 理由 --as {person}"
        "（或 answer {source} {event} dismissed --text 理由）",
    ),
    "supply_resume": (
        "Supply again: stagemark delivery resume {id} --approved-by {person} --reason WHY --as {person}  "
        "(or answer {source} {event} dismissed --text WHY)",
        "恢复供货：stagemark delivery resume {id} --approved-by {person} --reason 理由 --as {person}"
        "（或 answer {source} {event} dismissed --text 理由）",
    ),
}
_DECISIONS: Final = ("legal_proposed", "supply_stop", "supply_resume")
"""Proposals of a collection, which a command of their own decides."""


def answer_line(
    language: Language, *, person: str, opportunity: str, stream: str, kind: str, event: int, subject: str
) -> str:
    """What to do, with the command that answers: a complaint's task is its step, a prompt's is what the customer said,
    a proposal of a collection is decided under a name.

    Args:
        language: `zh` or `en`.
        person: Who answers, by id.
        opportunity: The sale.
        stream: Which neighbour asks; empty: the sale itself.
        kind: Which trigger or task.
        event: The number by which it is answered; 0: it asks for none.
        subject: A complaint's step, a prompt, or an instalment.
    """
    if not event:
        return ""
    neighbour, _, id_ = stream.partition(":")
    which = "step" if neighbour == "complaint" else "prompt" if kind == "prompt" and subject else "answer"
    which = kind if kind in _DECISIONS and neighbour == "collection" else which
    named = {"source": stream or opportunity, "id": id_, "event": event, "person": person, "subject": subject}
    return _WORDS[which][language == "zh"].format(**named)
