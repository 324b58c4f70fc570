"""Accounts, asked before a prompt is made or a prospect named: what one has promised, another can't have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from stagemark.clients.asking import Asking, request_of
from stagemark.domain.account.commands import AccountRequest, AskPrompt, Refer
from stagemark.domain.account.state import AccountState
from stagemark.domain.entries import Request, Stream
from stagemark.domain.told import PromptDropped, ReferralDropped
from stagemark.errors import Problem, Refused
from stagemark.saying import Said

__all__ = ["AskedAccounts"]


class AskedAccounts:
    """Reserves an account for what is about to be recorded elsewhere, and gives it back if that is refused."""

    def __init__(self, asking: Asking) -> None:
        """Ask accounts."""
        self._asking = asking

    @asynccontextmanager
    async def prompt(
        self, named: str, accounts: Sequence[str], sale: str, request: Request[Any]
    ) -> AsyncIterator[None]:
        """Let each account allow the prompt that a sale's request makes; by the same name it is the same prompt."""
        asks, drops = AskPrompt(opportunity=sale, prompt=named), PromptDropped(opportunity=sale, prompt=named)
        # First without trying: what is asked for and given back again would hold back others for a moment.
        if problems := [one for account in accounts for one in await self.why_no_prompt(account, sale, named)]:
            raise Refused(*problems)
        allowed: list[str] = []
        try:
            for account in accounts:
                await self._ask(account, asks, request)
                allowed.append(account)
            yield
        except Refused:
            for account in allowed:
                await self._ask(account, drops, request)
            raise

    async def why_no_prompt(self, account: str, sale: str, named: str = "why-not") -> list[Problem]:
        """Why an account would not allow a prompt now."""
        said: Said = {"actor": sale}
        asked = request_of(AccountRequest, [AskPrompt(opportunity=sale, prompt=named)], said)
        found = await self._asking.why_not_ask(_stream(account), asked)
        return [problem.model_copy(update={"where": account}) for problem in found]

    async def complaints(self, account: str) -> tuple[str, ...]:
        """The open complaints of an account."""
        view = await self._asking.standing(_stream(account))
        return AccountState.model_validate({**view.state, "id": account}).complaints

    @asynccontextmanager
    async def referral(self, prospect: str, opportunity: str, sale: str, request: Request[Any]) -> AsyncIterator[None]:
        """Let a prospect be named for this one sale, which will be opened."""
        await self._ask(prospect, Refer(opportunity=opportunity, by=sale), request)
        try:
            yield
        except Refused:
            await self._ask(prospect, ReferralDropped(opportunity=opportunity), request)
            raise

    async def referred(self, prospect: str, opportunity: str) -> bool:
        """Whether a prospect was named for this sale before: a repeat."""
        view = await self._asking.standing(_stream(prospect))
        return view.state.get("referred") == opportunity

    async def _ask(self, account: str, command: Any, by: Request[Any]) -> None:
        said: Said = {"actor": by.actor, "source": by.source, "language": by.language}
        await self._asking.ask(_stream(account), request_of(AccountRequest, [command], said))


def _stream(account: str) -> Stream:
    return Stream(stream="account", id=account)
