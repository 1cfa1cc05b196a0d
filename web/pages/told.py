"""What people read of an answer of the loop that is not `Done`."""

from bridge.contract.answers import Pending, Rejected
from bridge.words.requests import NOT_STORED_YET, refusal_in_words


def in_words(answer: Rejected | Pending) -> str:
    """Why it was not done, or that it is not stored yet."""
    return refusal_in_words(answer.why) if isinstance(answer, Rejected) else NOT_STORED_YET
