"""What people read of an answer of the loop that is not `Done`, and of settings that were not kept."""

from bridge.config import ConfigError
from bridge.config.edit import CannotWrite
from bridge.contract.answers import Pending, Rejected
from bridge.words.catalogue import _, gettext
from bridge.words.requests import NOT_STORED_YET, refusal_in_words
from bridge.words.troubles import sentence


def in_words(answer: Rejected | Pending) -> str:
    """Why it was not done, or that it is not stored yet."""
    return refusal_in_words(answer.why) if isinstance(answer, Rejected) else gettext(NOT_STORED_YET)


def not_kept(error: ConfigError | CannotWrite, section: str = "") -> str:
    """Why config.ini was not changed, and what to do where the system has refused it. section: in which something was typed."""
    if isinstance(error, ConfigError):
        return " ".join(problems_of(error, section).values())
    return f"{error} {sentence(error.advice)}" if error.advice else str(error)


def problems_of(error: ConfigError, section: str) -> dict[str, str]:
    """What is wrong, by key; under "" what is wrong elsewhere in the file."""
    found: dict[str, str] = {}
    for problem in error.problems:
        mine = problem.section == section and problem.key is not None
        sentence = f"{problem.message[:1].upper()}{problem.message[1:]}."
        if not mine:
            sentence = _("Line {line} of the file: {problem}", line=problem.line or 0, problem=sentence)
        found.setdefault(problem.key or "" if mine else "", sentence)
    return found
