"""What is wrong with something that was typed, in the language that is spoken."""

from bridge.rules.mistakes import Mistake
from bridge.words.catalogue import gettext


def mistake_in_words(error: ValueError) -> str:
    """As the end of a sentence. What is no Mistake says it in English itself.

    >>> mistake_in_words(Mistake("“{value}” is no price", value="ten")), mistake_in_words(ValueError("too long"))
    ('“ten” is no price', 'too long')
    """
    return gettext(error.template, **error.facts) if isinstance(error, Mistake) else str(error)
