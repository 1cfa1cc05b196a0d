"""The command behind `make house` and `make map`."""

import argparse

from tests.house import figures, picture
from tests.house.sources import commit, work_tree


def main() -> None:
    """Print the table of the trees that the command line names and the lists of the last of them, or draw the map."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.house", description="The shape of the code as figures."
    )
    parser.add_argument("--rev", action="append", default=[], help="a commit; several make several columns")
    parser.add_argument("--tree", action="store_true", help="the work tree too, as the last column")
    parser.add_argument(
        "--map", action="store_true", help="draw the map in CONTRIBUTING.md anew, and print nothing"
    )
    asked = parser.parse_args()
    if asked.map:
        picture.draw()
        return
    houses = {revision: figures.examine(commit(revision)) for revision in asked.rev}
    if asked.tree or not houses:
        houses["work tree"] = figures.examine(work_tree())
    print(figures.table(houses))
    print(figures.lists([*houses.values()][-1]))


main()
