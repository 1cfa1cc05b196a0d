"""Who may import whom: a table of folders. web -> bridge -> modem and never back; pure is what stands in a pure folder."""

import ast
from pathlib import Path

import pytest

from tests.house.imports import circles_of, module_graph
from tests.house.sources import work_tree
from tests.support.paths import ROOT

# Each folder, and each file that stands in a room itself, with the folders that it may import besides itself. The order of
# the lines is the order of the house: nobody imports what stands above.
MAY_IMPORT: dict[str, str] = {
    "bridge/cli": "*",  # with service/start, the composition root: it knows all rooms
    "bridge/cli_words": "bridge/files bridge/words",
    "bridge/service/demo": "bridge/files bridge/service/start bridge/handlers bridge/contract bridge/clock bridge/config"
    " bridge/records bridge/rules modem/contract modem/simulator",
    "bridge/service/start": "*",
    "web": "web/app",
    "web/server": "web/connections web/tls",
    "web/app": "web/quiet web/values web/api web/pages web/access web/current web/limits bridge/contract bridge/words"
    " bridge/records",
    "web/api": "web/quiet web/values web/access web/connections web/current web/limits bridge/contract bridge/config"
    " bridge/words bridge/records bridge/rules",
    "web/pages": "web/access web/current web/limits bridge/contract bridge/config bridge/words bridge/records bridge/rules"
    " bridge/doctor",
    "web/access": "web/current web/connections web/limits bridge/contract bridge/words bridge/records bridge/rules",
    "web/current": "bridge/contract bridge/records",
    "web/quiet": "web/values",
    "web/values": "bridge/rules",
    "web/tls": "web/connections web/limits",
    "web/connections": "web/limits",
    "web/limits": "bridge/rules",
    "bridge/doctor": "bridge/files bridge/service bridge/contract bridge/config bridge/records bridge/words bridge/rules"
    " bridge/clock modem/contract modem/line modem/simulator",
    "bridge/service": "bridge/files bridge/handlers bridge/contract bridge/words bridge/config bridge/records bridge/rules"
    " bridge/clock modem/contract modem/ports",
    "bridge/handlers": "bridge/contract bridge/words bridge/records bridge/rules bridge/clock modem/contract",
    "bridge/contract": "bridge/config bridge/words bridge/records bridge/rules modem/contract",
    "bridge/records": "bridge/files bridge/rules bridge/clock modem/contract",
    "bridge/config": "bridge/files bridge/words bridge/rules modem/contract",
    "bridge/words": "bridge/rules modem/contract",
    "bridge/files": "bridge/rules modem/contract",
    "bridge/clock": "bridge/rules modem/contract",
    "bridge/rules": "modem/contract",
    "bridge": "",
    "modem/simulator": "",
    "modem/line": "modem/recording modem/procedures modem/calls modem/ports modem/contract modem/sms modem/at modem/errors"
    " modem/troubles",
    "modem/recording": "modem/calls modem/contract modem/at",
    "modem/procedures": "modem/contract modem/sms modem/at modem/errors modem/troubles",
    "modem/calls": "modem/contract modem/at",
    "modem/ports": "modem/troubles",
    "modem/contract": "modem/sms modem/at modem/troubles modem/coded",
    "modem/sms": "modem/errors modem/troubles",
    "modem/at": "modem/errors",
    "modem/errors": "modem/troubles",
    "modem/troubles": "modem/coded",
    "modem/coded": "",
    "modem": "",
}
# No clock, port, thread, log or database in here: time is an argument, bytes and events go in, events come out.
PURE = (
    "bridge/words",
    "bridge/rules",
    "modem/contract",
    "modem/recording",
    "modem/procedures",
    "modem/calls",
    "modem/sms",
    "modem/at",
    "modem/errors",
    "modem/troubles",
    "modem/coded",
)
IMPURE_MODULES = {
    "time",
    "threading",
    "select",
    "socket",
    "os",
    "fcntl",
    "termios",
    "subprocess",
    "serial",
    "sqlite3",
    "sqlmodel",
    "sqlalchemy",
    "flask",
    "waitress",
    "logging",
    "queue",
    "random",
}
CLOCK_CALLS = {"now", "today", "utcnow"}
# Where patience is measured, besides the loop.
MONOTONIC = {
    "bridge/clock.py",
    "bridge/doctor/modems.py",
    "bridge/doctor/patient.py",
    "bridge/records/engine.py",
    "bridge/service/hook_sender.py",
    "bridge/service/packages.py",
    "bridge/service/questions.py",
    "bridge/contract/health.py",
    "bridge/service/releases.py",
    "web/access/login.py",
    "web/api/metrics.py",
    "web/connections.py",
    "web/pages/healthz.py",
    "web/server.py",
}
FILES = sorted(path for room in ("modem", "bridge", "web") for path in (ROOT / room).rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


MODULES = {name(path).removesuffix(".py").removesuffix("/__init__") for path in FILES}


def place(module: str) -> str:
    """The line of the table that a module falls under: its own, else that of its folder."""
    while module not in MAY_IMPORT:
        module, _, _ = module.rpartition("/")
        assert module, "a folder that the table does not know"
    return module


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever the import stands; ours as paths."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.replace(".", "/") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno} imports relatively"
            module = (node.module or "").replace(".", "/")
            inside = {f"{module}/{alias.name}" for alias in node.names}
            found |= (inside & MODULES) | ({module} if inside - MODULES else set())
    return found


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_folder_imports_only_what_the_table_allows(path: Path) -> None:
    here = place(name(path).removesuffix(".py").removesuffix("/__init__"))
    allowed = MAY_IMPORT[here].split()
    if allowed == ["*"]:
        return
    there = {place(module) for module in imports(path) & MODULES}
    assert there <= {here, *allowed}, f"{name(path)} imports {there - {here, *allowed}}"


def test_the_table_runs_downward_only() -> None:
    lines = list(MAY_IMPORT)
    for here, allowed in MAY_IMPORT.items():
        above = [
            there for there in allowed.split() if there != "*" and lines.index(there) < lines.index(here)
        ]
        known = (here, above) == ("web", []) or not above
        assert known, f"{here} imports upward: {above}"


def test_the_table_allows_nothing_that_nobody_needs() -> None:
    used: dict[str, set[str]] = {here: set() for here in MAY_IMPORT}
    for path in FILES:
        used[place(name(path).removesuffix(".py").removesuffix("/__init__"))] |= {
            place(module) for module in imports(path) & MODULES
        }
    for here, allowed in MAY_IMPORT.items():
        assert {"*", *used[here]} >= set(allowed.split()), (
            f"{here} needs no {set(allowed.split()) - used[here]}"
        )


def test_no_module_imports_itself_by_a_detour() -> None:
    """Imports for type checkers only are imports too."""
    assert circles_of(module_graph(work_tree())) == ()


@pytest.mark.parametrize("path", [p for p in FILES if name(p).startswith(PURE)], ids=name)
def test_pure_folders_are_pure(path: Path) -> None:
    assert {found.split("/")[0] for found in imports(path)} & IMPURE_MODULES == set()
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    asked = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    assert not asked & CLOCK_CALLS


@pytest.mark.parametrize("path", [p for p in FILES if name(p).startswith(("bridge/", "web/"))], ids=name)
def test_only_the_clock_asks_the_machine_what_time_it_is(path: Path) -> None:
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    asked = {ast.unparse(call.func) for call in calls if isinstance(call.func, ast.Attribute)}
    wall = {words for words in asked if words.rpartition(".")[2] in CLOCK_CALLS or words == "time.time"}
    # The bridge that a page is given, and with it the loop's clock.
    wall -= {"bridge.now", "current.bridge().now"}
    assert name(path) == "bridge/clock.py" or not wall
    assert name(path) in MONOTONIC or "time.monotonic" not in asked


def test_pure_folders_import_only_pure_ones_of_ours() -> None:
    for here in PURE:
        assert {there for there in MAY_IMPORT[here].split() if not there.startswith(PURE)} == set()


def test_only_one_file_imports_gammu() -> None:
    assert [name(path) for path in FILES if "gammu" in imports(path)] == ["modem/sms/encode.py"]


def test_no_broad_except_but_where_a_thread_or_a_step_ends() -> None:
    broad = [
        name(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
        )
    ]
    # The top of a thread, and the one place that decides what becomes of a step that fails (docs/design.md).
    assert set(broad) <= {
        "modem/line/driver.py",
        "bridge/service/mqtt.py",
        "bridge/service/worker.py",
        "bridge/service/transactions.py",
    }


def test_the_service_never_sleeps() -> None:
    for path in FILES:
        if not name(path).startswith("modem/simulator"):
            assert "time.sleep" not in path.read_text("utf-8"), name(path)


def test_every_module_opens_with_a_sentence() -> None:
    for path in FILES:
        assert ast.get_docstring(tree(path)), name(path)


def test_every_folder_of_code_is_a_package() -> None:
    for folder in {path.parent for path in FILES}:
        assert (folder / "__init__.py").exists(), folder
