"""What passes between the service and the part of an update that root does: that an owner wants it, and what came of it. Each
is a file: the service may do nothing that root does, and root takes nothing from the service but that it is wanted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bridge import files
from bridge.rules.updating import Outcome

# In the service's folder, and in root's. packaging/debian/textback-update.path watches the first.
WANTED, RESULT = "update-wanted", "result.json"


@dataclass(frozen=True)
class Handed:
    """What has become of an update. old, new: versions. at: when it ended, UTC. why: a ReleaseTrouble as text, where
    nothing was begun for it."""

    outcome: Outcome
    old: str
    new: str
    at: datetime
    why: str = ""

    def write(self, folder: Path) -> None:
        """Into root's folder, for everybody to read. Raises OSError."""
        told = {
            "outcome": self.outcome,
            "old": self.old,
            "new": self.new,
            "at": self.at.isoformat(),
            "why": self.why,
        }
        target = folder / RESULT
        files.write_whole(target, json.dumps(told).encode())
        target.chmod(0o644)

    @classmethod
    def read(cls, folder: Path) -> "Handed | None":
        """The last one's; None where there is none."""
        try:
            told = json.loads((folder / RESULT).read_bytes())
            at = datetime.fromisoformat(told["at"])
            return cls(Outcome(told["outcome"]), str(told["old"]), str(told["new"]), at, str(told["why"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


@dataclass(frozen=True)
class Updater:
    """The system's part is there: it watches the one folder and tells in the other."""

    wanted: Path
    told: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Updater | None":
        """As the unit of the service says; None where there is no such part."""
        home, folder = environment.get("STATE_DIRECTORY"), environment.get("TEXTBACK_UPDATES")
        return cls(Path(home.split(":")[0]), Path(folder)) if home and folder else None

    def want(self) -> None:
        """An owner wants the newest release. Raises OSError."""
        files.write_whole(self.wanted / WANTED, b"")

    def result(self) -> Handed | None:
        """What came of the last update."""
        return Handed.read(self.told)
