"""The command line. Each group of commands has a room of its own; here they are put together."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from stagemark.cli import (
    account,
    answering,
    briefing,
    complaint,
    delivery,
    directory,
    dispute,
    follow_up,
    importing,
    inbox,
    instalment,
    ledger,
    messages,
    payment,
    playbook,
    policy,
    promise,
    prompt,
    receivables,
    referral,
    reports,
    running,
    sale,
)
from stagemark.cli.common import complain, spoken
from stagemark.cli.usage import asks_for_help, misused
from stagemark.errors import InvalidInput, StagemarkError
from stagemark.texts.language import Language

__all__ = ["app", "main"]

app = typer.Typer(
    name="stagemark",
    help="Key-account sales on Temporal: stages, markers, evidence, durations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_PANELS = {
    "Run": (running.app,),
    "One sale": (sale.app, answering.app),
    "Ask": (reports.app, inbox.app, receivables.app, briefing.app),
    "Bring in": (importing.app,),
}
for _panel, _apps in _PANELS.items():
    for _group in _apps:
        for _command in _group.registered_commands:
            _command.rich_help_panel = _panel
        app.add_typer(_group)
_AFTER_THE_CONTRACT = {
    "account": account.app,
    "payment": payment.app,
    "instalment": instalment.app,
    "promise": promise.app,
    "dispute": dispute.app,
    "delivery": delivery.app,
    "complaint": complaint.app,
    "follow-up": follow_up.app,
    "prompt": prompt.app,
    "referral": referral.app,
}
for _name, _group in _AFTER_THE_CONTRACT.items():
    app.add_typer(_group, name=_name, rich_help_panel="After the contract")
app.add_typer(directory.app, name="directory", rich_help_panel="Bring in")
app.add_typer(playbook.app, name="playbook", rich_help_panel="Look after")
app.add_typer(policy.app, name="policy", rich_help_panel="Look after")
app.add_typer(messages.app, name="messages", rich_help_panel="Look after")
app.add_typer(ledger.app, name="ledger", rich_help_panel="Look after")


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"stagemark {version('stagemark')}")
        raise typer.Exit


@app.callback()
def _every(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is, and end.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line. Exit status: 0 done, 2 the caller's mistake, 1 ours."""
    try:
        _check_arguments()
        ended = app(standalone_mode=False)
    except StagemarkError as error:
        complain(error, _speaks())
    except typer.TyperException as error:
        if asks_for_help(error):
            raise SystemExit(2) from None
        complain(misused(error), _speaks())
    except typer.Abort:
        raise SystemExit(1) from None
    raise SystemExit(ended if isinstance(ended, int) else 0)


def _check_arguments() -> None:
    for place, word in enumerate(sys.argv[1:], start=1):
        try:
            word.encode()
        except UnicodeEncodeError:  # bytes that are no UTF-8 come in as lone surrogates
            raise InvalidInput.of("argument_unreadable", place=place) from None


def _speaks() -> Language:
    """The language in which to complain, also when the arguments themselves are what is wrong."""
    words = sys.argv[1:]
    asked = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "--language"), None)
    asked = next((word.partition("=")[2] for word in words if word.startswith("--language=")), asked)
    return spoken(asked)
