"""The life of a sale, on the time-skipping server."""

import asyncio
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from stagemark.contracts.messages import Receipt
from stagemark.domain import commands as c
from stagemark.errors import Conflict, InvalidInput, NotFound, Refused
from tests.sales import PAPER, PLAYBOOK, events, handle, until
from tests.workflows.conftest import Host

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opened(host: Host, sale: str) -> None:
    await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", title="Pumps", actor="wang")


async def played(host: Host, sale: str) -> None:
    """From the first marker to the last."""
    await opened(host, sale)
    await host.sales.mark(sale, "find", "start", actor="wang")
    await host.sales.mark(sale, "find", "end", {"need": "pumps"}, actor="wang", key=f"{sale}-end")
    await host.sales.mark(sale, "win", "start", actor="wang")
    await host.sales.mark(sale, "win", "end", {"contract": PAPER, "budget": 5000}, actor="wang")
    await handle(host.environment.client, sale).result()


async def test_a_sale_runs_from_its_opening_to_its_last_marker(host: Host, sale: str) -> None:
    await played(host, sale)

    kept = await host.platform.ledger.events(sale)
    assert [event.kind for event in kept] == ["open", "mark", "mark", "mark", "mark"]
    assert [event.previous for event in kept] == ["", *(event.hash for event in kept[:-1])]
    view = await host.sales.view(sale)
    assert view.life == "closed"
    assert view.stages == {"find": "ended", "win": "ended"}


async def test_a_sale_opens_with_its_first_markers_in_one_step_all_or_none(host: Host, sale: str) -> None:
    async def opened_with(*also: c.Command) -> Receipt:
        return await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", also=also, actor="wang")

    start = c.Mark(stage="find", edge="start")
    with pytest.raises(Refused) as refused:
        await opened_with(start, c.Mark(stage="find", edge="end"))
    assert refused.value.problems[0].where == "commands[2]"
    with pytest.raises(NotFound):
        await host.sales.view(sale)

    first = await opened_with(start)

    assert (first.sequences, first.open_stages) == ((1, 2), ("find",))
    history = await events(host.environment.client, sale)
    assert history.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == history.count("ACTIVITY_TASK_SCHEDULED") == 1
    assert await opened_with(start) == first
    with pytest.raises(Conflict):
        await opened_with()


async def test_a_refusal_says_everything_and_leaves_no_trace_in_the_history(host: Host, sale: str) -> None:
    await opened(host, sale)
    await host.sales.record(
        sale,
        c.Mark(stage="find", edge="start"),
        c.Mark(stage="find", edge="end", evidence=(c.Given(evidence="need", value="pumps"),)),
        c.Mark(stage="win", edge="start"),
        actor="wang",
    )
    before = await events(host.environment.client, sale)

    with pytest.raises(Refused) as refused:
        await host.sales.mark(sale, "win", "end", actor="chen", language="zh")

    assert {problem.code for problem in refused.value.problems} == {"evidence_missing", "condition_unmet"}
    after = await events(host.environment.client, sale)
    assert after.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == before.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED")
    kept = host.platform.refusals.kept[-1]
    assert (kept.opportunity, kept.envelope.actor, kept.problems) == (sale, "chen", refused.value.problems)
    why = await host.sales.why_not(sale, c.Mark(stage="win", edge="end"), actor="chen")
    assert [problem.code for problem in why] == [problem.code for problem in refused.value.problems]


async def test_a_repeated_key_gets_the_first_answer_and_other_content_is_refused(host: Host, sale: str) -> None:
    await opened(host, sale)
    first = await host.sales.mark(sale, "find", "start", actor="wang", key="k")
    await host.sales.mark(sale, "find", "end", {"need": "pumps"}, actor="wang")

    assert await host.sales.mark(sale, "find", "start", actor="wang", key="k") == first
    with pytest.raises(Conflict) as refused:
        await host.sales.mark(sale, "win", "start", actor="wang", key="k")
    assert refused.value.code == "key_reused"


