"""Receivers, and an installation with people."""

from collections.abc import Iterator

import pytest

from tests.messages.receivers import Post, Web, post_office, web_server
from tests.readmodel.conftest import url

__all__ = ["post", "url", "web"]


@pytest.fixture
def post() -> Iterator[Post]:
    with post_office() as office:
        yield office


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server
