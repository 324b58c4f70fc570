"""One real dev server for each module."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from stagemark.ports import Person
from stagemark.testing import MemoryDirectory, Platform, real_server


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def platform() -> Platform:
    return Platform(directory=MemoryDirectory(Person(id="wang", name="王", supervisor="li")))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server(platform: Platform) -> AsyncIterator[WorkflowEnvironment]:
    async with real_server(platform.plugin()) as environment:
        yield environment


@pytest.fixture
def sale() -> str:
    return f"S-{uuid4().hex[:12]}"
