"""What is said of a key and of a section of config.ini: default, check, and the words for the file, the docs and the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    """How the page asks for a value."""

    TEXT = "text"
    AREA = "area"  # several lines to type, one to keep
    NUMBER = "number"
    PHONE = "phone"
    CHOICE = "choice"


@dataclass(frozen=True)
class Ask:
    """How the page asks for a key: what stands before the field and below it. choices: value -> words, for a choice."""

    label: str
    hint: str = ""
    kind: FieldKind = FieldKind.TEXT
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """A key's default, as it stands in the shipped file, and its check: text in, value out, ValueError if it is wrong.

    comment: what stands above it in config.ini, its lines parted by line ends. doc: what docs/configuration.md says of it. ask:
    how the page asks for it, None where no shop decides about it.
    """

    default: str
    check: Callable[[str], Any]
    comment: str
    doc: str
    ask: Ask | None = None


@dataclass(frozen=True)
class About:
    """What holds for a whole section. title, lead: of its form on the page, if it has one. comment: above its header in
    config.ini. live: a running box takes up its changes by itself."""

    title: str = ""
    lead: str = ""
    comment: str = ""
    live: bool = True


YES_NO = {"yes": "Yes", "no": "No"}
