"""Phone numbers: E.164 out of what modems and people write, who can be texted, how to show and how to hide them; pure."""

import re

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    shortnumberinfo,
)

from bridge.mcc import REGIONS

NOWHERE = "ZZ"
# National significant digits below which nothing is a subscriber's number.
SHORTEST = 7

_TEXTABLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
# Why a number of another type can't be texted, in words for the shop.
_WHY_NOT = {
    PhoneNumberType.FIXED_LINE: "It is a landline, which cannot receive texts.",
    PhoneNumberType.TOLL_FREE: "It is a toll-free number, which cannot receive texts.",
    PhoneNumberType.PREMIUM_RATE: "It is a premium number; a text to it could cost a lot.",
    PhoneNumberType.SHARED_COST: "It is a shared-cost number, which cannot receive texts.",
    PhoneNumberType.VOIP: "It is an internet phone number, which mostly cannot receive texts.",
    PhoneNumberType.PERSONAL_NUMBER: "It is a personal number that forwards calls; a text to it could cost a lot.",
    PhoneNumberType.PAGER: "It is a pager.",
    PhoneNumberType.UAN: "It is a company's service number, which cannot receive texts.",
    PhoneNumberType.VOICEMAIL: "It is a voicemail number.",
}


def e164(raw: str | None, region: str) -> str | None:
    """The E.164 form of a number as received or typed; None for what is none: letters, short codes, unassigned ranges.

    >>> e164("07400 123456", "GB"), e164("+447400123456", "DE"), e164("60006", "GB"), e164("info@x.de", "DE")
    ('+447400123456', '+447400123456', None, None)
    """
    parsed = _parse(raw, region)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if parsed else None


def _parse(raw: str | None, region: str) -> PhoneNumber | None:
    if not raw or re.search(r"[^\d\s+().\-/\u00a0]", raw):
        return None
    try:
        parsed = phonenumbers.parse(raw, None if region == NOWHERE else region)
    except NumberParseException:
        return None
    if len(str(parsed.national_number)) < SHORTEST or not phonenumbers.is_possible_number(parsed):
        return None
    return parsed


def untextable(
    raw: str | None, region: str, own: tuple[str, ...] = (), landlines: str = "skip"
) -> str | None:
    """Why this number cannot or must not be texted, as a sentence; None if it can."""
    if not raw:
        return "No number was shown."
    if re.search(r"[A-Za-z]", raw):
        return "The sender is a name, not a number."
    digits = re.sub(r"\D", "", raw)
    if region != NOWHERE and shortnumberinfo.is_emergency_number(digits, region):
        return "It is an emergency number."
    parsed = _parse(raw, region)
    if parsed is None:
        return "It is a short code or no complete number."
    if phonenumbers.region_code_for_number(parsed) == "001" or str(parsed.country_code).startswith("88"):
        return "It is a satellite or global service number; a text to it could cost a lot."
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if number in {e164(mine, region) for mine in own}:
        return "It is one of the shop's own numbers."
    if not phonenumbers.is_valid_number(parsed):
        return "No operator uses this range of numbers."
    kind = phonenumbers.number_type(parsed)
    if kind in _TEXTABLE or (kind == PhoneNumberType.FIXED_LINE and landlines == "text"):
        return None
    return _WHY_NOT.get(kind, "It is not a mobile number.")


def pretty(address: str, region: str) -> str:
    """As people in this region write it; what is no number stays as it is.

    >>> pretty("+447400123456", "GB"), pretty("+447400123456", "DE"), pretty("info@x.de", "DE")
    ('07400 123456', '+44 7400 123456', 'info@x.de')
    """
    parsed = _parse(address, region)
    if parsed is None:
        return address
    at_home = phonenumbers.region_code_for_number(parsed) == region
    return phonenumbers.format_number(
        parsed, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def mask(number: str | None) -> str:
    """For logs: enough to tell callers apart, too little to call them.

    >>> mask("+447400123456"), mask("07400123456"), mask("60006"), mask(None)
    ('+44*****456', '07*****456', '6***6', 'withheld')
    """
    if not number:
        return "withheld"
    if len(number) < 8:
        return f"{number[0]}***{number[-1]}"
    return f"{number[:3] if number[0] == '+' else number[:2]}*****{number[-3:]}"


def region_of_imsi(imsi: str) -> str | None:
    """The ISO code of a SIM's home country, by the first three digits of its IMSI (E.212).

    >>> region_of_imsi("234150000000000"), region_of_imsi("")
    ('GB', None)
    """
    return REGIONS.get(imsi[:3])


def region_of(address: str) -> str | None:
    """The ISO code of an E.164 number's country."""
    parsed = _parse(address, NOWHERE)
    return phonenumbers.region_code_for_number(parsed) if parsed else None
