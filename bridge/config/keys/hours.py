"""[hours] When the shop is open."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, Setting

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = (
    "Times such as 9:00-12:30, 14:00-18:00. No day set: always open; as soon as one is set, an empty "
    "day is closed.\n24:00 is allowed, and times can go past midnight."
)

ABOUT = About(
    "Opening hours",
    (
        "Write them as on your door: 9-5, or 9-12:30, 14-18. A day left empty is closed. With no hours at "
        "all, the shop counts as always open."
    ),
)
KEYS: dict[str, Setting] = {
    **{
        day: Setting(
            "",
            values.hours,
            comment=_WEEK if day == "monday" else "",
            doc="times",
            ask=Ask(day.capitalize()),
        )
        for day in DAYS
    },
    "holidays": Setting(
        "",
        values.holidays,
        comment=(
            "A country code (for its public holidays), dates such as 2026-12-24, or both. Separated by "
            "commas."
        ),
        doc=(
            "days when the shop is closed: a country code (for its public holidays), dates such as "
            "`2026-12-24`, or both"
        ),
        ask=Ask(
            "Holidays", hint="A country code for its public holidays, dates such as 2026-12-24, or both."
        ),
    ),
}
