"""What a test needs from Debian: a test whose package is not here is skipped and says so; in CI that is a failure."""

import os
import shutil

import pytest

# package -> the program by which we know it
PROGRAMS = {
    "chromium": "/usr/bin/chromium",
    "gammu": "gammu",
    "gammu-smsd": "gammu-smsd",
    "gnokii-cli": "gnokii",
    "smstools": "smsd",
    "modemmanager": "/usr/sbin/ModemManager",
    "dbus-daemon": "dbus-daemon",
    "faketime": "faketime",
    "strace": "strace",
    "debhelper": "dh",
    "lintian": "lintian",
    "mmdebstrap": "mmdebstrap",
    "qemu-system-x86": "qemu-system-x86_64",
    "qemu-utils": "qemu-img",
    "qemu-system-common": "qemu-storage-daemon",
    "qemu-user-static": "qemu-aarch64-static",
    "fuse3": "fusermount3",
    "umockdev": "umockdev-run",
    "reprepro": "reprepro",
    "gnupg": "gpg",
    "minisign": "minisign",
    "openssl": "openssl",
    "libnss3-tools": "certutil",
    "prometheus": "promtool",
    "mosquitto": "mosquitto",
}


def needs(*packages: str) -> pytest.MarkDecorator:
    """A mark for tests that run these packages' programs. In CI, a missing one fails the whole file at its import."""
    missing = [package for package in packages if shutil.which(PROGRAMS[package]) is None]
    sentence = f"Debian's {' and '.join(missing)} is not installed"
    if missing and os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    return pytest.mark.skipif(bool(missing), reason=sentence)
