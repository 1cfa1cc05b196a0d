"""Block lists in files and folders: read, and looked at for changes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bridge.rules.blocklists import MOST_TROUBLES, BlockLists, Dial, read, tell
from bridge.rules.text_files import lines, pieces
from bridge.rules.troubles import ListTrouble
from modem.contract import Trouble


def load(paths: Iterable[str], base: Path, region: str) -> BlockLists:
    """The lists in these files and folders, relative to `base`. region: how numbers without + are meant."""
    troubles: list[Trouble] = []
    dial, files = Dial(region), []
    for path in paths:
        try:
            found = list(_files(base / path))
        except OSError as error:
            tell(troubles, _unreadable(ListTrouble.NOT_FOUND, path, error))
            continue
        for file in found:
            try:
                with file.open("rb") as octets:
                    files.append(read(file.name, lines(pieces(octets.read)), dial, troubles))
            except OSError as error:
                tell(troubles, _unreadable(ListTrouble.UNREADABLE, file.name, error))
    told, more = troubles[:MOST_TROUBLES], len(troubles) - MOST_TROUBLES
    if more > 0:
        told.append(Trouble.of(ListTrouble.MORE, more=more))
    return BlockLists(tuple(files), tuple(told), dial)


def _unreadable(code: ListTrouble, name: str, error: OSError) -> Trouble:
    return Trouble.of(code, list=name, error=str(error.strerror))


def _files(path: Path) -> Iterator[Path]:
    """A file, or what lies in a folder."""
    path.stat()  # says what is wrong with it
    if path.is_dir():
        yield from sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    else:
        yield path


def stamps(paths: Iterable[str], base: Path) -> tuple[tuple[str, int, int], ...]:
    """Each file with its time and size, to see whether anything has changed."""
    found = []
    for path in paths:
        try:
            for file in _files(base / path):
                stat = file.stat()
                found.append((str(file), stat.st_mtime_ns, stat.st_size))
        except OSError:
            found.append((path, 0, 0))
    return tuple(found)
