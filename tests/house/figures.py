"""`make house`: the shape of the code as figures: packages, imports, layers, circles, long files and functions.

It reads a tree of sources, the work tree or a commit's, and imports nothing of ours. Nothing here passes or fails.

A package is a folder of a room (`bridge/rules`); a file that stands in a room itself (`bridge/cli`) counts as one. An import
counts wherever it stands: at the head, in a function or under TYPE_CHECKING. Names are paths without `.py`.
"""

import argparse
import ast
import io
import statistics
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT

ROOMS = ("web", "bridge", "modem")
# Within a room a package imports only those behind it. What is not named here (a file in a room) stands in no order.
ORDER: Mapping[str, tuple[str, ...]] = {
    "web": ("app", "pages", "access"),
    "bridge": ("cli", "doctor", "service", "handlers", "words", "records", "config", "rules", "contract"),
    "modem": ("line", "recording", "procedures", "calls", "ports", "contract", "sms", "at", "errors"),
}
# The composition root knows every room.
ROOTS = ("bridge/cli", "bridge/service", "bridge/service/start")
LONGEST = 8

Sources = Mapping[str, str]
Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Function:
    """A function or method: where it stands, and how many lines it takes, without its decorators."""

    place: str
    lines: int


@dataclass(frozen=True)
class House:
    """The figures of one tree. upward and circles: lines to be read, empty when all is well."""

    modules: Graph
    packages: Graph
    upward: tuple[str, ...]
    circles: tuple[tuple[str, ...], ...]
    files: tuple[tuple[str, int], ...]
    functions: tuple[Function, ...]


# ---- reading a tree


def work_tree() -> Sources:
    """The sources of the rooms as they lie on the disk, by path."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted(paths)}


def commit(revision: str, root: Path = ROOT) -> Sources:
    """The sources of the rooms in a commit, by path, read without a checkout. Raises CalledProcessError if there is no such."""
    command = ["git", "-C", str(root), "archive", revision, *ROOMS]
    packed = subprocess.run(command, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = [(member.name, archive.extractfile(member)) for member in archive]
        return {name: file.read().decode() for name, file in files if file and name.endswith(".py")}


# ---- who imports whom


def module_of(path: str) -> str:
    """
    >>> module_of("bridge/rules/hours.py"), module_of("bridge/rules/__init__.py")
    ('bridge/rules/hours', 'bridge/rules')
    """
    return path.removesuffix(".py").removesuffix("/__init__")


def package_of(module: str) -> str:
    """
    >>> package_of("bridge/records/views/calls"), package_of("bridge/cli")
    ('bridge/records', 'bridge/cli')
    """
    return "/".join(module.split("/")[:2])


def imports_of(text: str, known: Iterable[str]) -> frozenset[str]:
    """The known modules that a source imports; `from package import module` is an import of that module alone."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in within if name.replace(".", "/") in known}
            names |= modules if len(modules) == len(within) else modules | {node.module}
    return frozenset(name.replace(".", "/") for name in names) & frozenset(known)


def module_graph(sources: Sources) -> Graph:
    """Each module with those that it imports."""
    known = {module_of(path) for path in sources}
    return {
        module: imports_of(text, known) - {module}
        for module, text in ((module_of(path), text) for path, text in sources.items())
    }


def package_graph(modules: Graph) -> Graph:
    """Each package with those that its modules import."""
    packages: dict[str, set[str]] = {package_of(module): set() for module in modules}
    for module, imported in modules.items():
        packages[package_of(module)] |= {package_of(other) for other in imported}
    return {package: frozenset(imported - {package}) for package, imported in packages.items()}


def reachable(graph: Graph) -> Graph:
    """Each node with all that it imports, directly or by others; itself only if it stands in a circle."""

    def from_(start: str) -> frozenset[str]:
        seen: set[str] = set()
        open_ones = [*graph[start]]
        while open_ones:
            node = open_ones.pop()
            if node not in seen:
                seen.add(node)
                open_ones += graph[node]
        return frozenset(seen)

    return {node: from_(node) for node in graph}


