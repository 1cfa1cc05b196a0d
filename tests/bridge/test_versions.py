"""Versions come in the order in which dpkg has them."""

import shutil
import subprocess
from itertools import pairwise, product

import pytest

from bridge.rules.versions import compare, is_version

# Each before the next.
IN_ORDER = [
    "0.1.0~rc1",
    "0.1.0",
    "0.1.0-1",
    "0.1.0+fix",
    "0.1.0.1",
    "0.1.1~~",
    "0.1.1~",
    "0.1.1",
    "0.2",
    "0.2a",
    "0.2.0",
    "0.9",
    "0.10",
    "0.10.0",
    "1.0",
    "1:0.1",
]


@pytest.mark.parametrize(("one", "other"), list(product(range(len(IN_ORDER)), repeat=2)))
def test_they_come_in_order(one: int, other: int) -> None:
    order = compare(IN_ORDER[one], IN_ORDER[other])
    assert (order > 0) - (order < 0) == (one > other) - (one < other)


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="no dpkg here")
def test_dpkg_has_the_same_order() -> None:
    for before, behind in pairwise(IN_ORDER):
        asked = subprocess.run(["dpkg", "--compare-versions", before, "lt", behind], check=False)
        assert asked.returncode == 0, (before, behind)


def test_zeros_in_front_and_an_epoch_of_zero_say_nothing() -> None:
    assert compare("0.01", "0.1") == compare("0:0.1", "0.1") == compare("0.1-0", "0.1") == 0


@pytest.mark.parametrize("text", ["", "v1", "1.0/..", "1 0", "a", "1.0\n", "-1", "1." * 60, "1:", "١.0"])
def test_what_is_no_version_is_refused(text: str) -> None:
    assert not is_version(text)
    with pytest.raises(ValueError, match="is not a version"):
        compare(text, "1.0")
