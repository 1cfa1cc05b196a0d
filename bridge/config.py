"""config.ini as frozen settings: reads it, checks every key, and names each mistake with its line; it applies nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bridge import config_values as values
from bridge.settings import (
    FilterSettings,
    HoursSettings,
    LimitSettings,
    ModemSettings,
    NotifySettings,
    Settings,
    ShopSettings,
    StorageSettings,
    TextbackSettings,
    WebSettings,
)


@dataclass(frozen=True)
class Problem:
    """One mistake. line: where in the file, None where something is missing altogether."""

    line: int | None
    message: str


class ConfigError(Exception):
    """Everything that is wrong with a configuration; as text, one sentence a problem."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        places = (f"{path}, line {p.line}" if p.line else f"{path}" for p in problems)
        super().__init__(
            "\n".join(f"{place}: {p.message}" for place, p in zip(places, problems, strict=True))
        )


__all__ = ["ConfigError", "ModemSettings", "Problem", "Settings", "load", "parse"]

MAIN_LINE = "main"
# Keys that may be followed by a language: message.de
BY_LANGUAGE = ("message", "closed_message")
_KINDS = {
    "shop": ShopSettings,
    "textback": TextbackSettings,
    "filters": FilterSettings,
    "limits": LimitSettings,
    "notify": NotifySettings,
    "web": WebSettings,
    "storage": StorageSettings,
}


@dataclass(frozen=True)
class _Entry:
    value: str
    line: int


@dataclass
class _Section:
    name: str
    line: int
    entries: dict[str, _Entry]


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in a file. Raises ConfigError with every problem."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(path, (Problem(None, "is not UTF-8 text; save it as UTF-8"),)) from error
    except OSError as error:
        sentence = f"cannot be read ({error.strerror}); name the right file with -c"
        raise ConfigError(path, (Problem(None, sentence),)) from error
    return parse(text, path, environment)


def parse(text: str, path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in a text that stands, or would stand, in `path`. Raises ConfigError with every problem."""
    problems: list[Problem] = []
    sections = _read(text, problems)
    parsed: dict[str, dict[str, object]] = {}
    modems: list[ModemSettings] = []
    for section in sections.values():
        kind = section.name.split()[0]
        fields = _values(section, problems)
        if kind == "modem":
            modems.append(ModemSettings(**{**fields, "name": section.name[6:].strip() or MAIN_LINE}))  # type: ignore[arg-type]
        else:
            parsed[kind] = fields
    missing = [_Section(kind, 0, {}) for kind in values.SECTIONS if kind != "modem" and kind not in parsed]
    parsed |= {section.name: _values(section, problems) for section in missing}
    modems = modems or [ModemSettings(name=MAIN_LINE, **_values(_Section("modem", 0, {}), problems))]  # type: ignore[arg-type]
    _check_together(sections, parsed, modems, problems)
    if problems:
        raise ConfigError(path, tuple(sorted(problems, key=lambda problem: problem.line or 0)))
    storage = parsed["storage"]
    storage["database"] = storage["database"] or _default_database(path, environment or {})
    hours = parsed.pop("hours")
    return Settings(
        path=path,
        modems=tuple(modems),
        hours=HoursSettings(tuple(hours[day] for day in values.DAYS), hours["holidays"]),  # type: ignore[arg-type, misc]
        **{kind: _KINDS[kind](**fields) for kind, fields in parsed.items()},
    )


def _default_database(path: Path, environment: Mapping[str, str]) -> str:
    folder = environment.get("STATE_DIRECTORY", "").split(":")[0]
    return f"sqlite:///{(Path(folder) if folder else path.parent).absolute() / 'textback.db'}"


def _read(text: str, problems: list[Problem]) -> dict[str, _Section]:
    """Sections and entries with their lines; what is no section, entry or comment is a problem."""
    sections: dict[str, _Section] = {}
    section: _Section | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            section = _open_section(line, number, sections, problems)
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals:
            problems.append(
                Problem(number, f"{line!r} is neither a section nor a setting; write key = value")
            )
        elif section is None:
            problems.append(
                Problem(number, f"{key} stands before the first section; put it under one such as [shop]")
            )
        elif key in section.entries:
            first = section.entries[key].line
            problems.append(Problem(number, f"{key} is set twice in [{section.name}], first in line {first}"))
        else:
            section.entries[key] = _Entry(value, number)
    return sections


def _open_section(line: str, number: int, sections: dict[str, _Section], problems: list[Problem]) -> _Section:
    name = " ".join(line.strip("[]").split())
    section = _Section(name, number, {})
    kind, _, rest = name.partition(" ")
    if not line.endswith("]"):
        problems.append(Problem(number, f"{line!r} has no closing bracket; write [{name}]"))
    elif kind not in values.SECTIONS or (rest and kind != "modem"):
        known = ", ".join(f"[{section}]" for section in values.SECTIONS)
        problems.append(Problem(number, f"[{name}] is no section; there are {known}"))
    elif name in sections:
        problems.append(Problem(number, f"[{name}] stands twice, first in line {sections[name].line}"))
    else:
        sections[name] = section
    return section


def _values(section: _Section, problems: list[Problem]) -> dict[str, object]:
    """The checked value of every key of a section, the default where it is not set or not right."""
    schema = values.SECTIONS[section.name.split()[0]]
    found: dict[str, object] = {}
    languages: dict[str, dict[str, str]] = {key: {} for key in BY_LANGUAGE}
    for key, entry in section.entries.items():
        base, dot, language = key.partition(".")
        if key not in schema and not (dot and base in BY_LANGUAGE and base in schema):
            problems.append(
                Problem(entry.line, f"{key} is no key of [{section.name}]{_nearest(key, list(schema))}")
            )
            continue
        try:
            if dot:
                languages[base][values.language(language)] = str(schema[base].check(entry.value))
            else:
                found[key] = schema[key].check(entry.value)
        except ValueError as error:
            problems.append(Problem(entry.line, f"{key}: {error}"))
    defaults = {key: setting.check(setting.default) for key, setting in schema.items()}
    if "message" in schema:
        defaults["messages_by_language"] = languages["message"]
        defaults["closed_messages_by_language"] = languages["closed_message"]
    return {**defaults, **found}


def _nearest(key: str, known: list[str]) -> str:
    close = get_close_matches(key, known, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def _check_together(
    sections: dict[str, _Section],
    parsed: dict[str, dict[str, object]],
    modems: list[ModemSettings],
    problems: list[Problem],
) -> None:
    """What no key can tell by itself."""
    textback = parsed["textback"]
    if textback["closed"] == "other" and not textback["closed_message"]:
        line = sections["textback"].entries["closed"].line
        problems.append(Problem(line, "closed = other needs a closed_message to send"))
    names = [modem.name for modem in modems]
    for name in {name for name in names if names.count(name) > 1}:
        problems.append(
            Problem(sections[f"modem {name}"].line, f"two modems are called {name}; give each its own name")
        )