def circles_of(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """The groups whose members all import one another, directly or by others.

    >>> circles_of({"a": {"b"}, "b": {"a"}, "c": {"a"}})
    (('a', 'b'),)
    """
    reach = reachable(graph)
    groups = {
        tuple(sorted(other for other in reach[node] if node in reach[other]))
        for node in graph
        if node in reach[node]
    }
    return tuple(sorted(groups))


def layers(graph: Graph) -> int:
    """How many nodes the longest chain of imports has; a circle counts as one node.

    >>> layers({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"c"}})
    3
    """
    reach = reachable(graph)

    @cache
    def height(node: str) -> int:
        same = {other for other in reach[node] if node in reach[other]} | {node}
        below = {other for one in same for other in graph[one]} - same
        return 1 + max((height(other) for other in below), default=0)

    return max((height(node) for node in graph), default=0)


def reduced(graph: Graph) -> Graph:
    """The graph without the arrows that follow from two others: what a picture shows. The graph has no circle.

    >>> reduced({"a": {"b", "c"}, "b": {"c"}, "c": set()})["a"]
    frozenset({'b'})
    """
    reach = reachable(graph)
    return {
        node: frozenset(one for one in below if not any(one in reach[other] for other in below))
        for node, below in graph.items()
    }


def upward_of(modules: Graph) -> tuple[str, ...]:
    """The imports that run against the order of rooms and of the packages in them, but those of the composition root."""
    return tuple(
        f"{module} -> {other}"
        for module, imported in modules.items()
        if module not in ROOTS
        for other in sorted(imported)
        if _runs_upward(package_of(module), package_of(other))
    )


def _runs_upward(package: str, other: str) -> bool:
    room, _, name = package.partition("/")
    other_room, _, other_name = other.partition("/")
    if room != other_room:
        return ROOMS.index(room) > ROOMS.index(other_room)
    order = ORDER[room]
    return name in order and other_name in order and order.index(name) > order.index(other_name)


# ---- how long things are


def functions_of(path: str, text: str) -> list[Function]:
    """Every function and method of a source, nested ones too.

    >>> functions_of("a.py", "class A:\\n    def b(self):\\n        pass")
    [Function(place='a.py:2 b', lines=2)]
    """
    return [
        Function(f"{path}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def examine(sources: Sources) -> House:
    """The figures of a tree; files and functions come with the longest first."""
    modules = module_graph(sources)
    functions = [function for path, text in sources.items() for function in functions_of(path, text)]
    files = [(path, len(text.splitlines())) for path, text in sources.items()]
    return House(
        modules,
        package_graph(modules),
        upward_of(modules),
        circles_of(modules),
        tuple(sorted(files, key=lambda file: -file[1])),
        tuple(sorted(functions, key=lambda function: -function.lines)),
    )


# ---- printing


def within(graph: Graph, room: str) -> Graph:
    """The part of a graph that stands in a room."""
    mine = {node for node in graph if node.split("/")[0] == room}
    return {node: graph[node] & mine for node in mine}


def arrows(graph: Graph) -> int:
    return sum(len(imported) for imported in graph.values())


def share_under(lines: int, functions: Iterable[Function]) -> float:
    """The share of functions that are shorter than so many lines, in per cent."""
    lengths = [function.lines for function in functions]
    return 100 * sum(length < lines for length in lengths) / len(lengths)


def figures(house: House) -> dict[str, str]:
    """What one column of the table says, row by row."""

    def each_room(figure: Callable[[Graph], int]) -> str:
        return " / ".join(str(figure(within(house.packages, room))) for room in ROOMS)

    lengths = [function.lines for function in house.functions]
    return {
        "files": str(len(house.files)),
        "lines": str(sum(lines for _, lines in house.files)),
        "packages: web / bridge / modem": each_room(len),
        "layers of packages": each_room(layers),
        "imports between packages": each_room(arrows),
        "layers of packages, the whole house": str(layers(house.packages)),
        "imports between packages, the whole house": str(arrows(house.packages)),
        "layers of files, the whole house": str(layers(house.modules)),
        "imports between files, the whole house": str(arrows(house.modules)),
        "imports that run upward": str(len(house.upward)),
        "circles of files": str(len(house.circles)),
        "circles of packages": str(len(circles_of(house.packages))),
        "files over 250 lines": str(sum(lines > 250 for _, lines in house.files)),
        "longest file, lines": str(house.files[0][1]),
        "functions": str(len(lengths)),
        "median function, lines": f"{statistics.median(lengths):g}",
        "functions under 18 lines": f"{share_under(18, house.functions):.0f} %",
        "functions over 45 lines": str(sum(length > 45 for length in lengths)),
        "longest function, lines": str(max(lengths)),
    }


def table(houses: Mapping[str, House]) -> str:
    """A row a figure, a column a tree."""
    columns = [figures(house) for house in houses.values()]
    rows = [["", *houses], *([name, *(column[name] for column in columns)] for name in columns[0])]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def lists(house: House) -> str:
    """What the figures are made of: upward imports, circles, the longest files and functions."""
    parts = {
        "Imports that run upward": house.upward,
        "Circles of files": tuple(" <-> ".join(circle) for circle in house.circles),
        "Longest files": tuple(f"{lines:4} {path}" for path, lines in house.files[:LONGEST]),
        "Longest functions": tuple(f"{one.lines:4} {one.place}" for one in house.functions[:LONGEST]),
    }
    return "\n".join(
        f"\n{title}:\n" + "\n".join(f"  {line}" for line in lines or ("none",))
        for title, lines in parts.items()
    )


def main() -> None:
    """Print the table of the trees that the command line names, and the lists of the last of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.house", description=__doc__)
    parser.add_argument("--rev", action="append", default=[], help="a commit; several make several columns")
    parser.add_argument("--tree", action="store_true", help="the work tree too, as the last column")
    asked = parser.parse_args()
    houses = {revision: examine(commit(revision)) for revision in asked.rev}
    if asked.tree or not houses:
        houses["work tree"] = examine(work_tree())
    print(table(houses))
    print(lists([*houses.values()][-1]))


if __name__ == "__main__":
    main()
