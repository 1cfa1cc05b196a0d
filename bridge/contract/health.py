"""How the box is, as SMSGate's clients are told: by the API, and by the hook that only says how the box is. No database."""

import time

from bridge.contract.status import LineStatus, Status
from bridge.words.troubles import sentence

PASS, WARN, FAIL = "pass", "warn", "fail"
# The loop turns every two seconds, and waits two for a lock.
DEAD_AFTER = 15.0
# What a modem tells of its signal is 0 to 31 (27.007 CSQ).
BEST_SIGNAL = 31
ON_MAINS = "The box runs on mains."


def is_alive(status: Status) -> bool:
    """Has the loop turned lately?"""
    return time.monotonic() - status.alive < DEAD_AFTER


def health_json(status: Status, failed: int, version: str, release: int) -> dict[str, object]:
    """The object of GET /health. failed: texts of the last hour; version, release: of textback."""
    checks = {
        "messages:failed": _check(
            WARN if failed else PASS, failed, "messages", "Texts that failed in the last hour"
        ),
        "connection:status": _check(
            PASS if any(line.up for line in status.lines) else WARN,
            sum(line.up for line in status.lines),
            "lines",
            "Lines that can be used",
        ),
        "connection:transport": _check(PASS, 1, "transports", "The shop's own network"),
        "connection:cellular": _check(PASS, _signal(status), "percent", "The best signal of all lines"),
        "battery:level": _check(PASS, 100, "percent", ON_MAINS),
        "battery:charging": _check(PASS, 1, "flags", ON_MAINS),
        **{f"line:{line.name}": _of_line(line) for line in status.lines},
    }
    return {"status": _overall(status), "version": version, "releaseId": release, "checks": checks}


def release_id(release: str) -> int:
    """A number that grows with releases.

    >>> release_id("0.2.0"), release_id("1.12.3")
    (200, 11203)
    """
    parts = [int(part) for part in release.split(".")[:3] if part.isdecimal()]
    return sum(part * 100 ** (2 - place) for place, part in enumerate(parts))


def _overall(status: Status) -> str:
    """A box whose modem is out answers all the same: it has failed only when its loop stands still."""
    if not is_alive(status):
        return FAIL
    return WARN if status.alarms else PASS


def _of_line(line: LineStatus) -> dict[str, object]:
    why = line.why_not_up
    return _check(WARN if why else PASS, int(line.up), "flags", sentence(why) if why else "It can be used.")


def _signal(status: Status) -> int:
    found = (line.health.signal for line in status.lines if line.health is not None)
    return round(100 * max((signal for signal in found if signal is not None), default=0) / BEST_SIGNAL)


def _check(status: str, value: int, unit: str, words: str) -> dict[str, object]:
    return {"status": status, "observedValue": value, "observedUnit": unit, "description": words}
