"""What every test shares."""

import os

import pytest
from hypothesis import settings

POSTGRES = "STAGEMARK_TEST_POSTGRES"
SCREEN = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
"""By these a terminal says what it is; the tests read what is said without one."""


def pytest_configure() -> None:
    """Keep the tests off the developer's own servers, settings and screen, and Hypothesis off the clock."""
    for name in [*os.environ]:
        if (name.startswith(("TEMPORAL_", "STAGEMARK_")) and name != POSTGRES) or name in SCREEN:
            del os.environ[name]
    settings.register_profile("stagemark", deadline=None)  # a busy machine is no failure
    settings.load_profile("stagemark")


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The PostgreSQL server for tests, as an SQLAlchemy URL; tests make schemas or databases of their own."""
    url = os.environ.get(POSTGRES)
    if not url:
        pytest.skip(f"{POSTGRES} is not set: .ci/run shows how a server is prepared")
    return url
