"""Our own words as PDUs, by gammu: the only file that imports it, and never for what strangers send.

gammu splits, packs and lays out; around it stands a guard against what it is known to get wrong, and at the
end every part is decoded by `decode` and must say what was meant.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gammu

from modem.errors import PduError
from modem.sms import decode, gsm7

MOST_PARTS = 50

# 23.040 9.1.2.5: at most 20 digits
_NUMBER = re.compile(r"\+?[0-9]{1,20}", re.ASCII)

# gammu eats these in UCS-2: "~" begins an escape of its own, NUL ends the text
_SPOILT = "~\0"

# TP-VP (23.040 9.2.3.12.1): up to so many minutes, the period is (octet - base) * step
_PERIODS = ((720, 5, -1), (1440, 30, 119), (43200, 1440, 166), (635040, 10080, 192))


@dataclass(frozen=True)
class EncodedPart:
    """One part of a text. pdu: hex for the modem, SMSC octets included. length: what AT+CMGS wants, without
    them."""

    pdu: str
    length: int


def encode(
    number: str,
    text: str,
    *,
    reference: int,
    validity_minutes: int | None = None,
    report: bool = True,
    message_class: int | None = None,
    smsc: str | None = None,
) -> tuple[EncodedPart, ...]:
    """The SUBMIT PDUs (23.040 9.2.2.2) that carry `text` to `number`, in order.

    reference: 0 to 255, common to the parts of a long text. validity_minutes: how long the SMSC may try,
    rounded up to what TP-VP can say, 63 weeks at most; None leaves it to the SMSC. report: ask for a status
    report. message_class: 0 to 3. smsc: None for the one that the SIM names. Lone surrogates become U+FFFD.

    Raises PduError for a number (or SMSC) that is not digits with an optional "+", for over 50 parts, for
    values out of range.

    >>> encode("+34616585119", "hola", reference=0, report=False)
    (EncodedPart(pdu='0001000B914316565811F9000004E8373B0C', length=17),)
    """
    text = gsm7.mend(text)
    _check(number, "the number")
    if smsc is not None:
        _check(smsc, "the SMSC")
    if not 0 <= reference <= 255:
        raise PduError(f"the reference {reference} is not between 0 and 255")
    if message_class not in (None, 0, 1, 2, 3):
        raise PduError(f"the message class {message_class} is not between 0 and 3")
    period = None if validity_minutes is None else relative_validity(validity_minutes)
    counted = gsm7.segments(text)
    if counted.parts > MOST_PARTS:
        raise PduError(f"the text takes {counted.parts} parts, {MOST_PARTS} is the most")
    stand_ins = _stand_ins(text) if counted.alphabet == "ucs2" else {}
    parts = tuple(
        _patched(octets, period, stand_ins)
        for octets in _gammu(
            number, text, counted.alphabet, stand_ins, reference, report, message_class, smsc
        )
    )
    _verify(parts, number, text)
    return parts


def relative_validity(minutes: int) -> int:
    """The octet of TP-VP (23.040 9.2.3.12.1) for at least so many minutes; 255, which is 63 weeks, for all beyond. Raises
    PduError below one minute.

    >>> [relative_validity(minutes) for minutes in (1, 60, 721, 1440, 5760, 50400)]
    [0, 11, 144, 167, 170, 197]
    """
    if minutes < 1:
        raise PduError(f"a validity of {minutes} minutes is not possible")
    for most, step, base in _PERIODS:
        if minutes <= most:
            return -(-minutes // step) + base
    return 255


def _check(number: str, what: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise PduError(f'{what} must be 1 to 20 digits with an optional "+" before them, not {number!r}')


def _stand_ins(text: str) -> dict[str, str]:
    """For each character that gammu spoils, one for private use that `text` does not have."""
    free = (character for character in map(chr, range(0xE000, 0xF900)) if character not in text)
    return dict(zip(_SPOILT, free, strict=False))


def _gammu(
    number: str,
    text: str,
    alphabet: str,
    stand_ins: Mapping[str, str],
    reference: int,
    report: bool,
    message_class: int | None,
    smsc: str | None,
) -> Iterator[bytes]:
    """What gammu makes of it, part by part.

    The alphabet is said, never left to gammu: by itself it takes a superscript one for a plain one, and its
    TP-VP is five minutes where no validity is given, so one is (`_patched` puts in the real one).
    """
    safe = text.translate({ord(spoilt): stand_in for spoilt, stand_in in stand_ins.items()})
    entry = {"ID": "ConcatenatedTextLong", "Buffer": safe}
    whole = {
        "Class": -1 if message_class is None else message_class,
        "Unicode": alphabet == "ucs2",
        "Entries": [entry],
    }
    try:
        for part in gammu.EncodeSMS(whole):
            part["Number"] = number
            part["SMSC"] = {"Number": smsc or "", "Validity": "60M"}
            part["Type"] = "Status_Report" if report else "Submit"
            _set_reference(part["UDH"], reference)
            yield bytes(gammu.EncodePDU(part, "Submit"))
    except gammu.GSMError as error:
        raise PduError(f"gammu cannot encode the text: {error}") from error


def _set_reference(header: dict[str, Any], reference: int) -> None:
    """gammu's own reference is the same for all texts of a second; 23.040 9.2.3.24.1 has it in the fourth
    octet."""
    octets = header["Text"]
    if octets:
        header["Text"] = octets[:3] + bytes([reference]) + octets[4:]


def _patched(octets: bytes, period: int | None, stand_ins: Mapping[str, str]) -> EncodedPart:
    """gammu's octets with no SMSC as "00" rather than "01 81", with our TP-VP, and with the spoilt characters
    back."""
    smsc = octets[: 1 + octets[0]]
    submit = bytearray(octets[len(smsc) :])
    validity_at = 4 + (submit[2] + 1) // 2 + 2  # behind first octet, MR, address, PID and DCS
    text_at = validity_at + 2
    if submit[0] & 0x40:  # TP-UDHI
        text_at += 1 + submit[text_at]
    back = {
        stand_in.encode("utf-16-be"): spoilt.encode("utf-16-be") for spoilt, stand_in in stand_ins.items()
    }
    for at in range(text_at, len(submit) - 1, 2) if back else ():
        unit = bytes(submit[at : at + 2])
        submit[at : at + 2] = back.get(unit, unit)
    if period is None:
        submit[0] &= ~0x18  # TP-VPF: no validity period
        del submit[validity_at]
    else:
        submit[validity_at] = period
    if smsc == b"\x01\x81":
        smsc = b"\0"
    return EncodedPart((smsc + submit).hex().upper(), len(submit))


def _verify(parts: tuple[EncodedPart, ...], number: str, text: str) -> None:
    """Nothing leaves that does not say what was meant; "00" before a number is what gammu makes a "+" of."""
    read = [decode.decode(part.pdu) for part in parts]
    meant = "+" + number[2:] if number.startswith("00") else number
    for message in read:
        if not (isinstance(message, decode.Submit) and message.recipient.number == meant):
            raise PduError(f"the number {number!r} cannot be put into a PDU")
    said = decode.join(message.text or "" for message in read if isinstance(message, decode.Submit))
    if said != text:
        raise PduError("the text cannot be put into a PDU without loss")