async def test_after_the_end_a_repeated_key_gets_its_first_answer_and_starts_no_run(host: Host, sale: str) -> None:
    await played(host, sale)
    ended = await handle(host.environment.client, sale).describe()

    again = await host.sales.mark(sale, "find", "end", {"need": "pumps"}, actor="wang", key=f"{sale}-end")
    with pytest.raises(Refused) as refused:
        await host.sales.mark(sale, "win", "start", actor="wang")

    assert (again.sequences, again.life, again.open_stages) == ((3,), "open", ())
    assert refused.value.code == "life_out_of_turn"
    assert (await handle(host.environment.client, sale).describe()).run_id == ended.run_id


async def test_a_sale_that_ended_goes_on_with_its_one_life(host: Host, sale: str) -> None:
    await played(host, sale)

    receipt = await host.sales.reopen(sale, "the customer came back", actor="wang")

    assert receipt.sequences == (6,)
    assert receipt.life == "open"
    await host.sales.lose(sale, "price", actor="wang")
    await handle(host.environment.client, sale).result()
    assert [event.sequence for event in await host.platform.ledger.events(sale)] == list(range(1, 8))
    with pytest.raises(Conflict) as refused:
        await host.sales.open(sale, PLAYBOOK, account="A-2", owner="wang", actor="wang")
    assert refused.value.code == "already_open"


async def test_commands_that_meet_at_an_ended_sale_are_all_kept(host: Host, sale: str) -> None:
    await played(host, sale)

    receipts = await asyncio.gather(
        *(
            host.sales.correct(
                sale, 3, "read again", {"evidence": [{"evidence": "need", "value": str(n)}]}, actor="wang"
            )
            for n in range(8)
        )
    )

    assert sorted(receipt.sequences[0] for receipt in receipts) == list(range(6, 14))
    await until(lambda: _length(host, sale, 13))


async def _length(host: Host, sale: str, length: int) -> bool:
    return len(await host.platform.ledger.events(sale)) == length


