"""The audit log's codes, in words: who did what, to whom."""

from datetime import timedelta

from bridge.rules.audit import Change
from bridge.rules.states import Role
from bridge.words import times
from bridge.words.catalogue import N_, fill, gettext
from modem.contract import Coded, Value

SENTENCES = {
    Change.PAUSED: N_("{who} paused automatic texts for {span}"),
    Change.PAUSED_TODAY: N_("{who} paused automatic texts for today"),
    Change.PAUSED_OPEN: N_("{who} paused automatic texts until further notice"),
    Change.RESUMED: N_("{who} resumed automatic texts"),
    Change.CLOSED_UNTIL: N_("{who} closed the shop until {back}"),
    Change.CLOSED_TODAY: N_("{who} closed the shop for today"),
    Change.USUAL_HOURS: N_("{who} went back to the usual hours"),
    Change.DATABASE_ACCEPTED: N_("{who} resumed automatic texts after the database was lost or damaged"),
    Change.BREAKER_RESET: N_("{who} resumed automatic texts after a burst of strangers"),
    Change.TRIED_AGAIN: N_("{who} had the texts on line {line} tried again"),
    Change.UPDATE_WANTED: N_("{who} had textback {version} installed"),
    Change.NUMBER: N_("{who} changed the number of the box"),
    Change.SETTINGS: N_("{who} changed the settings “{form}” ({keys})"),
    Change.REPLY_ADDED: N_("{who} added a saved reply"),
    Change.REPLY_CHANGED: N_("{who} changed a saved reply"),
    Change.REPLY_DROPPED: N_("{who} deleted a saved reply"),
    Change.HOOK_ADDED: N_("{who} added a hook for {host} ({event})"),
    Change.HOOK_CHANGED: N_("{who} changed the hook for {host} ({event})"),
    Change.HOOK_REMOVED: N_("{who} removed the hook for {host} ({event})"),
    Change.HOOK_PAUSED: N_("{who} paused the hook for {host} ({event})"),
    Change.HOOK_RESUMED: N_("{who} resumed the hook for {host} ({event})"),
    Change.HOOK_SECRET: N_("{who} gave the hook for {host} ({event}) a new secret"),
    Change.IMPORTED: N_("{who} imported a file of contacts ({contacts})"),
    Change.CONTACT_ADDED: N_("{who} added {whom} to the contacts"),
    Change.NUMBER_ADDED: N_("{who} gave {whom} another number"),
    Change.SNOOZED: N_("{who} snoozed the conversation with {whom}"),
    Change.SNOOZE_ENDED: N_("{who} brought the conversation with {whom} back"),
    Change.DESCRIBED: N_("{who} changed the details of {whom}"),
    Change.FORGOT: N_("{who} deleted everything about a person"),
    Change.MARKED_OUT: N_("{who} noted that {whom} wants no more texts"),
    Change.MARKED_IN: N_("{who} allowed texts to {whom} again"),
    Change.MARKED_NEVER: N_("{who} marked {whom} as never texted"),
    Change.MARKED_WELCOME: N_("{who} removed the “never texted” mark from {whom}"),
    Change.MARKED_DOUBT: N_("{who} settled that {whom} may want no more texts"),
    Change.MARKED_FINE: N_("{who} noted that what {whom} wrote was not a STOP"),
    Change.BLOCKED: N_("{who} blocked {whom}"),
    Change.UNBLOCKED: N_("{who} unblocked {whom}"),
    Change.TOOK_OVER: N_("{who} logged in first, with the box's code"),
    Change.USER_ADDED: N_("{who} added {name} as {role}"),
    Change.INVITED: N_("{who} invited {name} to log in as {role}"),
    Change.INVITED_SOMEBODY: N_("{who} invited somebody to log in as {role}"),
    Change.INVITATION_TAKEN_BACK: N_("{who} took back an invitation"),
    Change.JOINED: N_("{who} accepted an invitation and can log in now"),
    Change.ROLE: N_("{who} made {name} {role}"),
    Change.PASSWORD: N_("{who} gave {name} a new password"),
    Change.OWN_PASSWORD: N_("{who} changed their own password"),
    Change.LOGGED_OUT: N_("{who} logged {name} out everywhere"),
    Change.LOGGED_OUT_ELSEWHERE: N_("{who} logged out everywhere else"),
    Change.USER_REMOVED: N_("{who} removed {name} from the colleagues"),
    Change.KEY_ADDED: N_("{who} made the key {name} for a program"),
    Change.KEY_REVOKED: N_("{who} revoked the key {name}"),
    Change.API_SETTINGS: N_("{who} changed settings of the API ({keys})"),
}
ROLES = {Role.OWNER: N_("owner"), Role.STAFF: N_("staff")}


def change_in_words(column: str, who: str, whom: str = "") -> str:
    """What somebody did, as a column holds it (Coded), in words; a text that is no code is its own words. who: did it; whom:
    the person it was done to.

    >>> change_in_words("closed_until?back=15%3A00", "mia"), change_in_words("painted the box", "mia")
    ('mia closed the shop until 15:00', 'mia painted the box')
    """
    template, facts = parts_of(column)
    return fill(template, {**facts, "who": who, "whom": whom})


def parts_of(column: str) -> tuple[str, dict[str, Value]]:
    """The sentence with places for who and whom, and what stands at the others; for the page, which makes links of people."""
    change = Coded.from_text(column)
    facts = change.values
    if change.code not in SENTENCES:
        return "{who} {what}", {"what": column}
    match facts:
        case {"minutes": int(minutes)}:
            facts["span"] = times.lasted(timedelta(minutes=minutes))
        case {"form": str(form)}:
            facts["form"] = gettext(form.capitalize())
        case {"role": str(role)} if role in ROLES:
            facts["role"] = gettext(ROLES[Role(role)])
    return gettext(SENTENCES[Change(change.code)]), facts
