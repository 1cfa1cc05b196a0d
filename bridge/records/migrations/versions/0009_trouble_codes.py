"""Codes with their facts in the place of sentences: why texts failed, why lines were stopped or down. What is no sentence of
release 0.1.0 stays as it is."""

import re
from functools import cache

from bridge.records.migrations.rewriting import coded, rewrite

revision = "0009"
down_revision = "0008"

# Table and column, and which of its rows ("": all).
COLUMNS = (
    ("message", "error", ""),
    ("contact", "unreachable", ""),
    ("line", "stopped", ""),
    ("incident", "what", "kind <> 'breaker'"),
)
PLUG_IN = "Is it plugged in, and its power strong enough?"
CORRECT_PORT = "Correct port under [modem] in config.ini."
WIPE = "Take it out, wipe its contacts and put it in again."
LEFT_OVER = (
    "{used} of {total}. What the box has stored is deleted from it; the rest was there before, such as drafts of a phone. "
    "Delete it in a phone."
)
# What release 0.1.0 wrote, by the code that stands for it now. The first that fits counts.
SENTENCES = {
    "port_missing": "There is no port {path}. Plug the modem in, or correct port under [modem] in config.ini.",
    "port_forbidden": "This box's user may not open {path}. Add it to the group dialout and restart.",
    "port_held": "{holder} holds {path}. {remedy}",
    "port_not_serial": "{path} is not a serial port. " + CORRECT_PORT,
    "port_is_folder": "{path} is a folder, not a port. " + CORRECT_PORT,
    "port_not_opened": "The port {path} cannot be opened: {error}.",
    "modem_hung_up": "The modem on {path} is gone (it hung up). " + PLUG_IN,
    "modem_gone": "The modem on {path} is gone ({error}). " + PLUG_IN,
    "modem_silent": "The modem on {path} does not answer ({command}).",
    "modem_restarted": "The modem restarted by itself; it is being set up again. Is its power strong enough?",
    "at_fails": "The modem answers AT with an error. Unplug it and plug it in again.",
    "not_the_named_modem": "This modem is not the one that config.ini names (IMEI {imei}, ICCID {iccid}).",
    "modem_of_another_line": "This modem holds the SIM of another line.",
    "sim_missing": "There is no SIM in the modem. Put the shop's SIM in and plug the modem in again.",
    "sim_pin": "The SIM asks for its PIN. Write it into config.ini under [modem] as pin, or switch the PIN off in a phone.",
    "sim_puk": "The SIM is locked and asks for its PUK. Unlock it in a phone with the PUK of your contract.",
    "sim_silent": "The SIM does not answer. " + WIPE,
    "sim_not_taken": "The modem refuses this SIM. Is it locked to another operator?",
    "sim_not_ready": "The SIM does not become ready. " + WIPE,
    "pin_refused": (
        "The SIM refused the PIN in config.ini. It is not tried again, since three wrong ones lock the SIM: "
        "correct pin under [modem] and restart the box."
    ),
    "pin_tried": (
        "Somebody has entered a wrong PIN into this SIM before, so the box does not try its own: three wrong ones lock the "
        "SIM. Put the SIM into a phone, enter its PIN there once, and put it back."
    ),
    "no_prompt": "The modem did not ask for the text.",
    "no_reference": "The modem said OK without a reference.",
    "refused": "The modem refused the text ({final}).",
    "refused_barred": "The operator bars this text: is there credit on the SIM, and is it allowed to send texts? ({final}).",
    "refused_by_network": "The network refused the text ({final}).",
    "refused_centre_busy": "The operator's text centre is busy ({final}).",
    "refused_centre_contract": "This SIM has no contract with the operator's text centre ({final}).",
    "refused_centre_failed": "The operator's text centre failed ({final}).",
    "refused_centre_form": "The operator's text centre refused the form of the text ({final}).",
    "refused_centre_has_it": "The text centre has this text already ({final}).",
    "refused_centre_unknown": "The SIM does not know the number of the operator's text centre ({final}).",
    "refused_emergency_only": "The network lets this SIM make emergency calls only ({final}).",
    "refused_form": "The modem or the network did not take the form of the text ({final}).",
    "refused_modem_failed": "The modem failed ({final}).",
    "refused_modem_not_now": "The modem does not allow it now ({final}).",
    "refused_modem_not_ready": "The modem is not ready yet ({final}).",
    "refused_moment": "The network failed for a moment ({final}).",
    "refused_networks_differ": "The networks do not understand each other ({final}).",
    "refused_no_network": "There is no network ({final}).",
    "refused_not_allowed": "The operator does not allow this SIM to send texts ({final}).",
    "refused_number_barred": "The operator bars texts to this number ({final}).",
    "refused_number_invalid": "The number is not valid ({final}).",
    "refused_number_missing": "The number does not exist ({final}).",
    "refused_number_out": "The number is out of service at present ({final}).",
    "refused_number_unknown": "The network does not know the number, or not this SIM ({final}).",
    "refused_outage": "The network is out of order ({final}).",
    "refused_overloaded": "The network is overloaded ({final}).",
    "refused_radio_lost": "The radio link was lost ({final}).",
    "refused_sim_busy": "The SIM is busy ({final}).",
    "refused_sim_failed": "The SIM failed ({final}).",
    "refused_sim_missing": "There is no SIM in the modem ({final}).",
    "refused_sim_not_taken": "The modem does not take this SIM ({final}).",
    "refused_sim_pin": "The SIM asks for its PIN ({final}).",
    "refused_sim_pin2": "The SIM asks for a second PIN ({final}).",
    "refused_sim_puk": "The SIM asks for its PUK ({final}).",
    "refused_sim_puk2": "The SIM asks for a second PUK ({final}).",
    "refused_storage_failed": "The storage for texts failed ({final}).",
    "refused_storage_full": "The storage for texts is full ({final}).",
    "refused_timeout": "The network did not answer in time ({final}).",
    "refused_unexplained": (
        "The modem failed and does not say why (no credit and no network are common) ({final})."
    ),
    "not_registered": (
        "The SIM is not registered and the modem is not looking for a network. Is the antenna on, and is there a contract?"
    ),
    "searching": "The modem is looking for a network. Put it near a window, or give it a better antenna.",
    "refused_sim": "The network refuses this SIM. Ask the operator whether it is active and allowed in this modem.",
    "registration_unknown": "The modem does not know whether it is registered. Is the antenna on?",
    "emergency_only": (
        "The network lets this SIM make emergency calls only. Ask the operator whether the SIM is active."
    ),
    "no_calls": (
        "The SIM is on the network for texts and data, not for calls: callers hear that nobody is there. This network may "
        "need VoLTE, or the plan has no voice. Ask the operator, and call the box to see."
    ),
    "storage_nearly_full": "The memory for texts ({storage}) is nearly full, " + LEFT_OVER,
    "storage_full": "The memory for texts ({storage}) is full: no text can come in, " + LEFT_OVER,
    "clock_moved_forward": "The box's clock was moved forward by {lasted}.",
    "clock_moved_back": "The box's clock was moved back by {lasted}.",
    "left_sending": "The box stopped while this text was on its way.",
    "undelivered": "The network could not deliver it.{why}",
    "phone_takes_no_texts": "The phone there takes no texts.",
    "number_unreachable": "The number cannot be reached.",
    "network_takes_no_texts": "Its network takes no texts.",
}
NO_MODEM = "No modem is plugged in. Plug it in, or name its port in config.ini under [modem] port."
NO_MODEM_ANSWERS = "No modem answers."
PARTLY = re.compile(r" Only (?P<sent>\d+) of (?P<parts>\d+) parts went out\.$")
REMEDIES = (
    "Let it leave modems alone: sudo systemctl mask --now ModemManager",
    "Stop it for good: sudo systemctl disable --now gammu-smsd",
    "Stop it for good: sudo systemctl disable --now smstools",
    "Stop it: data and calls on one SIM fight.",
    "Stop it.",
    "Close it.",
    "Another textback is at work on this modem: stop that one.",
    "Stop that program.",
)
# What may stand in a place, where it is not anything.
PLACES = {
    "path": r"\S+",
    "holder": r"Another program|\S+",
    "remedy": "|".join(map(re.escape, REMEDIES)),
    "final": r"\+CM[SE] ERROR: .+?|ERROR",
    "why": "|".join(
        ["", *(re.escape(f" {SENTENCES[code]}") for code in list(SENTENCES)[-3:])],
    ),
    "used": r"\d+",
    "total": r"\d+",
    "lasted": r"less than a minute|\d+ (?:minute|hour|day)s?",
}


