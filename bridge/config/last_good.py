"""The last configuration that was right, kept for a start when config.ini is not: the page can then say so."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bridge import files
from bridge.config.loading import ConfigError, load, parse
from bridge.config.state_folder import state_folder
from bridge.rules.settings import Settings

# What counts where there never was a right one: the page as it is shipped, and nobody is texted.
NONE_YET = "[textback]\nenabled = no\n"


def _file(path: Path, environment: Mapping[str, str]) -> Path:
    return state_folder(path, environment) / f"{path.name}.last-good"


def keep(path: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Keeps a copy of a config.ini that is right; one that cannot be written is no trouble now."""
    with suppress(OSError):
        content, kept = path.read_bytes(), _file(path, environment)
        if not kept.exists() or kept.read_bytes() != content:
            files.write_whole(kept, content)


def settings(path: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that counts when the file at `path` is not right: those of the last one that was."""
    with suppress(OSError, ConfigError, UnicodeDecodeError):
        return parse(_file(path, environment).read_text("utf-8-sig"), path, environment)
    return parse(NONE_YET, path, environment)


def load_or_last(
    path: Path, environment: Mapping[str, str] = os.environ
) -> tuple[Settings, ConfigError | None]:
    """The settings of a file, or the last that were right and what is wrong with the file."""
    try:
        found = load(path, environment)
    except ConfigError as error:
        return settings(path, environment), error
    keep(path, environment)
    return found, None
