"""The figures of a tree: how many files, packages, layers and imports, and what is too long; they judge nothing."""

import ast
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.house.imports import (
    Graph,
    circles_of,
    layers,
    module_graph,
    package_graph,
    upward_of,
    within,
)
from tests.house.sources import ROOMS, Sources

LONGEST = 8


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
