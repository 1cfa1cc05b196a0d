"""The forms of the settings that the page can change: a section of config.ini each, made of bridge/config/schema."""

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.config.schema import ABOUT, SECTIONS
from bridge.config.setting import FieldKind


@dataclass(frozen=True)
class Field:
    """What asks for one key."""

    key: str
    label: str
    hint: str
    kind: FieldKind
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """The form of a section of config.ini; lead: what stands above its fields."""

    title: str
    fields: tuple[Field, ...]
    lead: str


def _form(section: str) -> Form:
    asked = [(key, setting.ask) for key, setting in SECTIONS[section].items() if setting.ask is not None]
    fields = tuple(Field(key, ask.label, ask.hint, ask.kind, ask.choices) for key, ask in asked)
    return Form(ABOUT[section].title, fields, ABOUT[section].lead)


FORMS = {section: _form(section) for section, about in ABOUT.items() if about.title}
