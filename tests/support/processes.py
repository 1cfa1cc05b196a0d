"""The environment of processes that tests start."""

import os


def uncounted() -> dict[str, str]:
    """This process's environment, without what has a Python that starts in it count its lines for coverage: a start takes
    half as long without, and who is killed tells no count."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
