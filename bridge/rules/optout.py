"""STOP, START and HELP in people's own words: what an incoming text asks for; pure. What is done about it,
bridge/handlers/incoming says; the words and patterns of each language stand in optout.toml.

Three levels. The whole message is a keyword: it counts. A short message that begins with a strong word, or that asks not to
be written to: it counts. A longer one with such a word in it ("cancel my appointment", "I'll stop by at 5"): people look.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from enum import Enum
from importlib.resources import files


class Intent(Enum):
    """What a text asks for. ASK: it may be an opt-out; nothing automatic goes out until somebody has looked."""

    NOTHING = "nothing"
    STOP = "stop"
    START = "start"
    HELP = "help"
    ASK = "ask"


_LANGUAGES = tomllib.loads(files("bridge.rules").joinpath("optout.toml").read_text("utf-8"))


def _all(what: str) -> list[str]:
    """Every word or pattern of this kind, of all languages."""
    return [word for language in _LANGUAGES.values() for word in language.get(what, ())]


STRONG, ALONE, START, HELP = (frozenset(_all(kind)) for kind in ("strong", "alone", "start", "help"))
# Requests not to be written to, at the start of a short message.
REQUESTS = tuple(re.compile(pattern) for pattern in _all("requests"))
# A request may be so long; a longer one has conditions that people should read.
REQUEST_WORDS, STRONG_WORDS = 10, 5
# "Stop by at 5": somebody comes.
COMING = re.compile(r"stopp?(ing)? (by|in|over|off|round|around|past|at the (shop|store))\b")

# Words that in a longer text may mean an opt-out, and mostly do not.
WEAK = re.compile(rf"\b({'|'.join(_all('weak'))})\b")
POLITE = re.compile(rf"^(?:{'|'.join(_all('polite'))})\b *")
POLITE_END = re.compile(rf" *\b(?:{'|'.join(_all('polite_end'))})$")
# What phones send for a reaction; the quoted text is ours, and it says STOP.
QUOTED = re.compile('["“„«‟❝].*["”“»‟❞]', re.DOTALL)
REACTION = re.compile(
    r"^\W*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted|removed an?|hat|a aime|a adore|"
    r"a reagi|le gust|te gust|me gust|"
    r"le encant|ha messo|ha reagito|gostou|amou|reagiu|vond|vindt|heeft|polubi|zareagowa|to\b|an?\b|zu\b|mit\b)",
)


def normal(text: str) -> str:
    """Small letters without accents, punctuation, emoji and marks of any kind; blanks are one.

    >>> normal(" ＳＴＯＰ!! 🛑"), normal("Arrêt."), normal("Don’t text me")
    ('stop', 'arret', 'dont text me')
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("ß", "ss").replace("ł", "l")
    text = re.sub("[’'´`ʼ]", "", text)
    marks = unicodedata.normalize("NFD", text)
    letters = "".join(c for c in marks if not unicodedata.category(c).startswith("M"))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def intent(text: str, ours: Sequence[str] = ()) -> Intent:
    """What a text asks for. ours: what we wrote to this person lately, such as the hint; a quotation of it asks nothing.

    >>> intent("Stop."), intent("please STOP texting me!"), intent("I'll stop by at 5"), intent("Is my car ready?")
    (<Intent.STOP: 'stop'>, <Intent.STOP: 'stop'>, <Intent.ASK: 'ask'>, <Intent.NOTHING: 'nothing'>)
    >>> intent('Liked "Hi! Reply STOP to opt out."', ["Hi! Reply STOP to opt out."])
    <Intent.NOTHING: 'nothing'>
    """
    words = _without_ours(text, ours)
    core = _core(words)
    if not core:
        return Intent.NOTHING
    for answer, keywords in ((Intent.STOP, STRONG | ALONE), (Intent.START, START), (Intent.HELP, HELP)):
        if words in keywords or core in keywords:
            return answer
    if COMING.match(core):
        return Intent.ASK
    count = len(core.split())
    if count <= STRONG_WORDS and any(core == word or core.startswith(f"{word} ") for word in STRONG):
        return Intent.STOP
    if count <= REQUEST_WORDS and any(request.match(core) for request in REQUESTS):
        return Intent.STOP
    return Intent.ASK if WEAK.search(words) else Intent.NOTHING


def _core(words: str) -> str:
    """Without politeness before and behind."""
    before = None
    while before != words:
        before = words
        words = POLITE_END.sub("", POLITE.sub("", words)).strip()
    return words


def _without_ours(text: str, ours: Sequence[str]) -> str:
    """The text's own words: without quotations of what we wrote, and without reactions to it."""
    words = normal(text)
    for own in sorted((normal(one) for one in ours), key=len, reverse=True):
        if len(own.split()) > 1 and own in words:
            words = " ".join(words.replace(own, " ").split())
            if REACTION.match(words) or (len(words.split()) <= 1 and not _is_keyword(words)):
                return ""
    quoted = QUOTED.search(text)
    rest = normal(QUOTED.sub(" ", text)) if quoted else ""
    if quoted and len(normal(quoted[0]).split()) > 1 and (not rest or REACTION.match(rest)):
        return ""
    return words


def _is_keyword(words: str) -> bool:
    return words in STRONG | ALONE | START | HELP
