"""Who imports whom, among files and among packages: circles, layers, and what runs against the order of the rooms.

A package is a folder of a room (`bridge/rules`); a file that stands in a room itself (`bridge/cli`) counts as one. An import
counts wherever it stands: at the head, in a function or under TYPE_CHECKING. Names are paths without `.py`.
"""

import ast
from collections.abc import Iterable, Mapping
from functools import cache

from tests.house.sources import ROOMS, Sources

Graph = Mapping[str, frozenset[str]]

# Within a room a package imports only those behind it. Every folder is named here, and of the files that stand in a room
# itself those that the map shows; the others stand in no order.
ORDER: Mapping[str, tuple[str, ...]] = {
    "web": ("app", "pages", "api", "access"),
    "bridge": (
        "cli",
        "service/demo",
        "service/start",
        "doctor",
        "service",
        "handlers",
        "contract",
        "records",
        "config",
        "words",
        "rules",
    ),
    "modem": (
        "simulator",
        "line",
        "recording",
        "procedures",
        "calls",
        "ports",
        "contract",
        "sms",
        "at",
        "errors",
        "coded",
    ),
}
# The composition root knows every room: each of its files stands above the folder that it lies in.
ROOTS = ("bridge/cli", "bridge/service/start", "bridge/service/demo")


def module_of(path: str) -> str:
    """
    >>> module_of("bridge/rules/hours.py"), module_of("bridge/rules/__init__.py")
    ('bridge/rules/hours', 'bridge/rules')
    """
    return path.removesuffix(".py").removesuffix("/__init__")


def package_of(module: str) -> str:
    """
    >>> package_of("bridge/records/views/calls"), package_of("bridge/cli"), package_of("bridge/service/start")
    ('bridge/records', 'bridge/cli', 'bridge/service/start')
    >>> package_of("bridge/service/demo/past")
    'bridge/service/demo'
    """
    return next(
        (root for root in ROOTS if f"{module}/".startswith(f"{root}/")), "/".join(module.split("/")[:2])
    )


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
        if package_of(module) not in ROOTS
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


def within(graph: Graph, room: str) -> Graph:
    """The part of a graph that stands in a room."""
    mine = {node for node in graph if node.split("/")[0] == room}
    return {node: graph[node] & mine for node in mine}
