"""Settings, read in the composition roots only: `STAGEMARK_*` variables.

Where Temporal is, and as whom we come, is said by Temporal's own `TEMPORAL_*` variables and profiles, never here.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from stagemark.contracts.queues import TASK_QUEUE
from stagemark.texts.language import Language

__all__ = ["Settings"]


def _files(said: object) -> object:
    """Files as a variable names them: a path, several as PATH has them, or a JSON list."""
    if not isinstance(said, str):
        return said
    if not said.lstrip().startswith("["):
        return [path for path in said.split(os.pathsep) if path]
    try:
        return json.loads(said)
    except ValueError as error:
        raise PydanticCustomError("setting_files", "no JSON list: {why}", {"why": str(error)}) from None


class Settings(BaseSettings):
    """What can be set; a variable that is empty is not set.

    Attributes:
        database_url: The read model: `sqlite:///path` or `postgresql://user:password@host/database`.
        language: The language of what is said, `zh` or `en`.
        calendar: The working calendar of a sale, where its opening names none.
        calendars: Own calendars, as YAML files; each goes before a shipped one of its id. A variable names one path,
            several as PATH has them, or a JSON list.
        catalogue: The catalogue of products, as a YAML file; without one nothing is suggested.
        policy: The company's policy, as a YAML file; without one the method's own numbers hold.
        channels: Where the addresses of channels are found, as a YAML file; a channel that stands in none has its
            address in the variable of its name, such as STAGEMARK_CHANNEL_MAIL.
        letters: The company's own templates of what is carried beyond the inbox: a folder.
        task_queue: The queue of the workers.
        call_timeout: Seconds within which a call has an answer.
        continue_after: History events after which a run continues as new, besides what the server suggests.
        jitter: Seconds by which a timer may be late, so that not all sales wake at once.
        messages_per_second: How many sendings start a second, over all workers.
    """

    model_config = SettingsConfigDict(env_prefix="STAGEMARK_", frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: str = "sqlite:///.stagemark/stagemark.db"
    language: Language = "en"
    calendar: str = "cn"
    calendars: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_files)] = ()
    catalogue: Path | None = None
    policy: Path | None = None
    channels: Path | None = None
    letters: Path | None = None
    task_queue: str = Field(default=TASK_QUEUE, min_length=1)
    call_timeout: float = Field(default=30.0, gt=0, le=3600)
    continue_after: int = Field(default=500, ge=10)
    jitter: float = Field(default=20.0, ge=0, le=3600)
    messages_per_second: float = Field(default=20.0, gt=0, le=10_000)

    @property
    def late(self) -> timedelta:
        """`jitter` as a span."""
        return timedelta(seconds=self.jitter)
