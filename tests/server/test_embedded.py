"""The embedded server."""

import asyncio
import os
import signal
from pathlib import Path

from stagemark.embedded import embedded_server
from stagemark.testing import free_port


async def test_who_runs_the_server_hears_that_it_has_ended(tmp_path: Path) -> None:
    async with embedded_server(tmp_path / "temporal.db", free_port(), free_port()) as server:
        os.kill(server.process, signal.SIGKILL)
        async with asyncio.timeout(30):
            assert await server.ended() == -signal.SIGKILL
