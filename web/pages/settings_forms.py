"""The forms of the settings that the page can change: a section of config.ini each, made of bridge/config/schema."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bridge.config.schema import ABOUT, SECTIONS
from bridge.config.setting import FieldKind
from bridge.words.catalogue import gettext


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
LABELS = {field.key: field.label for form in FORMS.values() for field in form.fields}


def labels_of(keys: Iterable[str]) -> str:
    """Keys of config.ini by what stands before their fields, in the reader's language; one that no form asks for by itself. A
    text in another language is named as the text.

    >>> labels_of(["per_day", "message", "message.fr", "gone"])
    'Automatic texts per day, The text, gone'
    """
    told = [gettext(LABELS[base]) if (base := key.partition(".")[0]) in LABELS else key for key in keys]
    return ", ".join(dict.fromkeys(told))
