"""What people read of an answer of the loop that is not `Done`, and of settings that were not kept."""

from bridge.config import ConfigError
from bridge.config.edit import CannotWrite
from bridge.contract.answers import Pending, Rejected
from bridge.words.catalogue import gettext
from bridge.words.requests import NOT_STORED_YET, refusal_in_words
from bridge.words.troubles import sentence


def in_words(answer: Rejected | Pending) -> str:
    """Why it was not done, or that it is not stored yet."""
    return refusal_in_words(answer.why) if isinstance(answer, Rejected) else gettext(NOT_STORED_YET)


def not_kept(error: ConfigError | CannotWrite) -> str:
    """Why config.ini was not changed, and what to do where the system has refused it."""
    advice = error.advice if isinstance(error, CannotWrite) else None
    return f"{error} {sentence(advice)}" if advice else str(error)
