"""One time-skipping server for each module; its clock is shared, so every test has sales of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from stagemark.client import Stagemark
from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, Platform, time_skipping_server


@dataclass
class Host:
    """A platform on a server, with a worker that runs."""

    platform: Platform
    environment: WorkflowEnvironment
    sales: Stagemark


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def host() -> AsyncIterator[Host]:
    people = MemoryDirectory(Person(id="wang", name="王", supervisor="li"), Person(id="li", name="李"))
    platform = Platform(directory=people)
    async with time_skipping_server(platform.plugin()) as environment, platform.worker(environment.client):
        yield Host(platform, environment, platform.sales(environment.client))


@pytest.fixture
def sale() -> str:
    return f"S-{uuid4().hex[:12]}"
