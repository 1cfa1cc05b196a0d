"""The service with the long time-outs of its modem thread shortened: else a campaign would mostly wait for 150 s to pass."""

import logging
import sys
from pathlib import Path

from bridge import config
from bridge.service import start
from modem.line.timing import Timing

TIMING = Timing(
    send=5.0,
    check=10.0,
    check_unregistered=5.0,
    setup_pause=5.0,
    restart=2.0,
    between_restarts=5.0,
    answers=dict.fromkeys(("AT+CMGS", "AT+CMGR", "AT+CMGD", "AT+CMGL"), 5.0),
)


def main() -> None:
    """`python -m tests.torture.quick -c FILE`: as `textback run`."""
    path = Path(sys.argv[2])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with start.running(config.load(path), start.reloader(path), timing=TIMING) as box:
        start.run_until_told(box)


if __name__ == "__main__":
    main()
