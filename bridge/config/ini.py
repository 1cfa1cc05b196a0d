"""The lines of an ini file as sections and entries with their line numbers; what a section or key means it does not know.

A line is a comment (first character # or ;), a [section], `key = value`, or the rest of the value above it: as in
Python's configparser, a line that is indented deeper than its key goes on with that key's value, joined by one blank.
Everything behind `=` is the value: there are no inline comments, no quotes, and % means nothing.
"""

import re
from dataclasses import dataclass

_HEADER = re.compile(r"\[([^\[\]]*)\]?")
_SETTING = re.compile(r"([\w.-]+)\s*=\s*(.*)")
# Where editors count lines; str.splitlines would also split at form feeds and U+2028.
_LINE_END = re.compile(r"\r\n|\r|\n")
_WITH_END = re.compile(r".*?(?:\r\n|\r|\n)|.+", re.DOTALL)


@dataclass(frozen=True)
class Problem:
    """One mistake. line: where, None where there is no place for it. section, key: where known. No full stop at the end."""

    line: int | None
    section: str | None
    key: str | None
    message: str


@dataclass
class Entry:
    """line, end: the first and the last line that it takes."""

    key: str
    value: str
    line: int
    end: int


@dataclass
class Section:
    """A section as it stands in the file; line: that of its header, counted from 1."""

    name: str
    line: int
    entries: list[Entry]


def read(text: str) -> tuple[list[Section], list[Problem]]:
    """Every section and entry in the order of the file, those that stand twice included; and the lines that are none of
    these.

    >>> sections, problems = read("[shop]\\nname = Corner\\n  Bakery\\nphone")
    >>> sections
    [Section(name='shop', line=1, entries=[Entry(key='name', value='Corner Bakery', line=2, end=3)])]
    >>> problems[0].line, problems[0].message
    (4, "'phone' is neither a section nor a setting; write key = value")
    """
    reader = _Reader()
    for number, raw in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), 1):
        line = raw.strip()
        if line and line[0] not in "#;":
            reader.take(line, len(raw) - len(raw.lstrip()), number)
    return reader.sections, reader.problems


def lines(text: str) -> list[str]:
    """The lines with their ends, as they are counted here.

    >>> lines("[shop]\\r\\nname = x")
    ['[shop]\\r\\n', 'name = x']
    """
    return _WITH_END.findall(text)


class _Reader:
    """What has been read so far. `_entry` is the one that an indented line would go on with."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self.problems: list[Problem] = []
        self._entry: Entry | None = None
        self._margin = 0

    def take(self, line: str, indent: int, number: int) -> None:
        if self._entry is not None and indent > self._margin:
            return self._go_on(self._entry, line, number)
        self._entry, self._margin = None, indent
        return self._header(line, number) if line[0] == "[" else self._setting(line, number)

    def _go_on(self, entry: Entry, line: str, number: int) -> None:
        if line[0] == "[" or _SETTING.match(line):
            # Meant as a line of its own, most likely: a text must not swallow the settings below it.
            self._problem(
                number,
                f"{line!r} is indented and would continue {entry.key}; start it at the beginning of the line",
            )
        else:
            entry.value = f"{entry.value} {line}".strip()
            entry.end = number

    def _header(self, line: str, number: int) -> None:
        header = _HEADER.match(line)
        assert header is not None  # an opening bracket is all that it needs
        self.sections.append(Section(" ".join(header[1].split()), number, []))
        if header[0] != line or line[-1] != "]":
            right = f"write [{self.sections[-1].name}], and comments on lines of their own"
            self._problem(number, f"{line!r} is not a section; {right}")

    def _setting(self, line: str, number: int) -> None:
        setting = _SETTING.fullmatch(line)
        if setting is None:
            self._problem(number, f"{line!r} is neither a section nor a setting; write key = value")
        elif not self.sections:
            self._problem(
                number, f"{setting[1]} comes before the first section; put it under one such as [shop]"
            )
        else:
            self._entry = Entry(setting[1], setting[2], number, number)
            self.sections[-1].entries.append(self._entry)

    def _problem(self, number: int, message: str) -> None:
        section = self.sections[-1].name if self.sections else None
        self.problems.append(Problem(number, section, None, message))
