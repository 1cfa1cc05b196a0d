"""Fixtures that tests of several rooms use, and in which order and how many at once the files of tests are taken."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bridge.words import catalogue
from tests.support.browser import browser, contexts, office, url
from tests.support.paths import SHARED

__all__ = ["browser", "contexts", "office", "url"]

# Whole systems take many minutes, root and much of Debian: `make appliance` asks for them.
collect_ignore = [] if os.environ.get("TEXTBACK_APPLIANCE") else ["appliance"]

# Hypothesis judges by the clock how long an example and its making may take; here nothing is judged by it.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """A test's own request to the page, made in its thread, leaves the language of its reader behind for the next test."""
    catalogue.speak(catalogue.ENGLISH)


# What takes longest goes first, so that no core waits at the end for the last file.
SLOW_FIRST = (
    "tests/appliance/test_machine.py",
    "tests/appliance/",
    "tests/whole/test_clock_jumps.py",
    "tests/whole/test_reset.py",
    "tests/whole/test_service.py",
    "tests/postgres/test_service_there.py",
    "tests/web/test_shop_browser.py",
    "tests/whole/test_kill.py",
    "tests/whole/test_come_back.py",
    "tests/whole/test_breaks.py",
    "tests/whole/",
    "tests/web/",
    "tests/modem/",
    "tests/bridge/",
)


def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: most tests wait for a modem's pauses most of the time."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files and folders before the others; within them all stays as it is."""

    def place(item: pytest.Item) -> int:
        return next(
            (n for n, folder in enumerate(SLOW_FIRST) if item.nodeid.startswith(folder)), len(SLOW_FIRST)
        )

    items.sort(key=place)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("the shared folder with recordings and vectors is not here (TEXTBACK_SHARED)")
    return SHARED
