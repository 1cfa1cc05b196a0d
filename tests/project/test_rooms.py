"""Who may import whom: web -> bridge -> modem and never back; the pure modules know no clock, port, thread or database."""

import ast
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FILES = sorted(path for room in ("modem", "bridge", "web") for path in (ROOT / room).rglob("*.py"))
# The composition root stands in no room's order.
ROOTS = {
    "bridge/service.py",
    "bridge/cli.py",
    "bridge/demo.py",
    "bridge/examine.py",
    "bridge/checkup_command.py",
}
# A file is pure by the folder that it stands in.
PURE_FOLDERS = ("modem/at", "modem/calls", "modem/procedures", "modem/recording", "modem/sms")
PURE = {"modem/contract.py", "modem/errors.py"}
PURE |= {name for path in FILES if (name := str(path.relative_to(ROOT))).startswith(PURE_FOLDERS)}
PURE |= {
    "bridge/retries.py",
    "bridge/policy.py",
    "bridge/cards.py",
    "bridge/notices.py",
    "bridge/owner.py",
    "bridge/missed_book.py",
    "bridge/optout.py",
    "bridge/health.py",
    "bridge/settings.py",
    "bridge/ini.py",
    "bridge/hours.py",
    "bridge/wording.py",
    "bridge/numbers.py",
    "bridge/mcc.py",
}
IMPURE = {
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
}
IMPURE |= {"sqlmodel", "sqlalchemy", "flask", "waitress", "logging", "queue", "random"}
CLOCK_CALLS = {"now", "today", "utcnow"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno} imports relatively"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_every_pure_module_exists() -> None:
    assert {name(path) for path in FILES} >= PURE


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_room_imports_backwards(path: Path) -> None:
    room = name(path).split("/")[0]
    forbidden = {"modem": ("bridge", "web"), "bridge": ("web",), "web": ()}[room]
    if name(path) in ROOTS:
        forbidden = ()
    if name(path).startswith("modem/simulator"):
        forbidden = ("bridge", "web")
    seen = {found.split(".")[0] for found in imports(path)}
    assert not seen & set(forbidden)


@pytest.mark.parametrize("path", [p for p in FILES if name(p).startswith(("bridge", "web"))], ids=name)
def test_the_contract_is_the_only_door_to_the_modem_room(path: Path) -> None:
    if name(path) in ROOTS:
        return
    through = {found for found in imports(path) if found.split(".")[0] == "modem"}
    assert {
        found for found in through if found != "modem" and not found.startswith("modem.contract")
    } == set()


@pytest.mark.parametrize("path", [p for p in FILES if name(p).startswith("modem/simulator")], ids=name)
def test_the_simulator_imports_nothing_of_ours(path: Path) -> None:
    ours = {found for found in imports(path) if found.split(".")[0] in ("modem", "bridge", "web")}
    assert {found for found in ours if not found.startswith("modem.simulator") and found != "modem"} == set()


@pytest.mark.parametrize("path", [p for p in FILES if name(p) in PURE], ids=name)
def test_pure_modules_are_pure(path: Path) -> None:
    assert {found.split(".")[0] for found in imports(path)} & IMPURE == set()
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    asked = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    assert not asked & CLOCK_CALLS


def test_pure_modules_import_only_pure_ones_of_ours() -> None:
    ours = {name(path)[:-3].replace("/", "."): name(path) for path in FILES}
    for path in FILES:
        if name(path) in PURE:
            for found in imports(path) & set(ours):
                assert ours[found] in PURE, f"{name(path)} imports {found}"


def test_only_one_file_imports_gammu() -> None:
    assert [name(path) for path in FILES if "gammu" in imports(path)] == ["modem/sms/encode.py"]


def test_no_broad_except_but_at_the_top_of_a_thread() -> None:
    broad = [
        f"{name(path)}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"))
        )
    ]
    assert set(broad) <= {"modem/line/driver.py", "modem/simulator/engine.py", "bridge/errands.py"}


def test_the_service_never_sleeps() -> None:
    for path in FILES:
        if not name(path).startswith("modem/simulator"):
            assert "time.sleep" not in path.read_text("utf-8"), name(path)


def test_every_module_opens_with_a_sentence() -> None:
    for path in FILES:
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), name(path)


def test_every_folder_of_code_is_a_package() -> None:
    for folder in {path.parent for path in FILES}:
        assert (folder / "__init__.py").exists(), folder
