"""Run a worker: `python worker.py`, on the Temporal server that TEMPORAL_* names."""

import asyncio
import signal

from stagemark import bootstrap
from stagemark.cli.common import complain, spoken
from stagemark.errors import StagemarkError


async def main() -> None:
    """Work until SIGINT or SIGTERM, then finish what is in hand."""
    stop = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    async with bootstrap.engine() as engine, engine.working():
        await stop.wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except StagemarkError as error:
        complain(error, spoken())
