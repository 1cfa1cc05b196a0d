"""The sources of the rooms by their paths, as they lie on the disk or as a commit has them; nothing is imported."""

import io
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.paths import ROOT

ROOMS = ("web", "bridge", "modem")

Sources = Mapping[str, str]


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
