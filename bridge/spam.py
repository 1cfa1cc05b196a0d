"""placeholder"""

from collections.abc import Iterable
from pathlib import Path


class BlockLists:
    troubles: tuple[str, ...] = ()
    count = 0

    def why(self, number: str | None, raw: str | None) -> str | None:
        return None


def load(paths: Iterable[str], base: Path, region: str) -> BlockLists:
    return BlockLists()


def stamps(paths: Iterable[str], base: Path) -> tuple[object, ...]:
    return ()


def spam_name(name: str) -> bool:
    return False
