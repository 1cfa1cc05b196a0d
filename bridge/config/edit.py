"""Changes config.ini for the page: only the lines of the keys that change, checked as the file is before it is written, and
written whole or not at all. Comments, order and everything else stay as they are."""

import errno
import os
import re
import threading
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from bridge import config, files
from bridge.config import ini
from bridge.config.ini import Problem
from bridge.config.loading import BY_LANGUAGE, ConfigError
from bridge.config.schema import SECTIONS
from bridge.rules.one_line import one_line
from modem.contract import Trouble

_KEY = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z]+)?")
NO_KEY = "this is not a key"
# Two people may save at the same moment.
_one_at_a_time = threading.Lock()

Values = Mapping[str, str | None]


class CannotWrite(Exception):
    """The file could not be read or written; the text says why. Nothing was changed. advice: what the system's refusal means,
    None where it was none."""

    def __init__(self, words: str, advice: Trouble | None = None) -> None:
        super().__init__(words)
        self.advice = advice


def written(path: Path) -> dict[str, dict[str, str]]:
    """What stands in the file, section -> key -> text, with the defaults where nothing does. Raises CannotWrite."""
    found = {name: {key: setting.default for key, setting in SECTIONS[name].items()} for name in SECTIONS}
    sections, _ = ini.read(_text(path))
    for section in sections:
        values = {entry.key: entry.value for entry in section.entries}
        if section.name in found:
            found[section.name] |= values
    return found


def mark(values: Values) -> str:
    """A digest of the values that a form was filled with: it differs when somebody else has changed them meanwhile."""
    return sha256(repr(sorted(values.items())).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def change(path: Path, section: str, values: Values) -> list[str]:
    """Set these keys of a section; None takes a key out. The names of the keys that have changed.

    Raises ConfigError with every problem of what would stand there, CannotWrite where the file cannot be read or written.
    """
    odd = tuple(Problem(None, section, one_line(key), NO_KEY) for key in values if not _KEY.fullmatch(key))
    if odd:
        raise ConfigError(path, odd)
    with _one_at_a_time:
        text = _text(path)
        now = written(path)[section]
        new = {key: None if value is None else one_line(value) for key, value in values.items()}
        changed = {key: value for key, value in new.items() if value != now.get(key)}
        after = edited(text, section, changed)
        config.parse(after, path, os.environ)
        if changed:
            _write(path, after)
    return list(changed)


def edited(text: str, section: str, values: Values) -> str:
    """The text of the file with these keys of a section set.

    >>> edited("[shop]\\n# who\\nname = A\\n\\n[web]\\n", "shop", {"name": "B", "phone": "1"})
    '[shop]\\n# who\\nname = B\\nphone = 1\\n\\n[web]\\n'
    """
    lines = ini.lines(text)
    there = next((found for found in ini.read(text)[0] if found.name == section), None)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if there is None:
        lines = [*_ended(lines, end), end, f"[{section}]{end}"]
        there = ini.Section(section, len(lines), [])
    for key, value in values.items():
        start, stop = _place(there, key)
        setting = [] if value is None else [f"{key} = {value}".rstrip() + end]
        comments = [line for line in lines[start + 1 : stop] if line.lstrip()[:1] in ("#", ";")]
        lines = [*_ended(lines[:start], end), *setting, *comments, *lines[stop:]]
        there = next(found for found in ini.read("".join(lines))[0] if found.name == section)
    return "".join(lines)


def _place(section: ini.Section, key: str) -> tuple[int, int]:
    """The lines that this key takes, as a slice; where it is missing, the place after its other languages, else at the
    section's end."""
    mine = [entry for entry in section.entries if entry.key == key]
    if mine:
        return mine[0].line - 1, mine[0].end
    base = key.partition(".")[0] if key.partition(".")[0] in BY_LANGUAGE else None
    alike = [entry.end for entry in section.entries if entry.key.partition(".")[0] == base]
    last = max(alike or [entry.end for entry in section.entries], default=section.line)
    return last, last


def _ended(lines: list[str], end: str) -> list[str]:
    """The lines, each with a line end: the last one of a file may lack it."""
    if lines and not lines[-1].endswith(("\r", "\n")):
        return [*lines[:-1], lines[-1] + end]
    return lines


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CannotWrite(f"{path} is not UTF-8; save the file as UTF-8 first.") from error
    except OSError as error:
        raise CannotWrite(f"{path} cannot be read: {error.strerror}.", files.why(error)) from error


def _write(path: Path, text: str) -> None:
    """Replaces the file in one step: after a power cut there is the old one or the new one."""
    real = path.resolve()
    try:
        if not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, "it is read-only")
        files.write_whole(real, text.encode("utf-8"), like=real)
    except OSError as error:
        raise CannotWrite(
            f"{real} cannot be written: {error.strerror}. Nothing was changed.", files.why(error)
        ) from error
