"""The sentences for what is wrong: one for each code of a modem, a text, a line, the clock, block lists and the
database, with what to do about it; and that the shop is closed for now."""

from datetime import UTC, datetime, timedelta

from bridge.rules.troubles import (
    BoxTrouble,
    ClosedForNow,
    DatabaseTrouble,
    FileTrouble,
    ListTrouble,
    TimeTeller,
)
from bridge.words import times
from bridge.words.catalogue import N_, gettext
from modem.contract import Coded, Trouble, TroubleCode, Value

SENTENCES: dict[str, str] = {
    TroubleCode.PORT_MISSING: N_(
        "There is no port {path}. Plug the modem in, or correct port under [modem] in config.ini."
    ),
    TroubleCode.PORT_FORBIDDEN: N_(
        "This box's user may not open {path}. Add it to the group dialout and restart."
    ),
    TroubleCode.PORT_HELD: N_("{holder} holds {path}. {remedy}"),
    TroubleCode.PORT_NOT_SERIAL: N_("{path} is not a serial port. Correct port under [modem] in config.ini."),
    TroubleCode.PORT_IS_FOLDER: N_(
        "{path} is a folder, not a port. Correct port under [modem] in config.ini."
    ),
    TroubleCode.PORT_NOT_OPENED: N_("The port {path} cannot be opened: {error}."),
    TroubleCode.NO_MODEM: N_(
        "No modem is plugged in. Plug it in, or name its port in config.ini under [modem] port. {ports}"
    ),
    TroubleCode.NO_MODEM_ANSWERS: N_("No modem answers. {tried} {ports}"),
    TroubleCode.MODEM_GONE: N_(
        "The modem on {path} is gone ({error}). Is it plugged in, and its power strong enough?"
    ),
    TroubleCode.MODEM_HUNG_UP: N_(
        "The modem on {path} is gone (it hung up). Is it plugged in, and its power strong enough?"
    ),
    TroubleCode.MODEM_SILENT: N_("The modem on {path} does not answer ({command})."),
    TroubleCode.MODEM_RESTARTED: N_(
        "The modem restarted by itself; it is being set up again. Is its power strong enough?"
    ),
    TroubleCode.AT_FAILS: N_("The modem answers AT with an error. Unplug it and plug it in again."),
    TroubleCode.NOT_THE_NAMED_MODEM: N_(
        "This modem is not the one that config.ini names (IMEI {imei}, ICCID {iccid})."
    ),
    TroubleCode.MODEM_OF_ANOTHER_LINE: N_("This modem holds the SIM of another line."),
    TroubleCode.SETTING_UP: N_("The modem is being set up."),
    TroubleCode.LINE_BUSY: N_("The line was busy."),
    TroubleCode.NO_NOTE: N_(
        "The disk takes no notes, so no text may go out; see what the status page says of the disk."
    ),
    TroubleCode.SIM_MISSING: N_(
        "There is no SIM in the modem. Put the shop's SIM in and plug the modem in again."
    ),
    TroubleCode.SIM_PIN: N_(
        "The SIM asks for its PIN. Write it into config.ini under [modem] as pin, or switch the PIN off in a phone."
    ),
    TroubleCode.SIM_PUK: N_(
        "The SIM is locked and asks for its PUK. Unlock it in a phone with the PUK of your contract."
    ),
    TroubleCode.SIM_SILENT: N_(
        "The SIM does not answer. Take it out, wipe its contacts and put it in again."
    ),
    TroubleCode.SIM_NOT_TAKEN: N_("The modem refuses this SIM. Is it locked to another operator?"),
    TroubleCode.SIM_NOT_READY: N_(
        "The SIM does not become ready. Take it out, wipe its contacts and put it in again."
    ),
    TroubleCode.PIN_REFUSED: N_(
        "The SIM refused the PIN in config.ini. It is not tried again, since three wrong ones lock the SIM: "
        "correct pin under [modem] and restart the box."
    ),
    TroubleCode.PIN_TRIED: N_(
        "Somebody has entered a wrong PIN into this SIM before, so the box does not try its own: three wrong ones lock the "
        "SIM. Put the SIM into a phone, enter its PIN there once, and put it back."
    ),
    TroubleCode.NO_PROMPT: N_("The modem did not ask for the text."),
    TroubleCode.NO_REFERENCE: N_("The modem said OK without a reference."),
    TroubleCode.NOT_ENCODED: N_("{detail}"),
    TroubleCode.REFUSED: N_("The modem refused the text ({final})."),
    TroubleCode.REFUSED_BARRED: N_(
        "The operator bars this text: is there credit on the SIM, and is it allowed to send texts? ({final})."
    ),
    TroubleCode.REFUSED_BY_NETWORK: N_("The network refused the text ({final})."),
    TroubleCode.REFUSED_CENTRE_BUSY: N_("The operator's text centre is busy ({final})."),
    TroubleCode.REFUSED_CENTRE_CONTRACT: N_(
        "This SIM has no contract with the operator's text centre ({final})."
    ),
    TroubleCode.REFUSED_CENTRE_FAILED: N_("The operator's text centre failed ({final})."),
    TroubleCode.REFUSED_CENTRE_FORM: N_("The operator's text centre refused the form of the text ({final})."),
    TroubleCode.REFUSED_CENTRE_HAS_IT: N_("The text centre has this text already ({final})."),
    TroubleCode.REFUSED_CENTRE_UNKNOWN: N_(
        "The SIM does not know the number of the operator's text centre ({final})."
    ),
    TroubleCode.REFUSED_EMERGENCY_ONLY: N_("The network lets this SIM make emergency calls only ({final})."),
    TroubleCode.REFUSED_FORM: N_("The modem or the network did not take the form of the text ({final})."),
    TroubleCode.REFUSED_MODEM_FAILED: N_("The modem failed ({final})."),
    TroubleCode.REFUSED_MODEM_NOT_NOW: N_("The modem does not allow it now ({final})."),
    TroubleCode.REFUSED_MODEM_NOT_READY: N_("The modem is not ready yet ({final})."),
    TroubleCode.REFUSED_MOMENT: N_("The network failed for a moment ({final})."),
    TroubleCode.REFUSED_NETWORKS_DIFFER: N_("The networks do not understand each other ({final})."),
    TroubleCode.REFUSED_NOT_ALLOWED: N_("The operator does not allow this SIM to send texts ({final})."),
    TroubleCode.REFUSED_NO_NETWORK: N_("There is no network ({final})."),
    TroubleCode.REFUSED_NUMBER_BARRED: N_("The operator bars texts to this number ({final})."),
    TroubleCode.REFUSED_NUMBER_INVALID: N_("The number is not valid ({final})."),
    TroubleCode.REFUSED_NUMBER_MISSING: N_("The number does not exist ({final})."),
    TroubleCode.REFUSED_NUMBER_OUT: N_("The number is out of service at present ({final})."),
    TroubleCode.REFUSED_NUMBER_UNKNOWN: N_(
        "The network does not know the number, or not this SIM ({final})."
    ),
    TroubleCode.REFUSED_OUTAGE: N_("The network is out of order ({final})."),
    TroubleCode.REFUSED_OVERLOADED: N_("The network is overloaded ({final})."),
    TroubleCode.REFUSED_RADIO_LOST: N_("The radio link was lost ({final})."),
    TroubleCode.REFUSED_SIM_BUSY: N_("The SIM is busy ({final})."),
    TroubleCode.REFUSED_SIM_FAILED: N_("The SIM failed ({final})."),
    TroubleCode.REFUSED_SIM_MISSING: N_("There is no SIM in the modem ({final})."),
    TroubleCode.REFUSED_SIM_NOT_TAKEN: N_("The modem does not take this SIM ({final})."),
    TroubleCode.REFUSED_SIM_PIN: N_("The SIM asks for its PIN ({final})."),
    TroubleCode.REFUSED_SIM_PIN2: N_("The SIM asks for a second PIN ({final})."),
    TroubleCode.REFUSED_SIM_PUK: N_("The SIM asks for its PUK ({final})."),
    TroubleCode.REFUSED_SIM_PUK2: N_("The SIM asks for a second PUK ({final})."),
    TroubleCode.REFUSED_STORAGE_FAILED: N_("The storage for texts failed ({final})."),
    TroubleCode.REFUSED_STORAGE_FULL: N_("The storage for texts is full ({final})."),
    TroubleCode.REFUSED_TIMEOUT: N_("The network did not answer in time ({final})."),
    TroubleCode.REFUSED_UNEXPLAINED: N_(
        "The modem failed and does not say why (no credit and no network are common) ({final})."
    ),
    BoxTrouble.NOT_REGISTERED: N_(
        "The SIM is not registered and the modem is not looking for a network. Is the antenna on, and is there a contract?"
    ),
    BoxTrouble.SEARCHING: N_(
        "The modem is looking for a network. Put it near a window, or give it a better antenna."
    ),
    BoxTrouble.REFUSED_SIM: N_(
        "The network refuses this SIM. Ask the operator whether it is active and allowed in this modem."
    ),
    BoxTrouble.REGISTRATION_UNKNOWN: N_(
        "The modem does not know whether it is registered. Is the antenna on?"
    ),
    BoxTrouble.EMERGENCY_ONLY: N_(
        "The network lets this SIM make emergency calls only. Ask the operator whether the SIM is active."
    ),
    BoxTrouble.NO_CALLS: N_(
        "The SIM is on the network for texts and data, not for calls: callers hear that nobody is there. This network may "
        "need VoLTE, or the plan has no voice. Ask the operator, and call the box to see."
    ),
    BoxTrouble.STORAGE_NEARLY_FULL: N_("The memory for texts ({storage}) is nearly full, {used} of {total}."),
    BoxTrouble.STORAGE_FULL: N_(
        "The memory for texts ({storage}) is full: no text can come in, {used} of {total}."
    ),
    BoxTrouble.STARTING: N_("The modem is being started."),
    BoxTrouble.QUEUE_STOPPED: N_("No text goes out. {why}"),
    BoxTrouble.CONFIG_OPEN: N_(
        "{file} holds a PIN or a password, and everybody on this machine may read it: sudo chmod o= {file}"
    ),
    BoxTrouble.CLOCK_BEFORE_RELEASE: N_(
        "The box's clock shows {shown} UTC, which is before this program was made."
    ),
    BoxTrouble.CLOCK_BEFORE_ROWS: N_(
        "The box's clock shows {shown} UTC, but something was stored at {stored}."
    ),
    BoxTrouble.CLOCK_DIFFERS: N_("The box's clock shows {shown} UTC, {source} {told}."),
    BoxTrouble.CLOCK_MOVED_FORWARD: N_("The box's clock was moved forward by {lasted}."),
    BoxTrouble.CLOCK_MOVED_BACK: N_("The box's clock was moved back by {lasted}."),
    BoxTrouble.PUT_ASIDE: N_(
        "{what} could not be stored and was put aside; nothing else waits for it. `textback aside` shows what it was."
    ),
    BoxTrouble.NOT_READ_FROM_ROWS: N_("The box cannot send what is stored of this text. Write it again."),
    BoxTrouble.LEFT_SENDING: N_("The box stopped while this text was on its way."),
    BoxTrouble.UNDELIVERED: N_("The network could not deliver it. {why}"),
    BoxTrouble.PHONE_TAKES_NO_TEXTS: N_("The phone there takes no texts."),
    BoxTrouble.NUMBER_UNREACHABLE: N_("The number cannot be reached."),
    BoxTrouble.NETWORK_TAKES_NO_TEXTS: N_("Its network takes no texts."),
    ListTrouble.BEING_READ: N_("The block lists are being read; automatic texts wait for that."),
    ListTrouble.NOT_FOUND: N_(
        "The block list {list} cannot be read: {error}. Correct blocklists in config.ini."
    ),
    ListTrouble.UNREADABLE: N_("The block list {list} cannot be read: {error}."),
    ListTrouble.NO_PREFIX: N_(
        "{list}, line {line}: {text} is no prefix; write at least {least} digits and *."
    ),
    ListTrouble.NO_NUMBER: N_(
        "{list}, line {line}: {text} is no phone number; write one such as +44 7400 123456."
    ),
    ListTrouble.NO_EXPRESSION: N_("{list}, line {line}: {text} is no expression that can be used: {error}."),
    ListTrouble.LARGE_EXPRESSION: N_(
        "{list}, line {line}: {text} is no expression that can be used: it is empty or too long."
    ),
    ListTrouble.MANY_EXPRESSIONS: N_(
        "{list}, line {line}: {text} is no expression that can be used: those before it take all the memory that a list "
        "may take."
    ),
    ListTrouble.BLOCKS_EVERYBODY: N_(
        "{list}, line {line}: {text} is no expression that can be used: it would block everybody."
    ),
    ListTrouble.MORE: N_("And {more} more lines."),
    ClosedForNow.OPEN_END: N_("The shop is closed for now."),
    ClosedForNow.UNTIL: N_("The shop is closed for now; it opens {then}."),
    DatabaseTrouble.LOCKED: N_(
        "Another program holds the database. Nothing is lost; calls and texts are stored as soon as it lets go. "
        "Close other programs that have the database open."
    ),
    DatabaseTrouble.DISK_FULL: N_(
        "The disk is full. Nothing is lost yet, but no text goes out until there is room: "
        "delete files that nobody needs, or put a larger card in."
    ),
    DatabaseTrouble.QUOTA: N_(
        "The box's user may take no more room on the disk. Nothing is lost yet, but no text goes out until there is room: "
        "raise the quota, or delete files that nobody needs."
    ),
    DatabaseTrouble.READ_ONLY_DISK: N_(
        "The disk may only be read. The system makes it so when the card or disk fails: make a copy of what is on it, and "
        "replace it."
    ),
    DatabaseTrouble.READ_ONLY: N_(
        "The database may not be written. Give the box's user the right to write the file and its folder."
    ),
    DatabaseTrouble.NOT_OPENED: N_(
        "The database cannot be opened. Does its folder exist, and may the box's user write there?"
    ),
    DatabaseTrouble.DISK_FAILS: N_(
        "The card or disk fails on reading or writing. Make a backup and replace it soon."
    ),
    DatabaseTrouble.DAMAGED: N_("The database file is damaged. Put the last backup in its place."),
    DatabaseTrouble.NO_DATABASE: N_(
        "The file named as the database is none. Correct database under [storage] in config.ini."
    ),
    DatabaseTrouble.AWAY: N_(
        "The database server cannot be reached. Nothing is lost yet: calls and texts are stored as soon as it is back, and no "
        "text goes out until then. Is the server running, and the network well?"
    ),
    DatabaseTrouble.NOT_LET_IN: N_(
        "The database server does not let the box in. Correct the user, the password and the name of the database in "
        "config.ini under [storage]."
    ),
    DatabaseTrouble.MISSING: N_("The database is gone: there is no file where it had been."),
    DatabaseTrouble.EMPTIED: N_("The database is gone: its file is empty."),
    DatabaseTrouble.REPLACED: N_("Another database lies where the box's own had been."),
    DatabaseTrouble.BEGUN_ANEW: N_(
        "The database was damaged. It lies in {kept} now, and what comes is kept in a new one."
    ),
    DatabaseTrouble.PUT_BACK: N_(
        "The database file was deleted while the box ran. The box has written it anew, with all that was in it."
    ),
    DatabaseTrouble.OTHER_PUT_ASIDE: N_(
        "Another file was put in the database's place while the box ran. The box has put its own back; the other one lies "
        "in {kept} now."
    ),
    DatabaseTrouble.NOT_SOUND: N_("A check of all its pages has found the database damaged."),
    DatabaseTrouble.OLDER_COPY: N_(
        "The database is an older copy, from before what the box had stored last. Opt-outs of in between are not in it; texts "
        "that waited then are not sent."
    ),
    DatabaseTrouble.FAILS: N_("The database fails: {error}."),
    FileTrouble.DISK_FULL: N_("The disk is full: delete files that nobody needs, or put a larger card in."),
    FileTrouble.QUOTA: N_(
        "The box's user may take no more room on the disk: raise the quota, or delete files that nobody needs."
    ),
    FileTrouble.READ_ONLY_DISK: N_(
        "The disk may only be read, as is so after the card or disk has failed: make a copy of what is on it, and replace it."
    ),
    FileTrouble.NOT_ALLOWED: N_("Give the box's user the right to read and write it and its folder."),
    FileTrouble.DISK_FAILS: N_("The card or disk fails: make a copy of what is on it, and replace it soon."),
    FileTrouble.NOT_THERE: N_("Is the path right, and is its folder there?"),
    FileTrouble.FAILS: N_("The system says: {error}."),
}
# What is said behind those that have it in common.
SET_CLOCK = N_("Connect the box to the internet or set its clock.")
LEFT_OVER = N_(
    "What the box has stored is deleted from it; the rest was there before, such as drafts of a phone. Delete it in a phone."
)
DECIDE = N_(
    "Automatic texts stand still until somebody decides: put the last backup in its place, or let them go on (status page, "
    "or textback database accept)."
)
ADVICE: dict[str, str] = {
    BoxTrouble.CLOCK_BEFORE_RELEASE: SET_CLOCK,
    BoxTrouble.CLOCK_BEFORE_ROWS: SET_CLOCK,
    BoxTrouble.CLOCK_DIFFERS: SET_CLOCK,
    BoxTrouble.STORAGE_NEARLY_FULL: LEFT_OVER,
    BoxTrouble.STORAGE_FULL: LEFT_OVER,
    DatabaseTrouble.MISSING: DECIDE,
    DatabaseTrouble.EMPTIED: DECIDE,
    DatabaseTrouble.REPLACED: DECIDE,
    DatabaseTrouble.BEGUN_ANEW: DECIDE,
    DatabaseTrouble.PUT_BACK: DECIDE,
    DatabaseTrouble.OTHER_PUT_ASIDE: DECIDE,
    DatabaseTrouble.NOT_SOUND: DECIDE,
}
# What follows the trouble of a text some parts of which went out.
PARTLY = N_("Only {sent} of {parts} parts went out.")
# How the programs that are known to sit on modems are made to let go, by the name of their process.
REMEDIES = {
    "ModemManager": N_("Let it leave modems alone: sudo systemctl mask --now ModemManager"),
    "gammu-smsd": N_("Stop it for good: sudo systemctl disable --now gammu-smsd"),
    "smsd": N_("Stop it for good: sudo systemctl disable --now smstools"),
    "wvdial": N_("Stop it."),
    "pppd": N_("Stop it: data and calls on one SIM fight."),
    "minicom": N_("Close it."),
    "picocom": N_("Close it."),
    "screen": N_("Close it."),
    "textback": N_("Another textback is at work on this modem: stop that one."),
}
STOP_IT = N_("Stop that program.")
# What was put aside.
PUT_ASIDE = {
    "text": N_("A text that came in"),
    "report": N_("A delivery report"),
    "call": N_("News of a call"),
    "news": N_("Something that the modem told"),
}
TELLERS: dict[str, str] = {
    TimeTeller.MODEM: N_("the modem's clock"),
    TimeTeller.REPORT: N_("a delivery report"),
    TimeTeller.TEXT: N_("a text"),
}


