"""Fixtures that tests of several rooms use."""

from pathlib import Path

import pytest

from tests.support.browser import browser, contexts, office, url
from tests.support.paths import SHARED

__all__ = ["browser", "contexts", "office", "url"]


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("the shared folder with recordings and vectors is not here (TEXTBACK_SHARED)")
    return SHARED
