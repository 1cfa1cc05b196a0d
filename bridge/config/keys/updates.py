"""[updates] Where the box hears of newer releases."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting

ABOUT = About()
KEYS: dict[str, Setting] = {
    "check": Setting(
        "on",
        values.boolean,
        comment="Look once a day whether there is a newer release; the page then says what it changes.",
        doc=(
            "look once a day whether there is a newer release, and say on the page what it changes; nothing "
            "is installed by itself, see [updates](updates.md)"
        ),
    ),
    "url": Setting(
        "",
        values.web_address,
        comment=(
            "The address of the signed notice of the newest release, such as\n"
            "https://example.com/textback/textback.json; empty: nothing is asked."
        ),
        doc=(
            "the address of the signed notice of the newest release, such as "
            "`https://example.com/textback/textback.json`. Empty: nothing is asked"
        ),
    ),
}
