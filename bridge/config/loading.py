"""config.ini -> Settings: checks what stands in it and names each mistake with its line; it applies nothing."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bridge.config import ini
from bridge.config.checks import language as language_code
from bridge.config.ini import Problem, Section
from bridge.config.schema import DAYS, SECTIONS
from bridge.config.setting import Setting
from bridge.config.state_folder import state_folder
from bridge.rules.mistakes import Mistake
from bridge.rules.one_line import storable
from bridge.rules.settings import (
    BackupSettings,
    FilterSettings,
    HookSettings,
    HoursSettings,
    LimitSettings,
    ModemSettings,
    MqttSettings,
    NotifySettings,
    Settings,
    ShopSettings,
    StorageSettings,
    TextbackSettings,
    UpdatesSettings,
    WebSettings,
)
from bridge.words.mistakes import mistake_in_words

__all__ = ["ConfigError", "Problem", "Settings", "load", "parse"]


class ConfigError(Exception):
    """Everything that is wrong with a configuration; as text, one sentence a problem: where, what, and what is right."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__("\n".join(f"{path}{_sentence(problem)}." for problem in problems))


def _sentence(problem: Problem) -> str:
    place = f", line {problem.line}: " if problem.line else ": "
    key = f"{problem.key} in [{problem.section}]: " if problem.key and problem.section else ""
    return f"{place}{key}{problem.message}"


# The name of the plain [modem]; it is the first of several.
MAIN_LINE = "main"
# Keys that may be followed by a language, as in message.de, and where those texts are found.
BY_LANGUAGE = {"message": "messages_by_language", "closed_message": "closed_messages_by_language"}


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in a file. Raises ConfigError with every problem; see `parse` for `environment`."""
    try:
        return parse(path.read_bytes().decode("utf-8-sig"), path, environment)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(path, (Problem(line, None, None, "is not UTF-8; save it as UTF-8"),)) from error
    except OSError as error:
        sentence = f"cannot be read ({error.strerror}); name the right file with -c"
        raise ConfigError(path, (Problem(None, None, None, sentence),)) from error


def parse(text: str, path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in a text that stands, or would stand, in `path`. Raises ConfigError with every problem.

    What is not set has its default. environment: STATE_DIRECTORY is where the database lies unless `database` says.
    """
    sections, problems = ini.read(storable(text))
    there = _first_of_each(sections, problems)
    absent = {name: Section(name, 0, []) for name in SECTIONS if name != "modem"}
    if not any(name.startswith("modem ") for name in there):
        absent[f"modem {MAIN_LINE}"] = Section("modem", 0, [])
    there = absent | there
    checked = {name: _values(section, problems) for name, section in there.items()}
    _check_closed(there["textback"], checked["textback"], problems)
    if problems:
        raise ConfigError(path, tuple(sorted(problems, key=lambda problem: problem.line or 0)))
    return _settings(checked, path, environment or {})


def _settings(checked: dict[str, dict[str, Any]], path: Path, environment: Mapping[str, str]) -> Settings:
    lines = [name.partition(" ")[2] for name in checked if name.startswith("modem ")]
    lines.sort(key=lambda line: line != MAIN_LINE)
    hours, storage = checked["hours"], checked["storage"]
    return Settings(
        path=path,
        shop=ShopSettings(**checked["shop"]),
        modems=tuple(ModemSettings(name=line, **checked[f"modem {line}"]) for line in lines),
        textback=TextbackSettings(**checked["textback"]),
        hours=HoursSettings(tuple(hours[day] for day in DAYS), hours["holidays"]),
        filters=FilterSettings(**checked["filters"]),
        limits=LimitSettings(**checked["limits"]),
        notify=NotifySettings(**checked["notify"]),
        web=WebSettings(**checked["web"]),
        storage=StorageSettings(storage["database"] or _database(path, environment), storage["keep_days"]),
        backup=BackupSettings(**checked["backup"]),
        updates=UpdatesSettings(**checked["updates"]),
        mqtt=MqttSettings(**checked["mqtt"]),
        hooks=HookSettings(**checked["hooks"]),
    )


def _database(path: Path, environment: Mapping[str, str]) -> str:
    """Where the database lies if nobody says."""
    from sqlalchemy.engine import URL

    file = state_folder(path, environment) / "textback.db"
    return URL.create("sqlite", database=str(file)).render_as_string()


def _first_of_each(sections: list[Section], problems: list[Problem]) -> dict[str, Section]:
    """The known sections by name, where a line is "modem NAME"; what is unknown or stands twice is a problem."""
    found: dict[str, Section] = {}
    for section in sections:
        kind, _, line = section.name.partition(" ")
        if kind not in SECTIONS or (line and kind != "modem"):
            known = [f"[{name}]" for name in SECTIONS]
            sentence = f"[{section.name}] is not a section{_nearest(f'[{kind}]', known)}"
            problems.append(Problem(section.line, section.name, None, sentence))
            continue
        name = f"modem {line or MAIN_LINE}" if kind == "modem" else kind
        if found.setdefault(name, section) is not section:
            sentence = f"[{section.name}] appears twice, first in line {found[name].line}"
            right = "give each line its own name" if kind == "modem" else "put all its keys under one"
            problems.append(Problem(section.line, section.name, None, f"{sentence}; {right}"))
            _values(section, problems)  # for what is wrong with its keys
    return found


def _values(section: Section, problems: list[Problem]) -> dict[str, Any]:
    """The checked value of every key of a section, the default where it is not set or not right."""
    schema = SECTIONS[section.name.partition(" ")[0]]
    found: dict[str, Any] = {key: setting.check(setting.default) for key, setting in schema.items()}
    found |= {texts: {} for key, texts in BY_LANGUAGE.items() if key in schema}
    lines: dict[str, int] = {}
    for entry in section.entries:
        try:
            if lines.setdefault(entry.key, entry.line) != entry.line:
                raise ValueError(f"is set twice, first in line {lines[entry.key]}; keep one of them")
            base, dot, language = entry.key.partition(".")
            if dot and base in schema and base in BY_LANGUAGE:
                found[BY_LANGUAGE[base]][language_code(language)] = schema[base].check(entry.value)
            elif entry.key in schema:
                found[entry.key] = schema[entry.key].check(entry.value)
            else:
                raise ValueError(f"this key does not exist{_nearest_key(entry.key, schema)}")
        except ValueError as error:
            problems.append(Problem(entry.line, section.name, entry.key, mistake_in_words(error)))
    return found


def _nearest_key(key: str, schema: Mapping[str, Setting]) -> str:
    at_home = [name for name, there in SECTIONS.items() if key in there]
    return f" here; it belongs under [{at_home[0]}]" if at_home else _nearest(key, list(schema))


def _nearest(word: str, known: list[str]) -> str:
    close = get_close_matches(word.lower(), known, 1)
    return f"; the nearest is {close[0]}" if close else f"; there are {', '.join(known)}"


def _check_closed(section: Section, textback: dict[str, Any], problems: list[Problem]) -> None:
    """The one check that needs two keys: `closed = other` needs a `closed_message`."""
    written = {entry.key: entry for entry in section.entries if entry.value}
    if textback["closed"] == "other" and "closed_message" not in written:
        line = written["closed"].line
        sentence = mistake_in_words(
            Mistake("closed = other needs a text to send; write it under closed_message")
        )
        problems.append(Problem(line, section.name, "closed", sentence))
