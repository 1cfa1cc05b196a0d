"""A small file of another program as the readers are given it; who opens it, the service knows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath


@dataclass(frozen=True)
class File:
    """name: its path within the folder that was named. changed: when its content was, aware."""

    name: str
    content: bytes
    changed: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def base(self) -> str:
        """Its name without the folders.

        >>> File("sent/OUT12.txt", b"").base, File("sent/OUT12.txt", b"").folder
        ('OUT12.txt', 'sent')
        """
        return PurePath(self.name).name

    @property
    def folder(self) -> str:
        """The folder that it lies in, in small letters; "" where it lies in none."""
        return PurePath(self.name).parent.name.lower()
