"""Debian packages that some tests need: where one is missing they skip and name it; in CI that is a failure."""

import os
import shutil

import pytest

BINARIES = {
    "chromium": "chromium",
    "gammu": "gammu",
    "gammu-smsd": "gammu-smsd",
    "smstools": "smsd",
    "faketime": "faketime",
    "strace": "strace",
}


def needs(package: str) -> pytest.MarkDecorator:
    """A mark for tests that need this package."""
    missing = shutil.which(BINARIES[package], path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin") is None
    if missing and os.environ.get("CI") == "true":
        raise RuntimeError(f"the Debian package {package} is missing, and in CI nothing is skipped")
    return pytest.mark.skipif(missing, reason=f"needs the Debian package {package}")
