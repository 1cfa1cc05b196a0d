"""Phone numbers: E.164 out of what modems and people write, who can be texted, how to show and how to hide them; pure."""

import re
from enum import StrEnum

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    shortnumberinfo,
)

from bridge.rules.mcc import REGIONS

# The region while the SIM is not read: only international numbers are understood.
NOWHERE = "ZZ"
# What libphonenumber calls the region of numbers that belong to no country: satellites, global services.
GLOBAL = "001"
# With fewer national digits than this, only a valid mobile number is a subscriber's: Andorra and Greenland have six.
SHORTEST = 7


class Kind(StrEnum):
    """What sort of number it is."""

    MOBILE = "mobile"
    MOBILE_OR_LANDLINE = "mobile_or_landline"  # North America and others: the number does not tell
    LANDLINE = "landline"
    TOLL_FREE = "toll_free"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    VOIP = "voip"
    PERSONAL = "personal"
    PAGER = "pager"
    UAN = "uan"
    VOICEMAIL = "voicemail"
    SATELLITE = "satellite"
    EMERGENCY = "emergency"
    LETTERS = "letters"
    SHORT = "short"
    UNASSIGNED = "unassigned"


class NoText(StrEnum):
    """Why a number is not texted, besides its kind."""

    NO_NUMBER = "no_number"
    OWN = "own"


TEXTABLE = frozenset({Kind.MOBILE, Kind.MOBILE_OR_LANDLINE})
_KINDS = {
    PhoneNumberType.MOBILE: Kind.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Kind.MOBILE_OR_LANDLINE,
    PhoneNumberType.FIXED_LINE: Kind.LANDLINE,
    PhoneNumberType.TOLL_FREE: Kind.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: Kind.PREMIUM,
    PhoneNumberType.SHARED_COST: Kind.SHARED_COST,
    PhoneNumberType.VOIP: Kind.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: Kind.PERSONAL,
    PhoneNumberType.PAGER: Kind.PAGER,
    PhoneNumberType.UAN: Kind.UAN,
    PhoneNumberType.VOICEMAIL: Kind.VOICEMAIL,
}


def e164(raw: str | None, region: str, *, international: bool | None = None) -> str | None:
    """The E.164 form of a number as received or typed; None for what is none: letters, short codes, too few digits.

    region: ISO code, for numbers written the national way. international: the network said so (TON 1, type 145), so a
    missing + is put back; without it, 4915112345678 read in Germany would be somebody else's valid landline.

    >>> e164("07400 123456", "GB"), e164("447400123456", "GB", international=True), e164("60006", "GB")
    ('+447400123456', '+447400123456', None)
    """
    if international and raw and not raw.lstrip().startswith("+"):
        raw = "+" + raw.lstrip().removeprefix("00")
    parsed = _parse(raw, region)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if parsed else None


def _parse(raw: str | None, region: str) -> PhoneNumber | None:
    if not raw or re.search(r"[^\d\s+().\-/]", raw):
        return None
    try:
        parsed = phonenumbers.parse(raw, None if region == NOWHERE else region)
    except NumberParseException:
        return None
    return parsed if _is_complete(parsed) else None


def _is_complete(number: PhoneNumber) -> bool:
    """Whether it could be dialled from anywhere: local numbers without their area code (551 2345 in the US) could not."""
    if len(phonenumbers.national_significant_number(number)) < SHORTEST:
        return phonenumbers.number_type(number) == PhoneNumberType.MOBILE
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def classify(address: str, region: str) -> Kind:
    """What sort of number an address is, as E.164 or as received.

    >>> classify("+447400123456", "GB"), classify("999", "GB"), classify("60006", "GB"), classify("O2", "GB")
    (<Kind.MOBILE: 'mobile'>, <Kind.EMERGENCY: 'emergency'>, <Kind.SHORT: 'short'>, <Kind.LETTERS: 'letters'>)
    """
    if any(character.isalpha() for character in address):
        return Kind.LETTERS
    if region != NOWHERE and shortnumberinfo.is_emergency_number(re.sub(r"\D", "", address), region):
        return Kind.EMERGENCY
    number = _parse(address, region)
    if number is None:
        return Kind.SHORT
    if phonenumbers.region_code_for_country_code(number.country_code or 0) == GLOBAL:
        return Kind.SATELLITE
    return _KINDS.get(phonenumbers.number_type(number), Kind.UNASSIGNED)


def untextable(
    address: str | None, region: str, own: tuple[str, ...] = (), landlines: str = "skip"
) -> Kind | NoText | None:
    """Why this number cannot or must not be texted; None if it can.

    own: numbers that are never texted, as people write them. landlines: `skip` or `text`, as in config.ini.
    """
    if not address:
        return NoText.NO_NUMBER
    if address in own or (e164(address, region) or "?") in {e164(number, region) for number in own}:
        return NoText.OWN
    kind = classify(address, region)
    if kind in TEXTABLE or (kind == Kind.LANDLINE and landlines == "text"):
        return None
    return kind


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

    >>> mask("+447400123456"), mask("07400123456"), mask("60006"), mask("11"), mask(None)
    ('+44*****456', '07*****456', '6***6', '***', 'withheld')
    """
    if not number:
        return "withheld"
    if len(number) < 10:
        return f"{number[0]}***{number[-1]}" if len(number) > 3 else "***"
    return f"{number[:3] if number[0] == '+' else number[:2]}*****{number[-3:]}"


def region_of_imsi(imsi: str | None) -> str | None:
    """The ISO code of a SIM's home country, by the first three digits of its IMSI (E.212).

    >>> region_of_imsi("234150000000000"), region_of_imsi("")
    ('GB', None)
    """
    return REGIONS.get(imsi[:3]) if imsi else None


def region_of(address: str) -> str | None:
    """The ISO code of an E.164 number's country."""
    parsed = _parse(address, NOWHERE)
    return phonenumbers.region_code_for_number(parsed) if parsed else None
