"""What becomes of requests, in words: why one was refused, for the page, the owner's texts and the command line."""

from bridge.rules.refusals import Refused
from bridge.words.catalogue import N_, gettext
from modem.contract import Coded

NOT_STORED_YET = N_("The box has received this but could not save it yet. It keeps trying.")

SENTENCES: dict[str, str] = {
    Refused.NOT_TEXTABLE: N_("{address} cannot be texted: it is not a phone number that can receive texts."),
    Refused.EMPTY_TEXT: N_("An empty text cannot be sent. Write something first."),
    Refused.TOO_MANY_PARTS: N_("This is {parts} texts long; at most {most} can be sent as one. Shorten it."),
    Refused.NOT_LATER: N_("Choose a time in the future, within the next {days} days."),
    Refused.NOT_SCHEDULED: N_("This text is no longer scheduled: it has been sent or cancelled."),
    Refused.OTHER_WORDS_SENT: N_(
        "Your first version has already been sent; it is in the conversation. Send this too if you still "
        "need to."
    ),
    Refused.OPTED_OUT: N_("This person has asked for no more texts. Confirm that you want to write anyway."),
    Refused.NOT_SENT_AGAIN: N_("This text cannot be sent again: it has been sent, or no longer exists."),
    Refused.NO_OWNERS_MOBILE: N_("The owner's mobile is not known: enter it in config.ini, [notify] sms_to."),
    Refused.NO_SERVICES: N_(
        "There is no other service yet that a test could go to. Write its address first."
    ),
    Refused.NO_SERVER: N_(
        "“{typed}” is not a server. Write its name, like ntfy.sh or https://ntfy.example.com."
    ),
    Refused.NOBODY_THERE: N_("This number is not known here."),
    Refused.UNDER_WAY: N_("A call or text from this person is in progress. Try again in a minute."),
    Refused.NO_NUMBER: N_(
        "“{typed}” is not a phone number. Write it as people dial it, or with + and the country."
    ),
    Refused.CONTACT_EXISTS: N_("{number} is in your contacts already."),
    Refused.OWN_NUMBER: N_("This is the owner's mobile, which cannot be part of another contact."),
    Refused.SAME_PERSON: N_(
        "{name} has this number. Tick the box below if it is the same person, then both become one contact."
    ),
    Refused.NO_SUCH_KIND: N_("“{kind}” is not a kind of contact."),
    Refused.NO_SUCH_MARK: N_("“{kind}” is not a mark."),
    Refused.NOTHING_TO_UNDO: N_("This can no longer be undone."),
    Refused.NO_COLLEAGUE: N_("Nobody called {name} can log in."),
    Refused.LABEL_LENGTH: N_("A label has between 1 and {most} characters."),
    Refused.NOTE_LENGTH: N_("A note can have 1 to {most} characters; this one has {length}."),
    Refused.REPLY_LENGTH: N_("A saved reply can have 1 to {most} characters."),
    Refused.REPLIES_FULL: N_("There are already {most} saved replies; delete one first."),
    Refused.NOT_STORED: N_("The box cannot save this as it was typed. Its log says more."),
    Refused.NO_BACKUP_NOW: N_("No backup is made until somebody has decided about the database."),
    Refused.NO_SUCH_LINE: N_("The box has no such line."),
    Refused.NOT_LATER_TODAY: N_("“{back}” is not a time later today. Write it like 15:00 or 3pm."),
    Refused.NOT_HOURS: N_(
        "These are not opening hours. Write them like 9-17, 9am-5pm or 9:00-12:30, 14:00-18:00; or closed, "
        "or 24h."
    ),
    Refused.NO_SUCH_TIME: N_("{time} does not exist. A day goes from 0:00 to 24:00."),
    Refused.HOURS_OVERLAP: N_(
        "Two of these times overlap. Write each part of the day once, like 9-12, 14-18."
    ),
    Refused.NEVER_OPEN: N_(
        "Write when the shop is open on the other days: with no hours at all, it counts as always open."
    ),
    Refused.ONE_COUNTRY: N_("Only one country's public holidays can be used: {first} or {second}."),
    Refused.NOT_A_DATE: N_(
        "“{typed}” is not a date. Write it like 24 December or 24.12.; several days like 24-31 December."
    ),
    Refused.NO_MONTH: N_("Write the month too, like 24 December."),
    Refused.NO_SUCH_DAY: N_("There is no such day."),
    Refused.DAY_IS_OVER: N_("{day} is already over."),
    Refused.DAY_TOO_FAR: N_("{day} is too far ahead. Check the year."),
    Refused.DAYS_REVERSED: N_("The last day, {last}, is before the first, {first}."),
    Refused.TOO_MANY_DAYS: N_("These are more than {most} closed days. Clear the weekly hours instead."),
    Refused.NO_HOOK_ADDRESS: N_(
        "This is not the address of another program. Write one such as https://example.com/hook, or "
        "http://192.168.1.5:8123/hook in the shop’s network, without a name or password in front."
    ),
    Refused.HOOK_NOT_SAFE: N_(
        "Outside of the shop’s network nothing is sent without encryption. Write https:// in front of {host}."
    ),
    Refused.HOOK_NOT_ALLOWED: N_(
        "{host} is this box itself, or no single device. If that is what you want, add {host} to allow in "
        "the section [hooks] of config.ini."
    ),
    Refused.NO_SUCH_EVENT: N_("“{event}” is not an event that this list knows. Choose one from the list."),
    Refused.NO_SUCH_HOOK: N_("There is no such hook."),
    Refused.HOOK_NAME: N_("The id of a hook has between 1 and {most} characters."),
    Refused.HOOK_OF_OTHER_LIST: N_("Another hook has this id already. Choose another id."),
    Refused.HOOKS_FULL: N_("There are already {most} hooks; remove one first."),
    Refused.SECRET_LENGTH: N_("A key for signatures has between 1 and {most} characters."),
    Refused.NOT_TOLD_AGAIN: N_("This cannot be sent again: it is still waiting, or no longer kept."),
    Refused.TAKEN_OVER: N_("Somebody else has set up this box in the meantime."),
    Refused.NO_NAME: N_("A colleague needs a name."),
    Refused.NAME_TOO_LONG: N_("This name is too long; use at most {most} characters."),
    Refused.NO_SUCH_LANGUAGE: N_("The box does not speak this language. Choose one from the list."),
    Refused.NO_SUCH_ROLE: N_("“{role}” is not a role; choose owner or staff."),
    Refused.USER_EXISTS: N_("{name} can already log in."),
    Refused.NO_SUCH_USER: N_("There is no colleague called {name}."),
    Refused.ONLY_OWNER: N_("{name} is the only owner; make somebody else an owner first."),
    Refused.NO_INVITATION: N_("There is no such invitation. See whether the whole link was copied."),
    Refused.INVITATION_USED: N_(
        "This invitation has been used. If that was you, log in; if it was not, tell the owner of the shop."
    ),
    Refused.INVITATION_TAKEN_BACK: N_("This invitation was taken back. Ask for a new one."),
    Refused.INVITATION_TOO_OLD: N_(
        "This invitation is too old: each one works for two days. Ask for a new one."
    ),
    Refused.PASSWORD_TOO_SHORT: N_("The password is too short; use at least {least} characters."),
    Refused.PASSWORD_TOO_LONG: N_("The password is too long; use at most {most} characters."),
    Refused.OLD_PASSWORD_WRONG: N_("The old password is wrong."),
    Refused.NO_KEY_NAME: N_("A key needs a name. Call it after the program that uses it."),
    Refused.KEY_EXISTS: N_("There is a key called {name} already. Choose another name, or revoke that one."),
    Refused.NO_SUCH_KEY: N_("There is no key called {name}."),
    Refused.NO_SUCH_SCOPE: N_("“{scope}” is not something that a key may do."),
    Refused.KEY_DAYS: N_("A key can hold for 1 to {most} days."),
    Refused.KEY_LINE: N_("The box has no line called {line}."),
    Refused.ID_TAKEN: N_("A text with the id {id} was sent before."),
    Refused.NO_SUBMISSION: N_("There is no text with this id."),
    Refused.NOT_PENDING: N_("This text can no longer be cancelled: it has been sent, or has failed."),
    Refused.TOKEN_USED: N_("This token was used before. Ask for a new one with your key."),
}
# Where the command line can name the command that helps. People at the page have none.
WITH_COMMANDS: dict[str, str] = {
    Refused.USER_EXISTS: N_("{name} can already log in; textback user password {name} changes the password."),
    Refused.NO_SUCH_USER: N_("There is nobody called {name}; textback user add {name} adds them."),
}


def refusal_in_words(why: Coded) -> str:
    """Why something was not done, and what would be right, for the page and for a text; a code of no refusal stays one.

    >>> refusal_in_words(Coded.of("password_too_short", least=8))
    'The password is too short; use at least 8 characters.'
    >>> refusal_in_words(Coded.of("no_such_user", name="noa"))
    'There is no colleague called noa.'
    """
    return _worded(SENTENCES, why)


def refusal_for_commands(why: Coded) -> str:
    """The same for the command line, which is told the command that helps.

    >>> refusal_for_commands(Coded.of("no_such_user", name="noa"))
    'There is nobody called noa; textback user add noa adds them.'
    """
    return _worded(SENTENCES | WITH_COMMANDS, why)


def _worded(sentences: dict[str, str], why: Coded) -> str:
    return gettext(sentences[why.code], **why.values) if why.code in sentences else why.to_text()
