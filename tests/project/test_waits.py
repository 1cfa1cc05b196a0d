"""No test goes by how fast the machine is: each waits for its event, by the one deadline, and none is judged by time (D5)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SLOW_FIRST
from tests.support.box import DEADLINE
from tests.support.paths import ROOT
from tests.support.work import is_linear

# What measures or tortures by its very purpose, and is no test.
NO_TESTS = ("tests/bench.py", "tests/fuzz.py", "tests/recovery.py", "tests/torture/", "tests/house/")
FILES = [
    path
    for path in sorted((ROOT / "tests").rglob("*.py"))
    if not path.relative_to(ROOT).as_posix().startswith(NO_TESTS)
]
# Clocks that tell how much of the machine something took.
STOPWATCHES = {"process_time", "thread_time", "perf_counter", "getrusage", "times"}
CLOCKS = {*STOPWATCHES, "monotonic"}
# What sleeps, and pages of a browser that wait for 30 s only: new_page of tests/support/browser.py makes those that wait.
NEVER = {"sleep", "wait_for_timeout", "new_context"}
# Calls whose first number is how long is waited.
WAITS = {"wait", "join", "settimeout"}
# file -> what stands there, and why it may.
MAY: dict[str, dict[str, str]] = {
    "tests/support/host.py": {
        "timeout=0.05": "a look at the port; the deadline is around it",
        "assert monotonic()": "the deadline",
    },
    "tests/appliance/machine.py": {"wait(0.5)": "between two looks; the deadline is around it"},
    "tests/support/browser.py": {"new_context()": "the one place"},
    "tests/bridge/test_hook_sender.py": {
        "wait(0.05)": "between two octets that drip, until it is hung up on"
    },
    "tests/modem/test_calls.py": {"wait": "a clock of the test's own"},
    "tests/modem/test_caller_lines.py": {"wait": "a clock of the test's own"},
    "tests/web/test_connections.py": {"settimeout(0.1)": "between two drops; the deadline is around it"},
}


def name(node: ast.expr) -> str:
    """What is called or compared, by its last name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def seconds(node: ast.expr) -> float | None:
    """A number that is written there."""
    found = node.value if isinstance(node, ast.Constant) else None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def is_short(node: ast.expr) -> bool:
    """Is it a wait that an event may miss? 0 does not wait."""
    written = seconds(node)
    return written is not None and 0 < written < DEADLINE


def faults(tree: ast.AST) -> Iterator[str]:
    """What goes by the speed of the machine there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            asked = {name(call.func) for call in ast.walk(node.test) if isinstance(call, ast.Call)}
            yield from (f"assert {clock}()" for clock in sorted(asked & CLOCKS))
        if not isinstance(node, ast.Call):
            continue
        called = name(node.func)
        if called in STOPWATCHES | NEVER:
            yield f"{called}()"
        if called in WAITS and len(node.args) == 1 and is_short(node.args[0]):
            yield f"{called}({ast.unparse(node.args[0])})"
        for word in node.keywords:
            # Hypothesis's deadline stands in tests/conftest.py.
            if (word.arg == "timeout" and is_short(word.value)) or (called, word.arg) == (
                "settings",
                "deadline",
            ):
                yield f"{word.arg}={ast.unparse(word.value)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_test_goes_by_the_speed_of_the_machine(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    may = MAY.get(place, {})
    found = {
        fault
        for fault in faults(ast.parse(path.read_text("utf-8")))
        if fault not in may and fault.partition("(")[0] not in may
    }
    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(0.1)",
        "page.wait_for_timeout(500)",
        "browser.new_context(locale='de')",
        "process.wait(20)",
        "thread.join(30.0)",
        "said.get(timeout=10)",
        "socket.settimeout(5)",
        "assert time.monotonic() - begun < 10",
        "begun = time.process_time()",
        "@settings(max_examples=9, deadline=2000)\ndef f(): pass",
    ],
)
def test_what_goes_by_the_speed_is_seen(line: str) -> None:
    assert len(list(faults(ast.parse(line)))) == 1


def test_what_waits_for_its_event_is_let_pass() -> None:
    fine = "select(a, b, c, 0)\nprocess.wait(DEADLINE)\nsaid.get(timeout=DEADLINE)\ninbox.get(timeout=0.0)\n','.join(a)"
    assert list(faults(ast.parse(fine))) == []


def test_what_is_let_stand_still_stands_there() -> None:
    for place, may in MAY.items():
        found = set(faults(ast.parse((ROOT / place).read_text("utf-8"))))
        for fault in may:
            assert any(fault in (one, one.partition("(")[0]) for one in found), (place, fault)


def test_what_is_taken_first_is_there() -> None:
    assert [place for place in SLOW_FIRST if not (ROOT / place).exists()] == []


def test_work_that_grows_with_the_square_of_the_size_is_seen() -> None:
    assert is_linear(lambda size: [abs(n) for n in range(size)], 1600)
    assert not is_linear(lambda size: [abs(n) for n in range(size * size)], 160)
