"""A code with its values: what events and rows carry where people are later told a sentence. Words are made at the edge."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode

Value = str | int
TEXT = "text"  # the code of a sentence that nobody could read as a code: it is its own words
FORM = re.compile(r"[a-z][a-z0-9_]*(\?[a-z0-9_]+=[^\s&=?]*(&[a-z0-9_]+=[^\s&=?]*)*)?")


@dataclass(frozen=True)
class Coded:
    """A code, and its facts as pairs in the order of their names. `Coded.of("late", minutes=90)` makes one."""

    code: str
    facts: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, code: str, /, **facts: Value) -> Self:
        """A code with these facts."""
        return cls(code, tuple(sorted(facts.items())))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` wrote; any other text is kept whole. Whole numbers are read as such.

        >>> Coded.from_text("late?minutes=90")
        Coded(code='late', facts=(('minutes', 90),))
        >>> Coded.from_text("It came too late.")
        Coded(code='text', facts=(('text', 'It came too late.'),))
        """
        if not FORM.fullmatch(text):
            return cls.of(TEXT, text=text)
        code, _, facts = text.partition("?")
        pairs = parse_qsl(facts, keep_blank_values=True, strict_parsing=bool(facts))
        return cls.of(code, **{name: _read(value) for name, value in pairs})

    def to_text(self) -> str:
        """As a column holds it: the code alone, or `code?name=value&name=value`.

        >>> Coded.of("late", minutes=90, by="mia & ann").to_text()
        'late?by=mia%20%26%20ann&minutes=90'
        """
        if self.code == TEXT:
            return str(self.values.get("text", ""))
        return (
            f"{self.code}?{urlencode(self.facts, quote_via=quote, safe='')}" if self.facts else str(self.code)
        )

    @property
    def values(self) -> dict[str, Value]:
        """The facts by name."""
        return dict(self.facts)


def _read(value: str) -> Value:
    return int(value) if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", value) and value != "-0" else value
