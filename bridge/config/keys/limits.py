"""[limits] What keeps a burst of calls from costing money."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting

ABOUT = About("Limits", "They keep a burst of robot calls from costing money.")
KEYS: dict[str, Setting] = {
    "per_minute": Setting(
        "6",
        values.number(1, 1000),
        comment="So many automatic texts go out in a minute at the most; the next ones wait.",
        doc="so many automatic texts go out in a minute at the most; the next ones wait",
        ask=Ask("Automatic texts a minute", hint="More of them wait.", kind=FieldKind.NUMBER),
    ),
    "per_day": Setting(
        "100",
        values.number(1, 100000),
        comment="So many in a day; the callers after them are not texted.",
        doc="so many in a day; the callers after them are not texted",
        ask=Ask("Automatic texts a day", hint="More of them are not sent.", kind=FieldKind.NUMBER),
    ),
    "strangers_per_10_minutes": Setting(
        "10",
        values.number(1, 100000),
        comment="So many strangers within ten minutes stop automatic texts, and the owner is told.",
        doc="so many unknown callers in ten minutes stop automatic texts, and the owner is told",
        ask=Ask(
            "Strangers in ten minutes",
            hint="With more, the box stops and asks you.",
            kind=FieldKind.NUMBER,
        ),
    ),
}
