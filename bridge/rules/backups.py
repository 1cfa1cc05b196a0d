"""What a backup says of itself, whether this release can take it, which of the box's own ones are kept, and where copies go."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from bridge.rules.addressbook import Card
from bridge.rules.troubles import DatabaseTrouble
from modem.contract import Trouble

# What lies in a backup, in this order: of one that is cut off, what is needed most can be read.
MANIFEST, NOT_TEXTED, CONFIG, DATABASE = "manifest.json", "not-texted.csv", "config.ini", "textback.db"
# Only where the page has been served over HTTPS: the key and certificate that devices have been told to trust.
AUTHORITY = "authority.pem"
FORM = 1
# How many are kept: the newest of so many days, weeks (ISO 8601, from Monday on) and months.
DAYS, WEEKS, MONTHS = 7, 4, 3
# What is left free on the disk where a backup is made (octets).
SPARE = 200 * 2**20
# How the box calls its own, by UTC: they sort by age, and every file system takes the name.
NAME = "textback-%Y-%m-%d-%H%M.zip"
# A stick or share with a file of this name in its root gets a copy of each, if it is mounted under one of these folders.
MARKER = "textback-backup"
MOUNTED = ("/media", "/mnt", "/run/media")
# What has become of the database when a backup is offered in its place.
LOST = frozenset(
    {
        DatabaseTrouble.MISSING,
        DatabaseTrouble.EMPTIED,
        DatabaseTrouble.REPLACED,
        DatabaseTrouble.DAMAGED,
        DatabaseTrouble.BEGUN_ANEW,
        DatabaseTrouble.NOT_SOUND,
    }
)


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
    # One that the box makes by itself.
    NO_ROOM = "backup_no_room"  # needed: in megabytes
    NOT_MADE = "backup_not_made"  # why: a trouble as a column holds it
    NOT_COPIED = "backup_not_copied"  # folder, why: the same
    NOT_ENDED = "backup_not_ended"  # hours: for so long it has not come to an end
    # One that was found to be good.
    NOT_RESTORED = "backup_not_restored"  # why: the same


class Unusable(Exception):
    """Why a backup cannot be made or restored: a BackupTrouble, or what is wrong with the database. people: who is not to be
    texted by a backup that can only be read in part."""

    def __init__(self, trouble: Trouble, people: tuple[Card, ...] = ()) -> None:
        super().__init__(trouble.to_text())
        self.trouble = trouble
        self.people = people


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


# ---- the box's own


@dataclass(frozen=True)
class Stored:
    """A backup that the box has made by itself. made: when, UTC, by its name; size: in octets."""

    path: Path
    made: datetime
    size: int


def name_of(made: datetime) -> str:
    """The name of one that is made at this moment, UTC.

    >>> name_of(datetime(2026, 11, 27, 3, 10, tzinfo=UTC))
    'textback-2026-11-27-0310.zip'
    """
    return made.strftime(NAME)


def made_of(name: str) -> datetime | None:
    """When the one of this name was made, UTC; None for any other file.

    >>> made_of("textback-2026-11-27-0310.zip"), made_of("holiday.zip")
    (datetime.datetime(2026, 11, 27, 3, 10, tzinfo=datetime.timezone.utc), None)
    """
    try:
        made = datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return made if name_of(made) == name else None


def superfluous(there: Iterable[Stored], free: int) -> list[Stored]:
    """Which of those in a folder go: all that `kept` does not keep, then the oldest, until the others take no more than half of
    what would be free without any. The newest stays. free: on that disk, in octets."""
    newest_first = sorted(there, key=lambda one: one.made, reverse=True)
    room = (free + sum(one.size for one in newest_first)) // 2
    stay = kept(one.made for one in newest_first)
    go, taken = [], 0
    for one in newest_first:
        taken += one.size if one.made in stay else 0
        if one.made not in stay or (taken > room and one is not newest_first[0]):
            go.append(one)
    return go


def room_needed(database: int) -> int:
    """How much must be free to make one of a database of this size: for its copy, the backup, and what is left. In octets."""
    return 2 * database + SPARE


def sticks(mounts: str) -> tuple[str, ...]:
    r"""Where sticks and shares are mounted, by the text of /proc/mounts (proc(5)); whether one is marked, its files say.

    >>> sticks("/dev/mmcblk0p2 / ext4 rw 0 0\n/dev/sda1 /media/pi/My\\040stick vfat rw 0 0\n")
    ('/media/pi/My stick',)
    """
    fields = (line.split(" ") for line in mounts.splitlines())
    places = {_unescaped(parts[1]) for parts in fields if len(parts) > 1}
    return tuple(sorted(place for place in places if _is_under(place)))


def _unescaped(place: str) -> str:
    """Blanks, line ends and backslashes are written in octal there."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place)


def _is_under(place: str) -> bool:
    return any(place == folder or place.startswith(f"{folder}/") for folder in MOUNTED)
