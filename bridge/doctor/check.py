"""One row of the check-up sheet, and what rows have in common."""

from dataclasses import dataclass
from typing import Literal

from bridge.words.catalogue import N_

Verdict = Literal["pass", "fail", "unknown"]

SEE_ABOVE = N_("See above.")


@dataclass(frozen=True)
class Check:
    """One row of the sheet. line: which line it is about, None for the box. todo: empty if there is nothing to do."""

    name: str
    verdict: Verdict
    found: str
    todo: str = ""
    line: str | None = None
