"""What the box writes to the owner's mobile, in the language of the texts: alerts, answers to orders, and the question for
whom words are."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from bridge.rules import owner_commands
from bridge.rules.optout import normal
from bridge.rules.owner_commands import Command, Vocabulary
from bridge.words.catalogue import N_, gettext, in_every_language, ngettext

HELP = N_(
    "You can text STATUS, LAST, PAUSE 2H or RESUME. To answer a customer, start with the number after #."
)
# Translators: the orders, one word each; the sentence with "You can text" has them too. More words for one stand behind commas.
ORDERS = {
    Command.STATUS: N_("STATUS"),
    Command.LAST: N_("LAST"),
    Command.PAUSE: N_("PAUSE"),
    Command.RESUME: N_("RESUME"),
    Command.HELP: N_("HELP"),
}
# Translators: how people write units of time behind a number, in all forms, with commas; then what may stand before the number.
UNITS = {"m": N_("m, min, minute, minutes"), "h": N_("h, hour, hours"), "d": N_("d, day, days")}
FILLER = N_("for")
WENT_ON = N_("Automatic texts are on again.")
RESUME_HINT = N_("Text RESUME to turn them on again.")
NONE_MISSED = N_("No missed calls yet.")
# What became of the text to a caller.
STATES = {
    "none": N_("no text"),
    "scheduled": N_("text waiting"),
    "sending": N_("text sending"),
    "sent": N_("text sent"),
    "delivered": N_("text delivered"),
    "failed": N_("text failed"),
    "unconfirmed": N_("text unconfirmed"),
    "cancelled": N_("cancelled"),
    "skipped": N_("not sent"),
}
# How the answer to words without an addressee begins; the same from another box is not answered.
QUESTION = N_("Nothing was sent")


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of orders in every language: the owner's phone need not know which one the texts are in."""
    *told, fillers = in_every_language(*ORDERS.values(), *UNITS.values(), FILLER)
    orders, units = told[: len(ORDERS)], told[len(ORDERS) :]
    return Vocabulary(
        {word: order for order, words in zip(ORDERS, orders, strict=True) for word in _each(words)},
        {
            word: owner_commands.UNITS[unit]
            for unit, words in zip(UNITS, units, strict=True)
            for word in _each(words)
        },
        frozenset(_each(fillers)),
    )


def _each(words: Sequence[str]) -> Iterator[str]:
    """Every word of lists with commas, as orders are compared."""
    return (normal(word) for listed in words for word in listed.split(","))


def whom(choices: Sequence[tuple[str, int]]) -> str:
    """The question back, where several customers may be meant.

    >>> whom([("Ann", 17), ("Bob", 4)])
    'Nothing was sent: who is it for? Start with #17 for Ann, #4 for Bob.'
    """
    begin = gettext(QUESTION)
    if not choices:
        return (
            gettext("{nothing_was_sent}: no customer has written lately.", nothing_was_sent=begin)
            + f" {gettext(HELP)}"
        )
    named = ", ".join(gettext("#{tag} for {who}", tag=tag, who=who) for who, tag in choices)
    return gettext(
        "{nothing_was_sent}: who is it for? Start with {choices}.", nothing_was_sent=begin, choices=named
    )


def is_question(text: str) -> bool:
    """Is this such a question, of a box that speaks whatever language?"""
    return text.startswith(in_every_language(QUESTION)[0])


def urgent(who: str, tag: int, times: int) -> str:
    """That somebody rings again and again."""
    return gettext("{who} #{tag} has called {times} times in ten minutes.", who=who, tag=tag, times=times)


def not_sent(who: str, why: str) -> str:
    """That the owner's words did not go to a customer."""
    told = gettext("Not sent to {who}.", who=who)
    return f"{told} {why}"


def state(troubles: Sequence[str], missed: int, texted: int, waiting: int) -> str:
    """The answer to STATUS. troubles: sentences, empty if all is well; waiting: how many people need a reply.

    >>> state([], 2, 1, 0), state([], 0, 0, 3)
    ('Everything is working. Today: 2 missed, 1 texted back. Nobody needs a reply.', \
'Everything is working. Today: 0 missed, 0 texted back. 3 need a reply.')
    """
    today = gettext("Today: {missed} missed, {texted} texted back.", missed=missed, texted=texted)
    nobody = gettext("Nobody needs a reply.")
    left = ngettext("{number} needs a reply.", "{number} need a reply.", waiting) if waiting else nobody
    return " ".join([*(troubles or [gettext("Everything is working.")]), today, left])


def last_calls(calls: Sequence[str]) -> str:
    """The answer to LAST, of calls in words, the newest first."""
    return gettext("Last missed calls: {calls}.", calls="; ".join(calls)) if calls else gettext(NONE_MISSED)


def missed_call(when: str, who: str, what: str) -> str:
    """One of them: when, who, and what became of it, in words or as the state of the text to them.

    >>> missed_call("Mon 9:00", "Ann", "sent")
    'Mon 9:00 Ann (text sent)'
    """
    return gettext("{when} {who} ({what})", when=when, who=who, what=gettext(STATES.get(what, what)))
