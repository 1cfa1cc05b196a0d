"""What becomes of requests, in words: why one was refused, for the page, the owner's texts and the command line."""

from bridge.rules.refusals import Refused
from bridge.words.catalogue import N_, gettext
from modem.contract import Coded

NOT_STORED_YET = N_("The box has noted this, but could not store it yet. It keeps trying.")

SENTENCES: dict[str, str] = {
    Refused.NOT_TEXTABLE: N_("{address} cannot be texted: it is not a phone number that takes texts."),
    Refused.EMPTY_TEXT: N_("An empty text cannot be sent. Write something first."),
    Refused.TOO_MANY_PARTS: N_("This is {parts} texts long; at most {most} can go out as one. Shorten it."),
    Refused.NOT_LATER: N_("Choose a time that is still to come, within the next {days} days."),
    Refused.NOT_SCHEDULED: N_("This text is not scheduled any more: it has gone out, or was cancelled."),
    Refused.OTHER_WORDS_SENT: N_(
        "What you wrote first has gone out already; it stands in the conversation. Send this too if it is still needed."
    ),
    Refused.OPTED_OUT: N_("This person has asked for no more texts. Confirm that you want to write anyway."),
    Refused.NOT_SENT_AGAIN: N_("This text cannot be sent again: it has gone out, or is not there any more."),
    Refused.NO_OWNERS_MOBILE: N_(
        "The owner's mobile is not known: write it into config.ini, [notify] sms_to."
    ),
    Refused.NO_SERVICES: N_(
        "There is no other service yet that a test could go to. Write its address first."
    ),
    Refused.NO_SERVER: N_(
        "“{typed}” is no server. Write its name, like ntfy.sh or https://ntfy.example.com."
    ),
    Refused.NOBODY_THERE: N_("Nobody has this number here."),
    Refused.UNDER_WAY: N_("A call or a text of this person is under way. Try again in a minute."),
    Refused.NO_NUMBER: N_(
        "“{typed}” is not a phone number. Write it as people dial it, or with + and the country."
    ),
    Refused.CONTACT_EXISTS: N_("{number} is in your contacts already."),
    Refused.OWN_NUMBER: N_("This is the owner's mobile, which cannot be part of another contact."),
    Refused.SAME_PERSON: N_(
        "{name} has this number. Tick the box below if it is the same person, then both become one contact."
    ),
    Refused.NO_SUCH_KIND: N_("{kind!r} is no kind of contact."),
    Refused.NO_SUCH_MARK: N_("{kind!r} is no mark."),
    Refused.NOTHING_TO_UNDO: N_("This can no longer be undone."),
    Refused.NO_COLLEAGUE: N_("Nobody called {name} may log in."),
    Refused.LABEL_LENGTH: N_("A label has between 1 and {most} characters."),
    Refused.NOTE_LENGTH: N_("A note has between 1 and {most} characters; this one has {length}."),
    Refused.REPLY_LENGTH: N_("A saved reply has between 1 and {most} characters."),
    Refused.REPLIES_FULL: N_("There are {most} saved replies already; drop one first."),
    Refused.NOT_STORED: N_("The box cannot store this as it was typed. Its log says more."),
    Refused.NO_SUCH_LINE: N_("The box has no such line."),
    Refused.NOT_LATER_TODAY: N_(
        "“{back}” is no time of today that is still to come. Write it like 15:00 or 3pm."
    ),
    Refused.NOT_HOURS: N_(
        "These are no hours. Write them like 9-17, 9am-5pm or 9:00-12:30, 14:00-18:00; or closed, or 24h."
    ),
    Refused.NO_SUCH_TIME: N_("No clock shows {time}. A day goes from 0:00 to 24:00."),
    Refused.HOURS_OVERLAP: N_(
        "Two of these times overlap. Write each stretch of the day once, like 9-12, 14-18."
    ),
    Refused.NEVER_OPEN: N_(
        "Write when the shop is open on the other days: with no hours at all it counts as always open."
    ),
    Refused.ONE_COUNTRY: N_("The public holidays can be those of one country: {first} or {second}."),
    Refused.NOT_A_DATE: N_(
        "“{typed}” is not a date. Write it like 24 December or 24.12.; several days like 24-31 December."
    ),
    Refused.NO_MONTH: N_("Write the month too, like 24 December."),
    Refused.NO_SUCH_DAY: N_("There is no such day in the calendar."),
    Refused.DAY_IS_OVER: N_("{day} is over already."),
    Refused.DAY_TOO_FAR: N_("{day} is too far ahead. Look at the year."),
    Refused.DAYS_REVERSED: N_("The last day, {last}, comes before the first, {first}."),
    Refused.TOO_MANY_DAYS: N_("These are more than {most} closed days. Clear the hours of the week instead."),
    Refused.TAKEN_OVER: N_("Somebody has taken this box over meanwhile."),
    Refused.NO_NAME: N_("A user needs a name."),
    Refused.NAME_TOO_LONG: N_("This name is too long; take at most {most} characters."),
    Refused.NO_SUCH_LANGUAGE: N_("The box does not speak this language. Choose one of the list."),
    Refused.NO_SUCH_ROLE: N_("{role!r} is no role; there are owner and staff."),
    Refused.USER_EXISTS: N_("There is a user {name} already."),
    Refused.NO_SUCH_USER: N_("There is no user {name}."),
    Refused.ONLY_OWNER: N_("{name} is the only owner; make somebody else an owner first."),
    Refused.NO_INVITATION: N_("There is no such invitation. See whether the whole link was copied."),
    Refused.INVITATION_USED: N_(
        "This invitation has been used. If that was you, log in; if it was not, tell the owner of the shop."
    ),
    Refused.INVITATION_TAKEN_BACK: N_("This invitation was taken back. Ask for a new one."),
    Refused.INVITATION_TOO_OLD: N_(
        "This invitation is too old: each one works for two days. Ask for a new one."
    ),
    Refused.PASSWORD_TOO_SHORT: N_("The password is too short; take at least {least} characters."),
    Refused.PASSWORD_TOO_LONG: N_("The password is too long; take at most {most} characters."),
    Refused.OLD_PASSWORD_WRONG: N_("The old password is wrong."),
}
# Where the command line can name the command that helps. People at the page have none.
WITH_COMMANDS: dict[str, str] = {
    Refused.USER_EXISTS: N_(
        "There is a user {name} already; textback user password {name} changes the password."
    ),
    Refused.NO_SUCH_USER: N_("There is no user {name}; textback user add {name} makes one."),
}


def refusal_in_words(why: Coded) -> str:
    """Why something was not done, and what would be right, for the page and for a text; a code of no refusal stays one.

    >>> refusal_in_words(Coded.of("password_too_short", least=8))
    'The password is too short; take at least 8 characters.'
    >>> refusal_in_words(Coded.of("no_such_user", name="noa"))
    'There is no user noa.'
    """
    return _worded(SENTENCES, why)


def refusal_for_commands(why: Coded) -> str:
    """The same for the command line, which is told the command that helps.

    >>> refusal_for_commands(Coded.of("no_such_user", name="noa"))
    'There is no user noa; textback user add noa makes one.'
    """
    return _worded(SENTENCES | WITH_COMMANDS, why)


def _worded(sentences: dict[str, str], why: Coded) -> str:
    return gettext(sentences[why.code], **why.values) if why.code in sentences else why.to_text()
