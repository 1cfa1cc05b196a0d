"""Where the shared folder is, for the tests that read recordings and vectors where they lie."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser import browser, contexts, office, url

__all__ = ["browser", "contexts", "office", "url"]

SHARED = Path(os.environ.get("TEXTBACK_SHARED", Path(__file__).parents[2] / "shared"))


def shared_lines(name: str) -> list[dict[str, Any]]:
    """The JSON objects of a shared file, none where the shared folder is absent."""
    file = SHARED / name
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("the shared folder with recordings and vectors is not here (TEXTBACK_SHARED)")
    return SHARED
