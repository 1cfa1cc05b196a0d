"""The sentences for what is wrong: one for each code of a modem, a text, a line, the clock, block lists and the
database, with what to do about it; and that the shop is closed for now."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bridge.rules.backups import BackupTrouble
from bridge.rules.troubles import (
    BoxTrouble,
    ClosedForNow,
    DatabaseTrouble,
    FileTrouble,
    ListTrouble,
    MachineTrouble,
    MqttTrouble,
    TimeTeller,
)
from bridge.words import dates, times
from bridge.words.catalogue import N_, gettext, ngettext
from modem.contract import Coded, Trouble, TroubleCode, Value

SENTENCES: dict[str, str] = {
    TroubleCode.PORT_MISSING: N_(
        "There is no port {path}. Plug the modem in, or correct port under [modem] in config.ini."
    ),
    TroubleCode.PORT_FORBIDDEN: N_(
        "The box's user is not allowed to open {path}. Add that user to the group dialout and restart."
    ),
    TroubleCode.PORT_HELD: N_("{holder} is using {path}. {remedy}"),
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
        "The modem on {path} is gone ({error}). Is it plugged in, and is its power supply strong enough?"
    ),
    TroubleCode.MODEM_HUNG_UP: N_(
        "The modem on {path} is gone (it hung up). Is it plugged in, and is its power supply strong enough?"
    ),
    TroubleCode.MODEM_SILENT: N_("The modem on {path} does not answer ({command})."),
    TroubleCode.MODEM_RESTARTED: N_(
        "The modem restarted by itself and is being set up again. Is its power supply strong enough?"
    ),
    TroubleCode.AT_FAILS: N_(
        "The modem answers every command with an error. Unplug it and plug it in again."
    ),
    TroubleCode.NOT_THE_NAMED_MODEM: N_(
        "This modem is not the one that config.ini names (IMEI {imei}, ICCID {iccid})."
    ),
    TroubleCode.MODEM_OF_ANOTHER_LINE: N_("This modem holds the SIM of another line."),
    TroubleCode.SETTING_UP: N_("The modem is being set up."),
    TroubleCode.LINE_BUSY: N_("The line was busy."),
    TroubleCode.NO_NOTE: N_(
        "The disk cannot be written to, so no text can be sent; see what the status page says about the disk."
    ),
    TroubleCode.SIM_MISSING: N_(
        "There is no SIM in the modem. Put the shop's SIM in and plug the modem in again."
    ),
    TroubleCode.SIM_PIN: N_(
        "The SIM asks for its PIN. Enter it in config.ini under [modem] as pin, or switch the PIN off in a "
        "phone."
    ),
    TroubleCode.SIM_PUK: N_(
        "The SIM is locked and asks for its PUK. Unlock it in a phone with the PUK from your contract."
    ),
    TroubleCode.SIM_SILENT: N_(
        "The SIM does not answer. Take it out, wipe its contacts clean and put it in again."
    ),
    TroubleCode.SIM_NOT_TAKEN: N_("The modem refuses this SIM. Is the modem locked to another operator?"),
    TroubleCode.SIM_NOT_READY: N_(
        "The SIM does not become ready. Take it out, wipe its contacts clean and put it in again."
    ),
    TroubleCode.PIN_REFUSED: N_(
        "The SIM refused the PIN in config.ini. It is not tried again, because three wrong ones lock the "
        "SIM: correct pin under [modem] and restart the box."
    ),
    TroubleCode.PIN_TRIED: N_(
        "Somebody has entered a wrong PIN for this SIM before, so the box does not try its own: three "
        "wrong ones lock the SIM. Put the SIM into a phone, enter its PIN there once, and put it back."
    ),
    TroubleCode.NO_PROMPT: N_("The modem was not ready for the text."),
    TroubleCode.NO_REFERENCE: N_("The modem said OK but did not confirm the text."),
    TroubleCode.NOT_ENCODED: N_("{detail}"),
    TroubleCode.REFUSED: N_("The modem refused the text ({final})."),
    TroubleCode.REFUSED_BARRED: N_(
        "The operator blocks this text: is there credit on the SIM, and can it send texts? ({final})."
    ),
    TroubleCode.REFUSED_BY_NETWORK: N_("The network refused the text ({final})."),
    TroubleCode.REFUSED_CENTRE_BUSY: N_("The operator's text centre is busy ({final})."),
    TroubleCode.REFUSED_CENTRE_CONTRACT: N_(
        "This SIM is not signed up with the operator's text centre ({final})."
    ),
    TroubleCode.REFUSED_CENTRE_FAILED: N_("The operator's text centre failed ({final})."),
    TroubleCode.REFUSED_CENTRE_FORM: N_(
        "The operator's text centre refused the format of the text ({final})."
    ),
    TroubleCode.REFUSED_CENTRE_HAS_IT: N_("The text centre already has this text ({final})."),
    TroubleCode.REFUSED_CENTRE_UNKNOWN: N_(
        "The SIM does not know the number of the operator's text centre ({final})."
    ),
    TroubleCode.REFUSED_EMERGENCY_ONLY: N_("The network only lets this SIM make emergency calls ({final})."),
    TroubleCode.REFUSED_FORM: N_("The modem or the network did not accept the format of the text ({final})."),
    TroubleCode.REFUSED_MODEM_FAILED: N_("The modem failed ({final})."),
    TroubleCode.REFUSED_MODEM_NOT_NOW: N_("The modem does not allow this now ({final})."),
    TroubleCode.REFUSED_MODEM_NOT_READY: N_("The modem is not ready yet ({final})."),
    TroubleCode.REFUSED_MOMENT: N_("The network failed for a moment ({final})."),
    TroubleCode.REFUSED_NETWORKS_DIFFER: N_("The networks could not work together ({final})."),
    TroubleCode.REFUSED_NOT_ALLOWED: N_("The operator does not allow this SIM to send texts ({final})."),
    TroubleCode.REFUSED_NO_NETWORK: N_("There is no network ({final})."),
    TroubleCode.REFUSED_NUMBER_BARRED: N_("The operator blocks texts to this number ({final})."),
    TroubleCode.REFUSED_NUMBER_INVALID: N_("The number is not valid ({final})."),
    TroubleCode.REFUSED_NUMBER_MISSING: N_("The number does not exist ({final})."),
    TroubleCode.REFUSED_NUMBER_OUT: N_("The number is out of service at the moment ({final})."),
    TroubleCode.REFUSED_NUMBER_UNKNOWN: N_("The network does not know the number, or this SIM ({final})."),
    TroubleCode.REFUSED_OUTAGE: N_("The network is out of order ({final})."),
    TroubleCode.REFUSED_OVERLOADED: N_("The network is overloaded ({final})."),
    TroubleCode.REFUSED_RADIO_LOST: N_("The radio link was lost ({final})."),
    TroubleCode.REFUSED_SIM_BUSY: N_("The SIM is busy ({final})."),
    TroubleCode.REFUSED_SIM_FAILED: N_("The SIM failed ({final})."),
    TroubleCode.REFUSED_SIM_MISSING: N_("There is no SIM in the modem ({final})."),
    TroubleCode.REFUSED_SIM_NOT_TAKEN: N_("The modem does not accept this SIM ({final})."),
    TroubleCode.REFUSED_SIM_PIN: N_("The SIM asks for its PIN ({final})."),
    TroubleCode.REFUSED_SIM_PIN2: N_("The SIM asks for a second PIN ({final})."),
    TroubleCode.REFUSED_SIM_PUK: N_("The SIM asks for its PUK ({final})."),
    TroubleCode.REFUSED_SIM_PUK2: N_("The SIM asks for a second PUK ({final})."),
    TroubleCode.REFUSED_STORAGE_FAILED: N_("The text memory failed ({final})."),
    TroubleCode.REFUSED_STORAGE_FULL: N_("The text memory is full ({final})."),
    TroubleCode.REFUSED_TIMEOUT: N_("The network did not answer in time ({final})."),
    TroubleCode.REFUSED_UNEXPLAINED: N_(
        "The modem failed and does not say why (often there is no credit or no network) ({final})."
    ),
    BoxTrouble.NOT_REGISTERED: N_(
        "The SIM is not on a network and the modem is not looking for one. Is the antenna connected, and "
        "is the plan active?"
    ),
    BoxTrouble.SEARCHING: N_(
        "The modem is looking for a network. Put it near a window, or use a better antenna."
    ),
    BoxTrouble.REFUSED_SIM: N_(
        "The network refuses this SIM. Ask the operator whether it is active and allowed in this modem."
    ),
    BoxTrouble.REGISTRATION_UNKNOWN: N_(
        "The modem does not know whether it is on a network. Is the antenna connected?"
    ),
    BoxTrouble.EMERGENCY_ONLY: N_(
        "The network only lets this SIM make emergency calls. Ask the operator whether the SIM is active."
    ),
    BoxTrouble.NO_CALLS: N_(
        "The SIM is on the network for texts and data but not for calls: callers are told that nobody can "
        "be reached. The network may need VoLTE (calls over 4G), or the plan has no calls. Ask the "
        "operator, then call the box to check."
    ),
    BoxTrouble.STORAGE_NEARLY_FULL: N_("The text memory ({storage}) is nearly full: {used} of {total}."),
    BoxTrouble.STORAGE_FULL: N_(
        "The text memory ({storage}) is full, so no text can arrive: {used} of {total}."
    ),
    BoxTrouble.STARTING: N_("The modem is being started."),
    BoxTrouble.QUEUE_STOPPED: N_("No texts are being sent. {why}"),
    BoxTrouble.CONFIG_OPEN: N_(
        "{file} holds a PIN or a password, and anybody on this machine can read it: sudo chmod o= {file}"
    ),
    BoxTrouble.CONFIG: N_("config.ini has a mistake, so the settings from before stay in effect. {problems}"),
    BoxTrouble.CLOCK_BEFORE_RELEASE: N_(
        "The box's clock shows {shown} UTC, which is before this program was made."
    ),
    BoxTrouble.CLOCK_BEFORE_ROWS: N_(
        "The box's clock shows {shown} UTC, but something was saved at {stored}."
    ),
    BoxTrouble.CLOCK_DIFFERS: N_("The box's clock shows {shown} UTC, but it should be {told} UTC."),
    BoxTrouble.CLOCK_MOVED_FORWARD: N_("The box's clock was moved forward by {lasted}."),
    BoxTrouble.CLOCK_MOVED_BACK: N_("The box's clock was moved back by {lasted}."),
    BoxTrouble.PUT_ASIDE: N_(
        "Something the modem said could not be saved and was put aside; nothing else is held up by it. "
        "`textback aside` shows what it was."
    ),
    BoxTrouble.NOT_READ_FROM_ROWS: N_("The box cannot send this text as it is stored. Write it again."),
    BoxTrouble.LEFT_SENDING: N_("The box stopped while this text was being sent."),
    BoxTrouble.UNDELIVERED: N_("The network could not deliver it. {why}"),
    BoxTrouble.PHONE_TAKES_NO_TEXTS: N_("The phone does not accept texts."),
    BoxTrouble.NUMBER_UNREACHABLE: N_("The number cannot be reached."),
    BoxTrouble.NETWORK_TAKES_NO_TEXTS: N_("Their network does not accept texts."),
    ListTrouble.BEING_READ: N_(
        "The block lists are being read; automatic texts wait until that is finished."
    ),
    ListTrouble.NOT_FOUND: N_(
        "The block list {list} cannot be read: {error}. Correct blocklists in config.ini."
    ),
    ListTrouble.UNREADABLE: N_("The block list {list} cannot be read: {error}."),
    ListTrouble.NO_PREFIX: N_(
        "{list}, line {line}: {text} is not the start of a number; write at least {least} digits and *."
    ),
    ListTrouble.NO_NUMBER: N_(
        "{list}, line {line}: {text} is not a phone number; write one such as +44 7400 123456."
    ),
    ListTrouble.NO_EXPRESSION: N_("{list}, line {line}: {text} is not a pattern that can be used: {error}."),
    ListTrouble.LARGE_EXPRESSION: N_(
        "{list}, line {line}: {text} is not a pattern that can be used: it is empty or too long."
    ),
    ListTrouble.MANY_EXPRESSIONS: N_(
        "{list}, line {line}: {text} is not a pattern that can be used: the patterns before it take all "
        "the memory that a list may use."
    ),
    ListTrouble.BLOCKS_EVERYBODY: N_(
        "{list}, line {line}: {text} is not a pattern that can be used: it would block everybody."
    ),
    ListTrouble.MORE: N_("Other lines with mistakes: {more}."),
    ClosedForNow.OPEN_END: N_("The shop is closed for now."),
    ClosedForNow.UNTIL: N_("The shop is closed for now; it opens {then}."),
    BackupTrouble.NO_BACKUP: N_("{file} is not a backup of textback."),
    BackupTrouble.CUT_OFF: N_("{file} is not whole: its end is missing, so it was not restored."),
    BackupTrouble.CHANGED: N_(
        "{file} was changed after it was made, so it was not restored: {part} differs."
    ),
    BackupTrouble.NEWER: N_("{file} was made by textback {version}, which is newer. Update textback first."),
    BackupTrouble.LOCKED: N_("{file} is protected by a passphrase."),
    BackupTrouble.WRONG_PASSPHRASE: N_("This is not the passphrase of {file}."),
    BackupTrouble.NO_FILE: N_(
        "The database is on a server, which has tools of its own for backups, such as pg_dump."
    ),
    BackupTrouble.DAMAGED: N_("The database is damaged, so no backup can be made or restored from it."),
    BackupTrouble.NO_ROOM: N_(
        "There is too little room on the disk to make a backup: {needed} MB are needed. Delete files nobody "
        "needs, or use a larger card."
    ),
    BackupTrouble.NOT_MADE: N_("The backup could not be made. {why}"),
    BackupTrouble.NOT_RESTORED: N_("The backup could not be restored. {why}"),
    BackupTrouble.NOT_COPIED: N_("The backup was made, but it could not be copied to {folder}. {why}"),
    BackupTrouble.NOT_ENDED: N_(
        "The last backup has not ended for {hours} hours, so no further one is made. Is a folder or share for copies not "
        "answering? Connect it again, or restart the box."
    ),
    DatabaseTrouble.LOCKED: N_(
        "Another program is using the database. Nothing is lost; calls and texts are saved as soon as it "
        "lets go. Close other programs that have the database open."
    ),
    DatabaseTrouble.DISK_FULL: N_(
        "The disk is full. Nothing is lost yet, but no text is sent until there is room: delete files "
        "nobody needs, or use a larger card."
    ),
    DatabaseTrouble.QUOTA: N_(
        "The box's user has used up its share of the disk. Nothing is lost yet, but no text is sent until "
        "there is room: raise the quota, or delete files nobody needs."
    ),
    DatabaseTrouble.READ_ONLY_DISK: N_(
        "The disk is read-only. The system does this when the card or disk fails: copy what is on it, and "
        "replace it."
    ),
    DatabaseTrouble.READ_ONLY: N_(
        "The database cannot be written to. Give the box's user permission to write to the file and its "
        "folder."
    ),
    DatabaseTrouble.NOT_OPENED: N_(
        "The database cannot be opened. Does its folder exist, and can the box's user write there?"
    ),
    DatabaseTrouble.DISK_FAILS: N_("The card or disk has errors. Make a backup and replace it soon."),
    DatabaseTrouble.DAMAGED: N_("The database file is damaged. Put the last backup in its place."),
    DatabaseTrouble.NO_DATABASE: N_(
        "The file named as the database is not a database. Correct database under [storage] in config.ini."
    ),
    DatabaseTrouble.NEWER: N_(
        "The database was written by a newer release of textback. Install that release again, or put a "
        "backup of this one in its place."
    ),
    DatabaseTrouble.AWAY: N_(
        "The database server cannot be reached. Nothing is lost yet: calls and texts are saved as soon as "
        "it is back, and no text is sent until then. Is the server running, and is the network working?"
    ),
    DatabaseTrouble.NOT_LET_IN: N_(
        "The database server refuses the box. Correct the user, the password and the name of the database "
        "in config.ini under [storage]."
    ),
    DatabaseTrouble.MISSING: N_("The database is gone: its file no longer exists."),
    DatabaseTrouble.EMPTIED: N_("The database is gone: its file is empty."),
    DatabaseTrouble.REPLACED: N_("There is a different database where the box's own used to be."),
    DatabaseTrouble.BEGUN_ANEW: N_(
        "The database was damaged. It is now in {kept}, and new calls and texts are saved in a new one."
    ),
    DatabaseTrouble.PUT_BACK: N_(
        "The database file was deleted while the box was running. The box has written it again, with "
        "everything that was in it."
    ),
    DatabaseTrouble.OTHER_PUT_ASIDE: N_(
        "Another file was put in the database's place while the box was running. The box has put its own "
        "back; the other one is now in {kept}."
    ),
    DatabaseTrouble.NOT_SOUND: N_("A full check found that the database is damaged."),
    DatabaseTrouble.OLDER_COPY: N_(
        "The database is an older copy, from before the last things the box saved. Opt-outs made since "
        "then are missing; texts that were waiting are not sent."
    ),
    DatabaseTrouble.FAILS: N_("The database does not work: {error}."),
    MachineTrouble.WEAK_POWER: N_(
        "The power supply is too weak: the voltage drops too low, and the modem or the card may fail. Use the "
        "power supply made for this Pi, and a hub with its own power supply for the modem."
    ),
    MachineTrouble.HOT: N_(
        "The box is too hot, over 80 °C. Give it more air: move it out of a closed cupboard and away from heating "
        "and sun, or fit a heat sink."
    ),
    MachineTrouble.NEARLY_FULL: N_(
        "The disk is nearly full. When it is full, no text can be sent: delete files nobody needs, or use a larger "
        "card."
    ),
    MachineTrouble.CARD_ERRORS: N_(
        "The system reports errors on the card or disk. Make a backup now, and replace it before it fails for good."
    ),
    MachineTrouble.READ_ONLY: N_(
        "The system has stopped writing to the card or disk, so nothing new is saved. This happens when it fails: "
        "copy what is on it, and replace it."
    ),
    MachineTrouble.NOT_KEPT: N_(
        "Everything the box saves is lost when it restarts, even who has asked for no more texts: the overlay file "
        "system is on. Turn it off: sudo raspi-config, Performance Options, Overlay File System."
    ),
    MachineTrouble.NO_LED: N_("The LED {led} cannot be used as a signal: {error}."),
    MqttTrouble.AWAY: N_(
        "The MQTT broker at {broker} cannot be reached: {error}. Is it on, and is url under [mqtt] right?"
    ),
    MqttTrouble.NOT_LET_IN: N_(
        "The MQTT broker at {broker} does not let the box in. Correct name and password in url under [mqtt]."
    ),
    MqttTrouble.GONE: N_("The MQTT broker at {broker} is gone. The box tries to reach it again."),
    FileTrouble.DISK_FULL: N_("The disk is full: delete files nobody needs, or use a larger card."),
    FileTrouble.QUOTA: N_(
        "The box's user has used up its share of the disk: raise the quota, or delete files nobody needs."
    ),
    FileTrouble.READ_ONLY_DISK: N_(
        "The disk is read-only, which happens after the card or disk has failed: copy what is on it, and "
        "replace it."
    ),
    FileTrouble.NOT_ALLOWED: N_("Give the box's user permission to read and write it and its folder."),
    FileTrouble.DISK_FAILS: N_("The card or disk is failing: copy what is on it, and replace it soon."),
    FileTrouble.NOT_THERE: N_("Is the path right, and does its folder exist?"),
    FileTrouble.FAILS: N_("The system says: {error}."),
}
# What is said behind those that have it in common.
SET_CLOCK = N_("Connect the box to the internet or set its clock.")
LEFT_OVER = N_(
    "The box deletes from this memory what it has saved; the rest was there before, such as drafts "
    "from a phone. Delete it in a phone."
)
DECIDE = N_(
    "Automatic texts are stopped until somebody decides: put the last backup in its place, or resume "
    "texts (status page, or textback database accept)."
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
    "ModemManager": N_("Make it leave modems alone: sudo systemctl mask --now ModemManager"),
    "gammu-smsd": N_("Stop it for good: sudo systemctl disable --now gammu-smsd"),
    "smsd": N_("Stop it for good: sudo systemctl disable --now smstools"),
    "wvdial": N_("Stop it."),
    "pppd": N_("Stop it: data and calls on one SIM get in each other's way."),
    "minicom": N_("Close it."),
    "picocom": N_("Close it."),
    "screen": N_("Close it."),
    "textback": N_("Another textback is using this modem: stop that one."),
}
STOP_IT = N_("Stop that program.")
# The sentence of what was put aside, by what it was; SENTENCES has that of anything else.
PUT_ASIDE = {
    "text": N_(
        "An incoming text could not be saved and was put aside; nothing else is held up by it. "
        "`textback aside` shows what it was."
    ),
    "report": N_(
        "A delivery report could not be saved and was put aside; nothing else is held up by it. "
        "`textback aside` shows what it was."
    ),
    "call": N_(
        "News of a call could not be saved and was put aside; nothing else is held up by it. "
        "`textback aside` shows what it was."
    ),
}
# The sentence of a clock that differs, by who told another time.
TELLERS: dict[str, str] = {
    TimeTeller.MODEM: N_("The box's clock shows {shown} UTC, but the modem's clock shows {told} UTC."),
    TimeTeller.REPORT: N_("The box's clock shows {shown} UTC, but a delivery report says {told} UTC."),
    TimeTeller.TEXT: N_("The box's clock shows {shown} UTC, but a text says {told} UTC."),
}


def sentence(trouble: Coded | str) -> str:
    """What people read of a trouble, or of one as a column holds it. What is no code is its own words.

    >>> sentence("sim_not_taken")
    'The modem refuses this SIM. Is the modem locked to another operator?'
    >>> sentence("refused_outage?final=%2BCMS%20ERROR%3A%2038&parts=3&sent=1")
    'The network is out of order (+CMS ERROR: 38). Only 1 of 3 parts went out.'
    >>> sentence("Some words of old.")
    'Some words of old.'
    """
    known = Trouble.from_text(trouble) if isinstance(trouble, str) else trouble
    template = SENTENCES.get(known.code)
    if template is None:
        return known.to_text()
    if known.code == BoxTrouble.CLOCK_DIFFERS:
        template = TELLERS.get(str(known.values.get("source")), template)
    elif known.code == BoxTrouble.PUT_ASIDE:
        template = PUT_ASIDE.get(str(known.values.get("what")), template)
    told = gettext(template, **_worded(known)).strip()
    if known.code in ADVICE:
        told = f"{told} {gettext(ADVICE[known.code])}"
    if people := int(known.values.get("people") or 0):
        saved = ngettext(
            "{number} person in it who must not be texted was added here.",
            "{number} people in it who must not be texted were added here.",
            people,
        )
        return f"{told} {saved}"
    return f"{told} {gettext(PARTLY, **known.values)}" if "sent" in known.values else told


def _worded(trouble: Coded) -> dict[str, Value]:
    """The facts as they stand in the sentence: troubles, and programs are codes themselves."""
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
        case (
            BoxTrouble.QUEUE_STOPPED
            | BoxTrouble.UNDELIVERED
            | BackupTrouble.NOT_MADE
            | BackupTrouble.NOT_COPIED
            | BackupTrouble.NOT_RESTORED
        ):
            facts["why"] = sentence(str(facts["why"]))
        case BoxTrouble.CLOCK_BEFORE_RELEASE:
            facts |= _moments(facts, "shown")
        case BoxTrouble.CLOCK_BEFORE_ROWS:
            facts |= _moments(facts, "shown", "stored")
        case BoxTrouble.CLOCK_DIFFERS:
            facts |= _moments(facts, "shown", "told")
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


def _moments(facts: Mapping[str, Value], *names: str) -> dict[str, Value]:
    """Of the facts those that are moments, as the reader's language writes them; others as they are."""
    told: dict[str, Value] = {}
    for name in names:
        told[name] = facts[name]
        with suppress(ValueError):
            told[name] = dates.day_and_clock(datetime.fromisoformat(str(facts[name])))
    return told
