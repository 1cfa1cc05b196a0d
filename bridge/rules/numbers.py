"""Phone numbers: E.164 out of what modems and people write, who can be texted, how to show and how to hide them; pure."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

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
from bridge.rules.numbering_plans import as_dialled_now, one_spelling, spellings

# The region while the SIM is not read: only international numbers are understood.
NOWHERE = "ZZ"
# What libphonenumber calls the region of numbers that belong to no country: satellites, global services.
GLOBAL = "001"
# With fewer national digits than this, only a valid mobile number is a subscriber's: Andorra and Greenland have six.
SHORTEST = 7
# Where a landline's number may be a mobile's as its networks show it: Argentina's lack the 9 that would tell.
UNTOLD = "AR"
# So many numbers are remembered as they are written: what a few pages show.
KNOWN = 2048


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
    """The E.164 form of a number as received or typed, in its country's plan of today; None for what is none: letters, short
    codes, too few digits.

    region: ISO code, for numbers written the national way. international: the network said so (TON 1, type 145), so a
    missing + is put back; without it, 4915112345678 read in Germany would be somebody else's valid landline.

    >>> e164("07400 123456", "GB"), e164("447400123456", "GB", international=True), e164("60006", "GB")
    ('+447400123456', '+447400123456', None)
    >>> e164("+44 (0)7400 123456", "GB"), e164("447400123456", "GB"), e164("044 222 123 4567", "MX")
    ('+447400123456', '+447400123456', '+522221234567')
    """
    if international and raw and not raw.lstrip().startswith("+"):
        raw = "+" + raw.lstrip().removeprefix("00")
    parsed = _parse(raw, region)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if parsed else None


def identity(address: str, region: str = NOWHERE) -> str:
    """What is the same for every spelling of a line, and for no two lines: to find a person by, never to dial. What is no
    number (a short code, a name that sends texts) is itself.

    address: E.164, or as received or typed; region: ISO code, for numbers written the national way.

    >>> identity("+5491123456789"), identity("011 15 2345-6789", "AR"), identity("+5212221234567"), identity("60006")
    ('+541123456789', '+541123456789', '+522221234567', '60006')
    """
    number = e164(address, region)
    return one_spelling(number) if number else address.strip()


def identities(address: str) -> tuple[str, ...]:
    """Every spelling of this line that we know of, as it may have been kept before: of an address as a contact has it."""
    return spellings(address) if address.startswith("+") else (address,)


def _parse(raw: str | None, region: str) -> PhoneNumber | None:
    if not raw or re.search(r"[^\d\s+().\-/]", raw):
        return None
    for text in _writings(raw, region):
        parsed = _parsed(text, region)
        if parsed is not None:
            return parsed
    return None


def _writings(raw: str, region: str) -> Iterator[str]:
    """How a number may be meant, the likeliest first."""
    digits = re.sub(r"\D", "", raw)
    code = str(phonenumbers.country_code_for_region(region))
    if digits.startswith(code) and "+" not in raw and not _is_valid(_read(raw, region)):
        yield "+" + digits  # with the country's code but without the + or 00 before it
    yield raw
    if digits.startswith("00"):
        yield "+" + digits[2:]  # 00 is dialled in most of the world, and written everywhere


def _read(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, None if region == NOWHERE else region)
    except NumberParseException:
        return None


def _parsed(text: str, region: str) -> PhoneNumber | None:
    """The number that is meant, in its country's plan of today; None if none is."""
    read = _read(text, region)
    if read is None:
        return None
    if not phonenumbers.is_valid_number(read):
        read = next((mended for mended in _mended(read) if _is_valid(mended)), read)
    number = phonenumbers.format_number(read, PhoneNumberFormat.E164)
    today = as_dialled_now(number)
    if today != number:
        read = phonenumbers.parse(today)
    return read if _is_complete(read) else None


def _mended(number: PhoneNumber) -> Iterator[PhoneNumber]:
    """What an invalid number may be without the digits that were dialled before it: a trunk 0 where there is none, and
    Argentina's 15 behind the area code where there is a 9 as well."""
    national = phonenumbers.national_significant_number(number)
    if national.startswith("0"):
        yield PhoneNumber(number.country_code, int(national[1:]))
    if number.country_code == phonenumbers.country_code_for_region("AR"):
        for area in range(3, 6):  # 9 and two to four digits
            if national[area : area + 2] == "15":
                yield PhoneNumber(number.country_code, int(national[:area] + national[area + 2 :]))


def _is_valid(number: PhoneNumber | None) -> bool:
    return number is not None and phonenumbers.is_valid_number(number)


def _is_mobile(number: PhoneNumber | None) -> bool:
    return number is not None and phonenumbers.number_type(number) in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


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
    kind = _KINDS.get(phonenumbers.number_type(number), Kind.UNASSIGNED)
    if kind in (Kind.LANDLINE, Kind.UNASSIGNED) and _may_be_mobile(number):
        return Kind.MOBILE_OR_LANDLINE
    return kind


def _may_be_mobile(number: PhoneNumber) -> bool:
    """Would this landline's number be a mobile's with the digit that its networks leave out?"""
    code = phonenumbers.country_code_for_region(UNTOLD)
    return number.country_code == code and _is_mobile(_read(f"+{code}9{number.national_number}", NOWHERE))


def tells_mobile(address: str) -> bool:
    """Does this E.164 number tell by itself that it is a mobile's? Of two spellings of a line it is the one to keep."""
    return _is_mobile(_parse(address, NOWHERE))


def untextable(
    address: str | None, region: str, own: tuple[str, ...] = (), landlines: str = "skip"
) -> Kind | NoText | None:
    """Why this number cannot or must not be texted; None if it can.

    own: numbers that are never texted, as people write them. landlines: `skip` or `text`, as in config.ini.
    """
    if not address:
        return NoText.NO_NUMBER
    if identity(address, region) in {identity(number, region) for number in own}:
        return NoText.OWN
    kind = classify(address, region)
    if kind in TEXTABLE or (kind == Kind.LANDLINE and landlines == "text"):
        return None
    return kind


def textable(typed: str, region: str) -> str | None:
    """The E.164 number that somebody here can write to, of what was typed; None if it is none. A landline may be worth a try.

    >>> textable("07400 123456", "GB"), textable("999", "GB"), textable("Ann", "GB")
    ('+447400123456', None, None)
    """
    address = e164(typed, region)
    return address if address and untextable(address, region, landlines="text") is None else None


@lru_cache(KNOWN)
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
