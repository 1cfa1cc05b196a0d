"""Takes closed days that are over out of config.ini, so that its list does not grow for years."""

import logging
from datetime import date
from pathlib import Path

from bridge.config import checks, edit
from bridge.config.edit import CannotWrite
from bridge.config.loading import ConfigError
from bridge.rules.typed_dates import as_written

log = logging.getLogger(__name__)


def sweep(path: Path, today: date) -> None:
    """Those before today go. A file that is faulty or may not be written stays as it is: nothing depends on it."""
    try:
        holidays = checks.holidays(edit.written(path)["hours"]["holidays"])
        left = [day for day in holidays.dates if day >= today]
        if len(left) < len(holidays.dates):
            edit.change(path, "hours", {"holidays": as_written(holidays.country, left)})
            log.info("Past closed days were removed from the configuration.")
    except (ConfigError, CannotWrite, ValueError) as error:
        log.info("Past closed days could not be removed from the configuration: %s", error)
