"""What can be wrong with the server, and how it is said."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultPayloadConverter
from temporalio.service import RetryConfig, RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from stagemark import bootstrap
from stagemark.contracts.names import SEARCH_ATTRIBUTES
from stagemark.domain.events import Event
from stagemark.errors import InvalidInput, StagemarkError, Unavailable
from stagemark.settings import Settings
from stagemark.testing import MemoryLedger, Platform, real_server
from stagemark.transport import fault
from tests.sales import PLAYBOOK, handle

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opening(platform: Platform, client: Client, sale: str, **settings: object) -> StagemarkError:
    """What the opening of a sale fails with."""
    with pytest.raises(StagemarkError) as failed:
        await platform.sales(client, **settings).open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")
    assert failed.value.text("zh") != failed.value.text("en")
    return failed.value


async def test_no_server(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/new/folder/stagemark.db")
    async with bootstrap.engine(settings, target_host="127.0.0.1:1") as engine:
        with pytest.raises(Unavailable) as failed:
            await engine.connect()
    assert failed.value.code == "server_unreachable"
    assert "127.0.0.1:1: Connection refused;" in failed.value.text()


async def test_a_host_that_nobody_knows_is_said_plainly(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/stagemark.db")
    async with bootstrap.engine(settings, target_host="no-such-host.invalid:7233") as engine:
        with pytest.raises(Unavailable) as failed:
            await engine.connect()
    assert "no-such-host.invalid:7233: no host of that name is known;" in failed.value.text()
    assert "找不到该主机名" in failed.value.text("zh")


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:7233", "https://x.y:7", "localhost", "127.0.0.1:", ":7233", "a b:1", "a:99999", "::1", "a:1/x"],
)
async def test_what_is_no_address_of_a_server_is_told_its_form(tmp_path: Path, address: str) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/stagemark.db")
    async with bootstrap.engine(settings, target_host=address) as engine:
        with pytest.raises(InvalidInput) as failed:
            await engine.connect()
    assert failed.value.code == "temporal_address"
    assert all(word in failed.value.text() for word in (address, "host:port"))


async def test_a_password_in_an_address_is_not_quoted(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/stagemark.db")
    async with bootstrap.engine(settings, target_host="http://me:s3cret@127.0.0.1:7233") as engine:
        with pytest.raises(InvalidInput) as failed:
            await engine.connect()
    assert "s3cret" not in failed.value.text()


async def test_wrong_namespace(platform: Platform, server: WorkflowEnvironment, sale: str) -> None:
    client = await server.connect_client(namespace="nowhere", data_converter=pydantic_data_converter)
    failed = await opening(platform, client, sale)
    assert failed.code == "wrong_namespace"
    assert "nowhere" in failed.text()


async def test_a_missing_search_attribute_is_named_with_the_command_that_creates_it(sale: str) -> None:
    platform = Platform()
    async with real_server(platform.plugin(), search_attributes=()) as server:
        failed = await opening(platform, server.client, sale)
        assert failed.code == "search_attribute_missing"
        assert "temporal operator search-attribute create --namespace default --name StagemarkLife" in failed.text()

        await bootstrap.ensure_search_attributes(server.client)
        await bootstrap.ensure_search_attributes(server.client)  # nothing is missing now

        known = await server.client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace="default")
        )
        assert {key.name for key in SEARCH_ATTRIBUTES} <= set(known.custom_attributes)


async def test_no_worker(platform: Platform, server: WorkflowEnvironment, sale: str) -> None:
    failed = await opening(
        platform, server.client, sale, timeout=timedelta(seconds=0.5), task_queue="nobody-works-here"
    )
    assert failed.code == "no_answer"
    assert "nobody-works-here" in failed.text()
    # What a query is answered with once the last worker has been gone for some minutes.
    gone = RPCError(
        "no poller seen for task queue recently, worker may be down", RPCStatusCode.FAILED_PRECONDITION, b""
    )
    assert fault(gone, server.client).code == "no_worker"


class SlowLedger(MemoryLedger):
    """A ledger on which runs can be made to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()
        self.let.set()

    async def events(self, opportunity: str) -> list[Event]:
        if activity.in_activity():
            await self.let.wait()
        return await super().events(opportunity)


async def test_more_than_a_sale_can_take_at_once_is_an_overload(server: WorkflowEnvironment, sale: str) -> None:
    ledger = SlowLedger()
    platform = Platform(ledger=ledger)
    impatient = RetryConfig(max_retries=1, max_elapsed_time_millis=100)
    client = await server.connect_client(plugins=[platform.plugin()], retry_config=impatient)
    sales = platform.sales(client, timeout=timedelta(seconds=3), task_queue=sale)
    async with Worker(client, task_queue=sale):
        await sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang")
        await sales.lose(sale, "price", actor="wang")
        await handle(client, sale).result()
        ledger.let.clear()  # the run that goes on waits for its events, and the commands for it
        answers = await asyncio.gather(
            *(sales.correct(sale, 1, f"{n}", {"title": f"{n}"}, actor="wang") for n in range(14)),
            return_exceptions=True,
        )
        ledger.let.set()
    codes = [answer.code for answer in answers if isinstance(answer, Unavailable)]
    assert len(codes) == len(answers)
    assert set(codes) == {"no_answer", "overloaded"}


async def test_a_caller_that_is_cancelled_is_told_so(
    platform: Platform, server: WorkflowEnvironment, sale: str
) -> None:
    sales = platform.sales(server.client, task_queue="nobody-works-here")
    call = asyncio.create_task(sales.open(sale, PLAYBOOK, account="A-1", owner="wang", actor="wang"))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_client_that_cannot_carry_the_models_is_refused(
    platform: Platform, server: WorkflowEnvironment
) -> None:
    plain = await server.connect_client()
    with pytest.raises(InvalidInput) as refused:
        platform.sales(plain)
    assert refused.value.code == "converter_unsuited"

    class Own(DefaultPayloadConverter):
        pass

    with pytest.raises(InvalidInput) as refused:
        await server.connect_client(
            data_converter=DataConverter(payload_converter_class=Own), plugins=[platform.plugin()]
        )
    assert refused.value.code == "converter_unsuited"


async def test_a_temporal_profile_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    profile = tmp_path / "temporal.toml"
    profile.write_text("this is no [toml")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profile))
    with pytest.raises(InvalidInput) as refused:
        async with bootstrap.engine(Settings(database_url=f"sqlite:///{tmp_path}/s.db")):
            pass
    assert refused.value.code == "temporal_config"


@pytest.mark.parametrize(
    "line", ['api_key = "s3cret', "api_key = 1234567", '[profile.default.tls]\ndisabled = "s3cret"']
)
async def test_a_temporal_profile_is_not_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str) -> None:
    (tmp_path / "temporal.toml").write_text(f"[profile.default]\n{line}\n")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    with pytest.raises(InvalidInput) as refused:
        async with bootstrap.engine(Settings(database_url=f"sqlite:///{tmp_path}/s.db")):
            pass
    assert "at line" in refused.value.text()
    assert not any(secret in refused.value.text() for secret in ("s3cret", "1234567"))
    assert refused.value.__suppress_context__  # the SDK's own words would stand in a traceback


async def test_a_certificate_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(tmp_path / "none.pem"))
    with pytest.raises(InvalidInput) as refused:
        async with bootstrap.engine(Settings(database_url=f"sqlite:///{tmp_path}/s.db")):
            pass
    assert refused.value.code == "temporal_config"
    assert "none.pem" in refused.value.problems[0].params["why"]
