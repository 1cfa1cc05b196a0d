"""Which language most people of a region read, and which one a text is in; pure."""

from bridge.rules.numbers import region_of
from bridge.rules.settings import Settings

# ISO 639 language -> the regions where most people read it. Where there are several (Belgium, Canada, Switzerland), none:
# the shop's own choice of `message` knows better.
LANGUAGES = {
    "de": "DE AT LI", "fr": "FR MC RE GP GF MQ PM NC PF", "it": "IT SM VA", "pt": "PT BR AO MZ CV ST", "nl": "NL SR",
    "es": "ES AD MX AR CO CL PE VE EC GT CU BO DO HN PY SV NI CR PA UY PR GQ",
    "en": "GB GG JE IM GI IE US GU VI AU NZ JM BS BB TT BM GH NG",
    "da": "DK GL", "fo": "FO", "is": "IS", "sv": "SE AX", "no": "NO SJ", "fi": "FI", "et": "EE", "lv": "LV", "lt": "LT",
    "pl": "PL", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO MD", "bg": "BG", "el": "GR CY", "tr": "TR", "sq": "AL XK",
    "sl": "SI", "hr": "HR", "sr": "RS ME", "mk": "MK", "uk": "UA", "ru": "RU BY", "ka": "GE", "hy": "AM", "az": "AZ",
    "ar": "AE BH EG IQ JO KW LB LY OM QA SA SY YE", "he": "IL", "fa": "IR", "ja": "JP", "ko": "KR KP", "zh": "CN TW HK MO",
    "vi": "VN", "th": "TH", "id": "ID", "bn": "BD",
}  # fmt: skip


LANGUAGE_OF = {region: language for language, regions in LANGUAGES.items() for region in regions.split()}
ENGLISH = "en"


def of_shop(settings: Settings, region: str) -> str:
    """The language of the shop's texts: as it says, else that of its country, else English. region: the shop's, ISO."""
    chosen = settings.shop.language
    return chosen if chosen != "auto" else LANGUAGE_OF.get(region, ENGLISH)


def of_text(settings: Settings, region: str, address: str) -> str:
    """The language of a text to this number: of its country if the shop writes in that, else the shop's."""
    of_number = LANGUAGE_OF.get(region_of(address) or "", "")
    return of_number if of_number in settings.textback.messages_by_language else of_shop(settings, region)
