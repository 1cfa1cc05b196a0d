"""What a backup says of itself, whether this release can take it, and which of the nightly ones are kept."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

# What lies in a backup, in this order: of one that is cut off, what is needed most can be read.
MANIFEST, NOT_TEXTED, CONFIG, DATABASE = "manifest.json", "not-texted.csv", "config.ini", "textback.db"
FORM = 1
# How many are kept: the newest of so many days, weeks (ISO 8601, from Monday on) and months.
DAYS, WEEKS, MONTHS = 7, 4, 3


class BackupTrouble(StrEnum):
    """Why a backup cannot be made or restored. file: its name."""

    NO_BACKUP = "no_backup"  # file
    CUT_OFF = "backup_cut_off"  # file, people: so many who are not to be texted were read from it and kept
    CHANGED = "backup_changed"  # file, part: what in it is not as it was written, people
    NEWER = "backup_newer"  # file, version: of the release that has made it
    LOCKED = "backup_locked"  # file
    WRONG_PASSPHRASE = "backup_wrong_passphrase"  # file
    NO_FILE = "backup_no_file"  # the database is on a server
    DAMAGED = "backup_database_damaged"  # the database that is to be copied


@dataclass(frozen=True)
class Manifest:
    """made: UTC. version: of the release that has made it, revision: of its tables. parts: each file in it, with its
    SHA-256."""

    made: datetime
    version: str
    revision: str
    parts: Mapping[str, str]
    form: int = FORM

    def to_json(self) -> str:
        """As it lies in the backup."""
        return json.dumps({**asdict(self), "made": self.made.isoformat()}, indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Raises ValueError for what is none.

        >>> Manifest.from_json('{"made": "2026-11-27"}')
        Traceback (most recent call last):
        ValueError: no manifest of a backup
        """
        try:
            told = json.loads(text)
            made = datetime.fromisoformat(told["made"]).astimezone(UTC)
            parts = {str(name): str(digest) for name, digest in told["parts"].items()}
            return cls(made, str(told["version"]), str(told["revision"]), parts, int(told["form"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError("no manifest of a backup") from error


def kept(made: Iterable[datetime]) -> set[datetime]:
    """Which of these backups stay: the newest of each of the last days, weeks and months that have one.

    >>> days = [datetime(2026, 11, day, 3, tzinfo=UTC) for day in range(1, 28)]
    >>> sorted(moment.day for moment in kept(days))
    [8, 15, 21, 22, 23, 24, 25, 26, 27]
    """
    newest_first = sorted(made, reverse=True)
    periods: tuple[tuple[Callable[[datetime], object], int], ...] = (
        (lambda moment: moment.date(), DAYS),
        (lambda moment: moment.isocalendar()[:2], WEEKS),
        (lambda moment: (moment.year, moment.month), MONTHS),
    )
    stay: set[datetime] = set()
    for period, count in periods:
        newest: dict[object, datetime] = {}
        for moment in newest_first:
            newest.setdefault(period(moment), moment)
        stay.update(list(newest.values())[:count])
    return stay
