"""A run that goes on from the ledger says nothing before it has read it; time is skipped."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from stagemark.domain.entries import Stream
from stagemark.errors import Unavailable
from tests.sales import until
from tests.workflows.conftest import Host
from tests.workflows.test_accounts import Customer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_how_an_account_stands_is_not_said_before_its_run_has_read_where_it_goes_on(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = Customer(host)

    async def ended() -> bool:
        return not await customer.runs()

    await customer.open()
    await until(ended)
    books, reads, may_read = host.platform.books, asyncio.Event(), asyncio.Event()
    state = books.state

    async def late(stream: Stream) -> Any:
        if await customer.runs():  # it is the run that reads, not a client
            reads.set()
            await may_read.wait()
        return await state(stream)

    monkeypatch.setattr(books, "state", late)
    graded = asyncio.ensure_future(customer.accounts.grade(customer.id, "b", "as known", actor="wang"))
    await reads.wait()
    hasty = Customer(host, timeout=timedelta(seconds=1)).asking
    with pytest.raises(Unavailable) as unavailable:
        await hasty.standing(customer.stream)
    assert unavailable.value.code == "no_answer"
    may_read.set()
    await graded
    assert (await customer.asking.standing(customer.stream)).state["title"] == "Acme"