def _pattern(sentence: str) -> re.Pattern[str]:
    """Fits what the sentence says with anything in its places."""
    escaped = re.escape(sentence)
    places = re.sub(r"\\\{(\w+)\\\}", lambda place: f"(?P<{place[1]}>{PLACES.get(place[1], '.+?')})", escaped)
    return re.compile(places, re.DOTALL)


PATTERNS = [(code, _pattern(sentence)) for code, sentence in SENTENCES.items()]
SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def upgrade() -> None:
    """Brings the tables of the revision before to this one."""
    for table, column, which in COLUMNS:
        rewrite(table, column, read, which)
    rewrite("alert", "body", lambda text: read(re.sub(r" \(line [^()]*\)$", "", text)), "kind = 'sick'")


@cache
def read(sentence: str) -> str:
    """The code and the facts of a sentence as a column holds them; what is none of ours stays as it is."""
    for start, code in ((NO_MODEM, "no_modem"), (NO_MODEM_ANSWERS, "no_modem_answers")):
        if sentence.startswith(start):
            return _nothing_found(code, sentence.removeprefix(start).strip())
    partly = PARTLY.search(sentence)
    words = sentence[: partly.start()] if partly else sentence
    for code, pattern in PATTERNS:
        if fits := pattern.fullmatch(words):
            return coded(code, **_facts(fits.groupdict()), **(partly.groupdict() if partly else {}))
    return sentence


def _nothing_found(code: str, rest: str) -> str:
    """What was said of each port that was tried stands before what the other ports are taken for."""
    if code == "no_modem":
        return coded(code, ports=rest)
    tried = []
    while found := _first(rest):
        trouble, end = found
        tried.append(trouble)
        rest = rest[end:].strip()
    return coded(code, tried=" ".join(tried), ports=rest)


def _first(words: str) -> tuple[str, int] | None:
    """The trouble with which the words begin, and where it ends."""
    for code, pattern in PATTERNS:
        if fits := pattern.match(words):
            return coded(code, **_facts(fits.groupdict())), fits.end()
    return None


def _facts(found: dict[str, str]) -> dict[str, str]:
    facts = {name: value for name, value in found.items() if name not in ("remedy", "lasted")}
    if facts.get("holder") == "Another program":
        facts["holder"] = ""
    if "why" in facts:
        facts["why"] = read(facts["why"].strip())
    if "imei" in facts:
        facts = {name: "" if value == "unknown" else value for name, value in facts.items()}
    if "lasted" in found:
        count, _, unit = found["lasted"].partition(" ")
        facts["seconds"] = str(int(count) * SECONDS[unit.removesuffix("s")]) if count.isdigit() else "0"
    return facts
