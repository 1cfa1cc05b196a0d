"""Which language most people of a region read."""

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


_LANGUAGE_OF = {region: language for language, regions in LANGUAGES.items() for region in regions.split()}
