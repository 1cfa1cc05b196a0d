"""The audit log's codes, in words: a sentence without its subject, who is named before it."""

from bridge.rules.audit import Change
from bridge.words.catalogue import count, say
from modem.contract import Coded

SENTENCES = {
    Change.PAUSED: "paused automatic texts for {minutes} minutes",
    Change.PAUSED_TODAY: "paused automatic texts for today",
    Change.PAUSED_OPEN: "paused automatic texts until further notice",
    Change.RESUMED: "let automatic texts go on",
    Change.CLOSED_UNTIL: "closed the shop until {back}",
    Change.CLOSED_TODAY: "closed the shop for today",
    Change.USUAL_HOURS: "let the usual hours count again",
    Change.DATABASE_ACCEPTED: "let automatic texts go on after the database was lost or damaged",
    Change.BREAKER_RESET: "let automatic texts go on after a burst of strangers",
    Change.TRIED_AGAIN: "had the texts of line {line} tried again",
    Change.SETTINGS: "changed the settings: {keys} in {form}",
    Change.REPLY_ADDED: "added a saved reply",
    Change.REPLY_DROPPED: "dropped a saved reply",
    Change.IMPORTED: "took in {contacts} out of a file",
    Change.DESCRIBED: "changed name, notes or kind of",
    Change.FORGOT: "had a person forgotten",
    Change.MARKED_OUT: "settled that no more texts are wanted by",
    Change.MARKED_IN: "let be texted again",
    Change.MARKED_NEVER: "marked as never to be texted",
    Change.MARKED_WELCOME: "let be texted like others",
    Change.MARKED_FINE: "settled that it was no STOP of",
    Change.BLOCKED: "blocked",
    Change.UNBLOCKED: "unblocked",
    Change.TOOK_OVER: "logged in first, with the code of the box",
    Change.USER_ADDED: "let {name} log in as {role}",
    Change.ROLE: "made {name} {role}",
    Change.PASSWORD: "gave {name} a new password",
    Change.OWN_PASSWORD: "took a new password",
    Change.LOGGED_OUT: "logged {name} out everywhere",
    Change.LOGGED_OUT_ELSEWHERE: "logged out everywhere else",
    Change.USER_REMOVED: "let {name} log in no more",
}


def change_in_words(column: str) -> str:
    """What somebody did, as a column holds it (Coded), in words; a text that is no code is its own words.

    >>> change_in_words("closed_until?back=15%3A00"), change_in_words("imported?contacts=1")
    ('closed the shop until 15:00', 'took in 1 contact out of a file')
    >>> change_in_words("painted the box")
    'painted the box'
    """
    change = Coded.from_text(column)
    facts = change.values
    if change.code not in SENTENCES:
        return column
    match facts:
        case {"contacts": int(contacts)}:
            facts["contacts"] = count(contacts, "contact", "contacts")
    return say(SENTENCES[Change(change.code)], **facts)
