"""The figures of `make house`, on small trees whose figures are known."""

import subprocess
from pathlib import Path

import pytest

from tests.house import imports, picture, sources
from tests.house.figures import examine, figures, lists, table

TREE = {
    "web/__init__.py": "",
    "web/app.py": "from bridge import rules\nfrom web.pages import calls\n",
    "web/pages/__init__.py": "",
    "web/pages/calls.py": "import bridge.rules\n",
    "bridge/__init__.py": "",
    "bridge/rules.py": "",
    "bridge/records/__init__.py": "",
    "bridge/records/policy.py": "import bridge.rules\ndef judge():\n    return 1\n",
    "modem/__init__.py": "",
    "modem/errors.py": "class PortLost(Exception):\n    def __str__(self):\n        return 'lost'\n",
}


def grown(**files: str) -> dict[str, str]:
    """The small tree with further files, `bridge__records__hours` for bridge/records/hours.py."""
    return TREE | {name.replace("__", "/") + ".py": text for name, text in files.items()}


def test_a_package_imports_what_its_files_import() -> None:
    found = examine(TREE)
    assert found.packages["web/app"] == {"web/pages", "bridge/rules"}
    assert found.packages["web/pages"] == {"bridge/rules"}
    assert found.packages["bridge/rules"] == frozenset()
    assert imports.layers(found.packages) == 3


def test_a_package_that_is_imported_for_its_own_names_is_imported_itself() -> None:
    tree = grown(bridge__records__hours="from bridge.records import policy, NAME\nfrom modem import errors\n")
    assert examine(tree).modules["bridge/records/hours"] == {
        "bridge/records/policy",
        "bridge/records",
        "modem/errors",
    }


@pytest.mark.parametrize(
    ("files", "upward"),
    [
        ({}, ()),
        ({"modem__line__driver": "import bridge.rules"}, ("modem/line/driver -> bridge/rules",)),
        ({"bridge__clock": "def now():\n    from web import app"}, ("bridge/clock -> web/app",)),
        ({"bridge__records__hours": "import bridge.handlers"}, ()),
        (
            {"bridge__records__hours": "from bridge.handlers import texts", "bridge__handlers__texts": ""},
            ("bridge/records/hours -> bridge/handlers/texts",),
        ),
        ({"bridge__handlers__texts": "from bridge.records import policy"}, ()),
        ({"bridge__cli": "import web.app"}, ()),
    ],
)
def test_what_runs_upward(files: dict[str, str], upward: tuple[str, ...]) -> None:
    assert examine(grown(**files)).upward == upward


def test_a_circle_is_one_under_type_checking_and_in_a_function_too() -> None:
    hidden = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bridge.records import b\n"
    late = "def f():\n    import bridge.records.c\n"
    tree = grown(
        bridge__records__a=hidden, bridge__records__b=late, bridge__records__c="import bridge.records.a"
    )
    found = examine(tree)
    assert found.circles == (("bridge/records/a", "bridge/records/b", "bridge/records/c"),)
    assert imports.layers(imports.within(found.modules, "bridge")) == 2


def test_the_longest_come_first() -> None:
    tree = grown(modem__long="def f():\n" + "    pass\n" * 60 + "\n\nclass A:\n    async def g(self): ...\n")
    found = examine(tree)
    assert found.files[0] == ("modem/long.py", 65)
    assert [(one.place, one.lines) for one in found.functions[:2]] == [
        ("modem/long.py:1 f", 61),
        ("bridge/records/policy.py:2 judge", 2),
    ]
    assert figures(found)["functions over 45 lines"] == "1"
    assert figures(found)["median function, lines"] == "2"


def test_the_table_has_a_column_for_each_tree() -> None:
    other = examine(grown(modem__more="import modem.errors"))
    lines = table({"before": examine(TREE), "after": other}).splitlines()
    assert lines[0].split() == ["before", "after"]
    assert lines[1].split() == ["files", "10", "11"]
    assert "bridge/clock -> web/app" in lists(examine(grown(bridge__clock="import web.app")))


def test_a_commit_is_read_as_it_was(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        name = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *name, *words], check=True, capture_output=True)

    git("init")
    for path, text in TREE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "web" / "page.html").write_text("<p>")
    git("add", ".")
    git("commit", "-m", "one")
    (tmp_path / "web" / "app.py").unlink()
    assert sources.commit("HEAD", tmp_path) == TREE


def test_the_work_tree_is_read_whole() -> None:
    assert {"modem/contract.py", "web/app.py"} <= set(sources.work_tree())


def test_the_map_is_read_back_as_it_was_drawn() -> None:
    graph = examine(TREE).packages
    text = f"Before\n\n```mermaid\n{picture.mermaid(graph)}```\n\n```mermaid\ngraph TD\n    x --> y\n```\n"
    assert picture.read(text) == picture.arrows(graph)
    assert picture.arrows(graph) == {
        ("web/app", "web/pages"),
        ("web/pages", "bridge/rules"),
        ("bridge/records", "bridge/rules"),
    }
    assert picture.read("no picture") == set()


# ---- the project's own tree


def test_every_folder_of_a_room_has_a_place_in_the_order() -> None:
    folders = {
        imports.package_of(module)
        for module in imports.module_graph(sources.work_tree())
        if module.count("/") > 1
    }
    assert folders <= {f"{room}/{name}" for room, names in imports.ORDER.items() for name in names}


def test_nothing_runs_upward() -> None:
    assert imports.upward_of(imports.module_graph(sources.work_tree())) == ()


def test_the_map_shows_what_imports_what() -> None:
    drawn, there = picture.read(picture.PAGE.read_text("utf-8")), picture.arrows(picture.packages())
    assert drawn == there, "`make map` draws it anew"
