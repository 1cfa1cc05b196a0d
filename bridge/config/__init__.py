"""config.ini: read, checked, and changed line by line."""

from bridge.config.ini import Problem
from bridge.config.loading import ConfigError, load, parse
from bridge.rules.settings import Settings

__all__ = ["ConfigError", "Problem", "Settings", "load", "parse"]
