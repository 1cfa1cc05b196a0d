"""The map in CONTRIBUTING.md: the packages that have a place in the order, with their imports; it is drawn, and read back."""

import re
from collections.abc import Iterator

from tests.house.imports import ORDER, Graph, module_graph, package_graph, reduced
from tests.house.sources import ROOMS, work_tree
from tests.support.paths import ROOT

PAGE = ROOT / "CONTRIBUTING.md"
BLOCK = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)
ARROW = re.compile(r"\s*([\w/]+) --> ([\w/]+(?: & [\w/]+)*)")


def arrows(graph: Graph) -> set[tuple[str, str]]:
    """Each arrow that the map must have: an import that does not follow from two others."""
    return {(package, other) for package, below in reduced(graph).items() for other in below}


def read(text: str) -> set[tuple[str, str]]:
    """The arrows of the first Mermaid graph in a text, none where it has no graph.

    >>> sorted(read("```mermaid\\ngraph TD\\n    a/b --> c & d/e\\n```"))
    [('a/b', 'c'), ('a/b', 'd/e')]
    """
    block = BLOCK.search(text)
    found = ARROW.finditer(block[1]) if block else ()
    return {(arrow[1], target) for arrow in found for target in arrow[2].split(" & ")}


def mermaid(graph: Graph) -> str:
    """The lines of the Mermaid graph: a box for each room, then what passes between rooms."""
    return "\n".join(["graph TD", *_lines(arrows(graph))]) + "\n"


def _lines(found: set[tuple[str, str]]) -> Iterator[str]:
    # Mermaid puts a node into the box that names it first: so arrows between rooms come last, and a node that has no arrow in
    # its own room stands there alone.
    for room in ROOMS:
        inner = {(a, b) for a, b in found if _room(a) == _room(b) == room}
        mine = {package for arrow in found for package in arrow if _room(package) == room}
        yield f"    subgraph {room}"
        yield from (
            f"        {package}" for package in sorted(mine - {end for arrow in inner for end in arrow})
        )
        yield from _arrows(inner, "        ")
        yield "    end"
    yield from _arrows({(a, b) for a, b in found if _room(a) != _room(b)}, "    ")


def _arrows(found: set[tuple[str, str]], indent: str) -> Iterator[str]:
    for package in sorted({a for a, _ in found}):
        yield f"{indent}{package} --> {' & '.join(sorted(b for a, b in found if a == package))}"


def _room(package: str) -> str:
    return package.split("/")[0]


def packages() -> Graph:
    """The packages of the work tree that the map shows, with those of them that they import."""
    shown = {f"{room}/{name}" for room, names in ORDER.items() for name in names}
    graph = package_graph(module_graph(work_tree()))
    return {package: graph[package] & shown for package in graph if package in shown}


def draw() -> None:
    """Put the map of the work tree into CONTRIBUTING.md, in place of the one that it has."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(BLOCK.sub(lambda _: f"```mermaid\n{mermaid(packages())}```", text, count=1), "utf-8")
