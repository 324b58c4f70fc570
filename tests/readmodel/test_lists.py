"""Lists over all sales, as a platform asks for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from stagemark import bootstrap
from stagemark.adapters.lists import SqlLists
from stagemark.errors import NotFound
from stagemark.settings import Settings
from tests.readmodel.neighbours import keep, lives


async def present() -> datetime:
    return datetime(2026, 6, 1, 4, tzinfo=UTC)


async def test_lists_tell_what_the_ledger_has_without_a_server(tmp_path: Path) -> None:
    async with bootstrap.engine(Settings(database_url=f"sqlite:///{tmp_path / 'stagemark.db'}")) as parts:
        await keep(parts.store, lives())
        lists = SqlLists(parts.store, parts.receivables, parts.policies, parts.calendars, present)
        assert await lists.today() == date(2026, 6, 1)
        every = await lists.instalments(everything=True)
        assert {row["id"] for row in every} == {"S-1"}
        assert all({"namespace", "stream"}.isdisjoint(row) for row in every)
        owed = [row for row in every if row["became"] == "open"]
        assert await lists.instalments("S-1") == owed
        assert [(one.opportunity, one.instalment) for one in await lists.receivables()] == [
            (row["id"], row["instalment"]) for row in owed
        ]
        assert await lists.receivables(date(2020, 1, 1)) == []
        assert await lists.outcomes() == [row for row in every if row["became"] != "open"]
        (complaint,) = await lists.complaints()
        assert complaint["life"] == "open"
        assert await lists.complaints("nobody") == []
        assert await lists.receivables(account="nobody") == []
        await lists.look_for(account=complaint["account"])
        with pytest.raises(NotFound, match="nobody"):
            await lists.look_for(account="nobody")
        with pytest.raises(NotFound, match="S-0"):
            await lists.look_for(sale="S-0")
        assert len(await lists.follow_ups(everything=True)) > len(await lists.follow_ups()) > 0