def sentence(trouble: Coded | str) -> str:
    """What people read of a trouble, or of one as a column holds it. What is no code is its own words.

    >>> sentence("sim_not_taken")
    'The modem refuses this SIM. Is it locked to another operator?'
    >>> sentence("refused_outage?final=%2BCMS%20ERROR%3A%2038&parts=3&sent=1")
    'The network is out of order (+CMS ERROR: 38). Only 1 of 3 parts went out.'
    >>> sentence("Some words of old.")
    'Some words of old.'
    """
    known = Trouble.from_text(trouble) if isinstance(trouble, str) else trouble
    template = SENTENCES.get(known.code)
    if template is None:
        return known.to_text()
    told = gettext(template, **_worded(known)).strip()
    if known.code in ADVICE:
        told = f"{told} {gettext(ADVICE[known.code])}"
    return f"{told} {gettext(PARTLY, **known.values)}" if "sent" in known.values else told


def _worded(trouble: Coded) -> dict[str, Value]:
    """The facts as they stand in the sentence: troubles, programs and sources are codes themselves."""
    facts = trouble.values
    match trouble.code:
        case TroubleCode.PORT_HELD:
            holder = str(facts["holder"])
            facts["holder"] = holder or gettext("Another program")
            facts["remedy"] = gettext(REMEDIES.get(holder, STOP_IT))
        case TroubleCode.NO_MODEM_ANSWERS:
            facts["tried"] = " ".join(map(sentence, Trouble.split(str(facts["tried"]))))
        case TroubleCode.NOT_THE_NAMED_MODEM:
            facts = {name: value or gettext("unknown") for name, value in facts.items()}
        case BoxTrouble.QUEUE_STOPPED | BoxTrouble.UNDELIVERED:
            facts["why"] = sentence(str(facts["why"]))
        case BoxTrouble.PUT_ASIDE:
            facts["what"] = gettext(PUT_ASIDE.get(str(facts["what"]), PUT_ASIDE["news"]))
        case BoxTrouble.CLOCK_DIFFERS:
            facts["source"] = gettext(TELLERS.get(str(facts["source"]), str(facts["source"])))
        case BoxTrouble.CLOCK_MOVED_FORWARD | BoxTrouble.CLOCK_MOVED_BACK:
            facts["lasted"] = times.lasted(timedelta(seconds=int(facts["seconds"])))
        case ClosedForNow.UNTIL:
            facts["then"] = then_in_words(str(facts["until"]), str(facts["now"]))
    return facts


def then_in_words(until: str, now: str) -> str:
    """When that is, as one says it now; both by the shop's clock, ISO 8601.

    >>> then_in_words("2026-03-29T09:00+01:00", "2026-03-28T23:30+00:00")
    'tomorrow at 9:00'
    """
    # What the clock on the wall shows counts, though it is put forward in between.
    shown, present = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (until, now))
    return times.then(shown, present, UTC)
