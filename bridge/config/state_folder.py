"""Where the box keeps what is its own and not the shop's: systemd's StateDirectory=, else beside config.ini."""

import os
from collections.abc import Mapping
from pathlib import Path


def state_folder(config_file: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the box with this config.ini. environment: STATE_DIRECTORY may name several, of which the first counts.

    A config.ini that is a link stands for itself: everything lies beside the link.
    """
    named = environment.get("STATE_DIRECTORY", "").split(":")[0]
    return (Path(named) if named else config_file.parent).absolute()
