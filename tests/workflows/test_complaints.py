"""While a complaint of an account is open, prompts of its sales hold, planned ones too; time is skipped."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from stagemark.catalogues.load import demo_catalogue
from stagemark.clients.aftercare import Aftercare
from stagemark.domain.complaint.policy import STEPS
from stagemark.errors import InvalidInput, NotFound, Refused, StagemarkError
from tests.sales import until
from tests.workflows.conftest import Host
from tests.workflows.test_collecting import Selling, yuan

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Caring(Selling):
    """A sale whose order is delivered and paid, with something to suggest; and complaints of its account."""

    def __init__(self, host: Host, account: str = "") -> None:
        super().__init__(host, f"S-{uuid4().hex[:12]}")
        self.account = account or self.account
        host.platform.catalogues.held = demo_catalogue()
        self.care: Aftercare = host.platform.aftercare(host.environment.client)
        self.complaints = host.platform.complaints(host.environment.client)
        self.complaint = f"C-{uuid4().hex[:8]}"

    async def complete(self) -> None:
        part = {"id": "1", "amount": "30000", "after": "signing"}
        await self.sign(part, deliverables=[{"id": "camera", "product": "camera"}])
        await self.money.reach(self.sale, "delivery", self.signed_on, actor="wang")
        await self.money.enter_payment(self.sale, "P-1", yuan(30_000), self.signed_on, actor="wang")
        await until(self.completed)

    async def completed(self) -> bool:
        state = await self.care.state(self.sale)
        return state.paid is not None and "delivery" in state.anchors

    async def complain(self) -> None:
        said = {"opportunity": self.sale, "actor": "wang"}
        await self.complaints.raise_(self.complaint, self.account, "wang", "It is dead.", **said)  # type: ignore[arg-type]  # names of arguments
        await until(self.held)

    async def settle(self) -> None:
        for step in STEPS:
            await self.complaints.step(self.complaint, step, "so", True if step == "ask" else None, actor="wang")
        await self.complaints.close(self.complaint, actor="wang")
        await until(self.free)

    async def held(self) -> bool:
        return (await self.care.state(self.sale)).held.complaints == (self.complaint,)

    async def free(self) -> bool:
        return not await self.held()

    async def why(self) -> list[str]:
        return [problem.code for problem in await self.care.why_no_prompt(self.sale)]


async def test_no_prompt_is_made_while_a_complaint_is_open_and_it_comes_when_that_is_closed(host: Host) -> None:
    caring = Caring(host)
    await caring.complete()
    await caring.care.rate(caring.sale, 5, "Content all the same.", actor="wang")
    await caring.complain()
    await caring.pass_days(25)
    assert (await caring.care.state(caring.sale)).prompts == {}
    assert "growth_complaint_open" in await caring.why()
    assert "complaint_listen" in [message.kind for message in host.platform.inbox.told("wang")]

    await caring.settle()
    await caring.pass_days(5)

    assert len((await caring.care.state(caring.sale)).prompts) == 1


async def test_a_prompt_that_waits_is_withdrawn_and_comes_back_afterwards(host: Host) -> None:
    caring = Caring(host)
    await caring.complete()
    await caring.care.rate(caring.sale, 5, "Content.", actor="wang")
    await caring.pass_days(10)
    (first,) = prompts(await tasks(caring))
    await caring.complain()
    assert prompts(await tasks(caring)) == []
    await until(lambda: withdrawn(host, f"aftercare:{caring.sale}:{first}:prompt"))

    await caring.settle()
    await caring.pass_days(3)

    (again,) = prompts(await tasks(caring))
    assert again > first


async def tasks(caring: Caring) -> dict[int, str]:
    state = await caring.care.state(caring.sale)
    return {number: task.due.task for number, task in state.tasks.items()}


def prompts(tasks: dict[int, str]) -> list[int]:
    return [number for number, task in tasks.items() if task == "prompt"]


async def withdrawn(host: Host, key: str) -> bool:
    return key in host.platform.inbox.withdrawn


async def test_a_complaint_names_an_account_a_sale_and_people_that_are_there(host: Host) -> None:
    caring, other = Caring(host), Caring(host)
    await caring.sign({"id": "1", "amount": "30000", "after": "signing"})

    async def refused(account: str, owner: str = "wang", **rest: Any) -> str:
        try:
            await caring.complaints.raise_(caring.complaint, account, owner, "Dead.", actor="wang", **rest)
        except StagemarkError as error:
            return error.code
        return ""

    host.platform.customers.groups["acme co"] = ""
    assert [await refused(account) for account in ("nobody", "ACME co")] == ["account_unknown"] * 2
    assert await refused(caring.account, opportunity=other.sale) == "unknown_opportunity"
    assert await refused(other.account, opportunity=caring.sale) == "sale_of_other_account"
    assert await refused(caring.account, "ghost") == "unknown_person"
    with pytest.raises(NotFound):
        await caring.complaints.state(caring.complaint)
    assert await refused(caring.account) == ""
    with pytest.raises(Refused, match="ghost"):
        await caring.complaints.hand_over(caring.complaint, "ghost", actor="wang")
    with pytest.raises(Refused, match="ghost"):
        await caring.complaints.step(caring.complaint, "listen", "Heard them out.", actor="ghost")
    with pytest.raises(NotFound, match="there is no role ghost; there are owner, deputy"):
        await caring.care.plan(caring.sale, "call", await caring.today(), "phone", to="ghost", actor="wang")
    with pytest.raises(NotFound, match="no role ghost"):
        await caring.care.promise_task(caring.sale, "film", "Send it.", await caring.today(), "ghost", actor="wang")
    with pytest.raises(NotFound, match="zeppelin is not in the catalogue"):
        await caring.care.order(caring.sale, "PO-1", await caring.today(), yuan(5), "zeppelin", actor="wang")
    with pytest.raises(InvalidInput, match="is no role"):
        await caring.care.plan(caring.sale, "call", await caring.today(), "phone", to="!! ?\n", actor="wang")