async def test_two_openings_are_one_sale(host: Host, sale: str) -> None:
    receipts = await asyncio.gather(
        *(host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang") for _ in range(5))
    )

    assert len({receipt.model_dump_json() for receipt in receipts}) == 1
    with pytest.raises(Conflict) as refused:
        await host.sales.open(sale, PLAYBOOK, account="A-2", owner="wang", actor="wang")
    assert refused.value.code == "already_open"


async def test_a_bad_opening_starts_nothing(host: Host, sale: str) -> None:
    with pytest.raises(Refused) as refused:
        await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang", observed_at="2999-01-01")
    assert refused.value.code == "observed_in_future"
    with pytest.raises(NotFound) as unknown:
        await host.sales.mark(sale, "find", "start", actor="wang")
    assert unknown.value.code == "unknown_opportunity"
    with pytest.raises(NotFound):
        await host.sales.view(sale)
    with pytest.raises(NotFound):
        await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang", calendar="none")


async def test_what_keeps_a_sale_from_being_opened_is_told_without_trying(host: Host, sale: str) -> None:
    async def why(*also: c.Command, **other: Any) -> list[str]:
        new: Any = {
            "account": "A-1",
            "owner": "wang",
            "also": also,
            "actor": "wang",
            "observed_at": "2026-03-02",
            **other,
        }
        return [one.code for one in await host.sales.why_not_open(sale, PLAYBOOK, **new)]

    start = c.Mark(stage="find", edge="start")
    assert await why(start, c.Mark(stage="find", edge="end")) == ["evidence_missing"]
    assert await why(start) == []
    with pytest.raises(InvalidInput):
        await why(calendar="cn", value="much")
    with pytest.raises(NotFound):
        await host.sales.view(sale)
    assert all(one.opportunity != sale for one in host.platform.refusals.kept)

    await host.sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang", observed_at="2026-03-02")

    assert await why() == [], "the same opening is a repeat"
    assert await why(account="A-2") == ["already_open"]
    await host.sales.lose(sale, "price", actor="wang")
    await handle(host.environment.client, sale).result()
    assert (await why(), await why(account="A-2")) == ([], ["already_open"])


async def test_what_has_the_wrong_form_is_told_before_anything_is_sent(host: Host, sale: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await host.sales.mark(sale, "find", "start", actor="", observed_at="2026-03-05T10:00:00")
    assert [problem.where for problem in refused.value.problems] == ["actor", "observed_at"]
    assert refused.value.problems[1].code == "moment_no_zone"


async def test_somebody_else_was_faster(host: Host, sale: str) -> None:
    await opened(host, sale)
    await host.sales.mark(sale, "find", "start", actor="wang", expected_sequence=1)
    with pytest.raises(Conflict) as refused:
        await host.sales.wait(sale, "customer", actor="li", expected_sequence=1)
    assert refused.value.code == "sequence_moved"


async def test_a_migration_goes_on_by_the_other_playbook_also_after_the_end(host: Host, sale: str) -> None:
    other = PLAYBOOK.model_copy(update={"version": "2"})
    await opened(host, sale)
    await host.sales.migrate(sale, other, "new year", actor="li")
    assert (await host.sales.view(sale)).playbook.version == "2"
    await host.sales.lose(sale, "price", actor="wang")
    await handle(host.environment.client, sale).result()

    await host.sales.reopen(sale, "again", actor="wang")

    assert (await host.sales.view(sale)).playbook.version == "2"
    assert (await handle(host.environment.client, sale).describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_malformed_update_of_a_foreign_client_is_refused_and_wedges_nothing(host: Host, sale: str) -> None:
    await opened(host, sale)
    config = host.environment.client.service_client.config
    foreign = await Client.connect(config.target_host, namespace=host.environment.client.namespace)
    run = handle(foreign, sale)
    codes = []
    envelope = {"key": "k", "commands": [{"kind": "mark"}], "actor": "x"}
    for args in ([{"key": "k"}], ["junk"], [], [{"key": "k"}, 2], [envelope]):
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await run.execute_update("execute", args=args)
        assert isinstance(failed.value.cause, ApplicationError)
        codes.append(failed.value.cause.type)
    assert codes[0] == codes[1] == codes[4] == "field_invalid"
    with pytest.raises(WorkflowUpdateFailedError):
        await run.execute_update("no_such_update", 1)

    assert (await host.sales.mark(sale, "find", "start", actor="wang")).sequences == (2,)


async def test_what_a_sale_can_not_hold_is_refused_before_it_wedges(host: Host, sale: str) -> None:
    await opened(host, sale)
    long = [c.Record(note="x" * 4000) for _ in range(50)]
    for _ in range(6):
        await host.sales.record(sale, *long, actor="wang")
    with pytest.raises(Refused) as refused:
        await host.sales.record(sale, *long, actor="wang")
    assert refused.value.code == "sale_full"
    assert (await host.sales.lose(sale, "price", actor="wang")).sequences == (302,)
    await handle(host.environment.client, sale).result()
    assert len(await host.platform.ledger.events(sale)) == 302


async def test_what_no_run_could_take_is_refused_before_it_is_sent(host: Host, sale: str) -> None:
    await opened(host, sale)
    long = [c.Record(note="x" * 4000, evidence=(c.Given(evidence="budget", value="x" * 9000),)) for _ in range(50)]
    with pytest.raises(InvalidInput) as too_large:
        await host.sales.record(sale, *long, actor="wang")
    with pytest.raises(InvalidInput) as unfit:
        await host.sales.record("S\x00", c.Record(note="n"), actor="wang")
    with pytest.raises(InvalidInput) as too_long:
        await host.sales.open("S" * 300, PLAYBOOK, account="A-1", owner="wang", actor="wang")
    codes = [refused.value.code for refused in (too_large, unfit, too_long)]
    assert codes == ["envelope_too_large", "opportunity_id_unfit", "opportunity_id_unfit"]


async def test_a_cancelled_run_writes_down_what_it_acknowledged_and_the_sale_goes_on(host: Host, sale: str) -> None:
    await opened(host, sale)
    run = handle(host.environment.client, sale)
    acknowledged = await asyncio.gather(
        *(host.sales.add_evidence(sale, {"budget": n}, actor="wang") for n in range(5)), run.cancel()
    )
    with pytest.raises(WorkflowFailureError):
        await run.result()

    kept = len(await host.platform.ledger.events(sale))
    assert kept >= max(receipt.sequences[0] for receipt in acknowledged if receipt is not None)
    assert (await host.sales.mark(sale, "find", "start", actor="wang")).sequences == (kept + 1,)
