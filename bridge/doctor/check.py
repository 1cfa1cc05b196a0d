"""One row of the check-up sheet, and what rows have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bridge.words.catalogue import N_

Verdict = Literal["pass", "fail", "unknown"]

SEE_ABOVE = N_("See above.")
MARKS = {"pass": "ok  ", "fail": "FAIL", "unknown": " ?  "}


@dataclass(frozen=True)
class Check:
    """One row of the sheet. line: which line it is about, None for the box. todo: empty if there is nothing to do."""

    name: str
    verdict: Verdict
    found: str
    todo: str = ""
    line: str | None = None


def as_text(checks: Iterable[Check], ports: Iterable[str]) -> str:
    """The sheet as a command prints it. ports: what each port is taken for."""
    lines = []
    for check in checks:
        where = f" ({check.line})" if check.line else ""
        lines.append(f"{MARKS[check.verdict]}  {check.name}{where}: {check.found}")
        if check.todo and check.todo != SEE_ABOVE:
            lines.append(f"      -> {check.todo}")
    return "\n".join([*lines, *(["", "Ports:"] if ports else []), *(f"      {port}" for port in ports)])
