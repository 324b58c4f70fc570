"""`stagemark policy`: show, check, schema."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.tree import Tree

from stagemark import bootstrap
from stagemark.cli.common import LanguageOption, OutputOption, as_json, console, language, run, screen
from stagemark.domain.policy import Policy
from stagemark.errors import InvalidInput, NotFound, Problem, StagemarkError
from stagemark.policies.load import load_policy, shipped_policy
from stagemark.texts.terms import joined, noted, paired

__all__ = ["app"]

app = typer.Typer(
    help="The policy: a company's rules for credit, collecting, caring and messages.", no_args_is_help=True
)

_WORDS = {  # (en, zh)
    "version": ("version", "版本"),
    "digest": ("digest", "摘要值"),
    "shipped": ("shipped", "自带"),
    "fine": ("nothing wrong", "没有问题"),
    "messages": ("Messages", "消息"),
    "account": ("Accounts and credit", "客户与信用"),
    "collection": ("Collecting", "回收账款"),
    "aftercare": ("Aftercare", "售后跟进"),
    "complaint": ("Complaints", "投诉"),
}


@app.command()
def show(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A policy. [the one that holds]")] = None,
    output: OutputOption = "table",
    speaks: LanguageOption = None,
) -> None:
    """A policy with every setting; what differs from the shipped one is marked, with the shipped value."""
    settings = bootstrap.read_settings()
    policy = _load(file or settings.policy)
    if output == "json":
        print(as_json({**policy.model_dump(mode="json"), "digest": policy.digest()}))
        return
    tongue = language(speaks)
    zh = tongue == "zh"
    label = policy.label and (policy.label.zh if zh else policy.label.en)
    version = joined((policy.id, f"{_WORDS['version'][zh]} {escape(policy.version)}"), tongue)
    tree = Tree(noted(f"[bold]{escape(label or policy.id)}[/]", version, tongue))
    tree.add(f"[dim]{_WORDS['digest'][zh]} {policy.digest()}[/]")
    whole, shipped = policy.model_dump(mode="json"), shipped_policy().model_dump(mode="json")
    for name, value in whole.items():
        if name not in ("id", "label", "help", "version"):
            _grow(tree, name, value, shipped.get(name), zh)
    screen().print(tree)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Policies to check.")],
    speaks: LanguageOption = None,
) -> None:
    """Check policies: every error at once, each with its line. Exit status 2 if there is one."""
    problems: list[Problem] = []
    for file in files:
        try:
            policy = _load(file)
        except StagemarkError as error:
            problems += error.problems
            continue
        tongue = language(speaks)
        which = joined((f"{policy.id} {policy.version}", policy.digest()[:12]), tongue)
        console().print(paired(file, noted(_WORDS["fine"][tongue == "zh"], which, tongue), tongue), markup=False)
    if problems:
        raise InvalidInput(*problems)


@app.command()
def schema() -> None:
    """The JSON Schema of a policy, for editors."""
    from stagemark.policies.schema import policy_schema

    print(as_json(policy_schema()))


def _load(path: Path | None) -> Policy:
    """Load a policy as the engine would; the directory is asked only for a role that is not known without it."""
    if path is None:
        return shipped_policy()
    calendars = bootstrap.Calendars(bootstrap.read_settings().calendars).ids
    try:
        return load_policy(path, calendars=calendars, roles=())
    except StagemarkError as error:
        if all(problem.code != "policy_role_unknown" for problem in error.problems):
            raise
    return load_policy(path, calendars=calendars, roles=run(_held()))


async def _held() -> set[str]:
    """The roles that the company's people hold; nobody is there before there is a ledger."""
    with suppress(NotFound):
        async with bootstrap.engine(new=False) as parts:
            return {role.partition("@")[0] for person in await parts.directory.people() for role in person.roles}
    return set()


def _grow(tree: Tree, name: str, value: Any, shipped: Any, zh: bool) -> None:
    if isinstance(value, dict) and value:
        branch = tree.add(f"[bold]{_WORDS[name][zh]}[/] [dim]{name}[/]" if name in _WORDS else name)
        for inner, below in value.items():
            _grow(branch, inner, below, shipped.get(inner) if isinstance(shipped, dict) else None, zh)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        branch = tree.add(f"{name}{_differs(value, shipped, zh, short=True)}")
        for item in value:
            branch.add(escape(_plain(item)))
    else:
        tree.add(f"[cyan]{name}[/]: {escape(_plain(value))}{_differs(value, shipped, zh)}")


def _differs(value: Any, shipped: Any, zh: bool, short: bool = False) -> str:
    if value == shipped:
        return ""
    was = "≠" if short else f"≠ {paired(_WORDS['shipped'][zh], escape(_plain(shipped)), 'zh' if zh else 'en')}"
    return f"  [yellow]{was}[/]"


def _plain(value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(map(_plain, value)) or "–"
        case dict():
            return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items() if inner is not None)
    return str(value)
