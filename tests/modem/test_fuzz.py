"""A short `make fuzz` with a fixed seed, and that it would tell: of an error, of a hang, of memory that grows."""

import random
from collections.abc import Callable
from itertools import count

import pytest
from click.testing import CliRunner

from tests import fuzz

SEED, COUNT = 20261123, 2000


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_noise_does_no_harm(kind: str) -> None:
    print(fuzz.fuzz(kind, SEED, COUNT))


def cases(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Put one kind of case in place of all: whatever its input, it does `act`."""

    def case(r: random.Random, number: int) -> tuple[bytes, Callable[[], None]]:
        def run() -> None:
            act()

        return number.to_bytes(2, "big"), run

    monkeypatch.setattr(fuzz, "KINDS", {"pdu": lambda seen: case})


def test_a_failure_names_seed_and_input_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count()
    cases(monkeypatch, lambda: 1 // (3 - next(numbers)))
    result = CliRunner().invoke(fuzz.main, ["--seed", "5", "--count", "10"])
    assert result.exit_code == 1
    assert "seed 5\n" in result.output
    assert "ZeroDivisionError" in result.output
    assert "--seed 5 --only pdu --number 3" in result.output
    assert "input in hex: 0003" in result.output


def test_a_hang_is_ended_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang() -> None:
        while True:
            pass

    cases(monkeypatch, hang)
    monkeypatch.setattr(fuzz, "BATCH_SECONDS", 0.05)
    with pytest.raises(fuzz.Failure, match=r"Hang(?s:.*)input in hex: 0000"):
        fuzz.fuzz("pdu", 5, 10)


def test_growth_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bytes] = []
    cases(monkeypatch, lambda: kept.append(bytes(1000)))
    with pytest.raises(fuzz.Failure, match="grows"):
        fuzz.fuzz("pdu", 5, 100)
