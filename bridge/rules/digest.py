"""What the owner's digest counts; its words are bridge/words/digest's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """calls: that ended, missed: of those; texted: automatic texts that went out; answers: texts that came in."""

    calls: int
    missed: int
    texted: int
    answers: int
