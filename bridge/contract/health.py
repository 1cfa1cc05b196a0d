"""How the box is, as SMSGate's clients read it (the health of draft-inadarei-api-health-check); it decides nothing."""

from importlib.metadata import version

from bridge.contract.status import Status

# SMSGate counts its releases; a client shows the number.
RELEASE_ID = 1
PASS, WARN, FAIL = "pass", "warn", "fail"


def health(status: Status) -> dict[str, object]:
    """status: pass, or warn where somebody should see to it. What a phone tells of its battery a box has not."""
    up = sum(line.up for line in status.lines)
    signals = [line.health.signal for line in status.lines if line.health and line.health.signal is not None]
    checks = {
        "connection:status": _check(
            PASS if up == len(status.lines) else WARN, up, "lines", "Lines that are ready"
        ),
        "connection:cellular": _check(
            PASS if signals else WARN, max(signals, default=0), "of 31", "The best signal of a line"
        ),
        "box:troubles": _check(
            WARN if status.alarms else PASS, len(status.alarms), "troubles", "What somebody has to see to"
        ),
    }
    worst = WARN if any(check["status"] != PASS for check in checks.values()) else PASS
    return {"status": worst, "version": version("textback"), "releaseId": RELEASE_ID, "checks": checks}


def _check(status: str, value: int, unit: str, description: str) -> dict[str, object]:
    return {"status": status, "observedValue": value, "observedUnit": unit, "description": description}
