"""What a process did to the files of a folder, and said on its serial port, in order: read from a trace of strace."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat"
# Paths of descriptors (-y), all threads and children (-f), whole strings; the service is our child, not strace's (-D).
STRACE = [
    "strace",
    "-D",
    "-A",
    "-f",
    "-y",
    "-x",
    "-q",
    "-s",
    "1000000",
    "-e",
    f"trace={CALLS}",
    "-e",
    "signal=none",
    "-o",
]
LINE = re.compile(r"(\d+) +(.*)")
BEGUN = re.compile(r"(.*) <unfinished \.\.\.>")
GOES_ON = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|\?)(.*)", re.DOTALL)
DESCRIPTOR = re.compile(r"(?:\d+|AT_FDCWD)<([^>]*)>")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Write:
    """Octets into a file; offset None: behind what this descriptor wrote before, which is the end for our files."""

    path: str
    data: bytes
    offset: int | None


@dataclass(frozen=True)
class Resize:
    """A file gets this size."""

    path: str
    size: int


@dataclass(frozen=True)
class Sync:
    """All that was written into this file or folder before is on the disk now."""

    path: str


@dataclass(frozen=True)
class Make:
    """A file may be new; emptied: what was in it is gone."""

    path: str
    emptied: bool


@dataclass(frozen=True)
class Move:
    """A file gets another name; whatever had that name is gone."""

    path: str
    to: str


@dataclass(frozen=True)
class Remove:
    """A file loses its name."""

    path: str


@dataclass(frozen=True)
class Said:
    """Octets that went to the modem."""

    data: bytes


Deed = Write | Resize | Sync | Make | Move | Remove | Said


def read(file: Path, folder: Path) -> list[Deed]:
    """The deeds that concern this folder, in order. A sync counts from its end on, all else from its beginning."""
    return [deed for line in _whole(file.read_text("latin-1")) for deed in _deeds(line, folder)]


def ended(file: Path, pid: int) -> bool:
    """Has all been written that this process did?"""
    return re.search(rf"^{pid} +\+\+\+ (exited|killed)", file.read_text("latin-1"), re.MULTILINE) is not None


def _whole(text: str) -> Iterator[str]:
    """The calls, one a line; one that another thread interrupted stands where it ended."""
    begun: dict[str, str] = {}
    for pid, rest in (match.groups() for match in map(LINE.fullmatch, text.splitlines()) if match):
        if first := BEGUN.fullmatch(rest):
            begun[pid] = first[1]
        elif second := GOES_ON.fullmatch(rest):
            yield begun.pop(pid, "") + second[2]
        else:
            yield rest


def _deeds(line: str, folder: Path) -> Iterator[Deed]:
    found = CALL.fullmatch(line)
    if not found or found[3] in ("-1", "?"):
        return
    name, arguments, result = found[1], found[2], int(found[3])
    strings = [_octets(text) for text in STRING.findall(arguments)]
    on = DESCRIPTOR.match(arguments)
    path = on[1] if on else ""
    if name == "write" and path.startswith("/dev/pts/"):
        yield Said(strings[0])
        return
    named = strings if name not in ("write", "pwrite64") else []
    names = [str(Path(path or "/") / text.decode()) for text in named]
    if not any(place.startswith(f"{folder}") for place in (path, *names)):
        return
    match name:
        case "write":
            yield Write(path, strings[0][:result], None)
        case "pwrite64":
            yield Write(path, strings[0][:result], int(arguments.rsplit(",", 1)[1]))
        case "ftruncate":
            yield Resize(path, int(arguments.rsplit(",", 1)[1]))
        case "fsync" | "fdatasync":
            yield Sync(path)
        case "openat" if "O_CREAT" in arguments or "O_TRUNC" in arguments:
            yield Make(names[0], "O_TRUNC" in arguments)
        case "rename" | "renameat" | "renameat2":
            yield Move(names[0], names[1])
        case "unlink" | "unlinkat":
            yield Remove(names[0])


def _octets(quoted: str) -> bytes:
    octets = ast.literal_eval("b" + quoted)
    assert isinstance(octets, bytes)
    return octets
