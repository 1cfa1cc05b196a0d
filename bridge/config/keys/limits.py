"""[limits] What keeps a burst of calls from costing money."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting

ABOUT = About("Limits", "They stop a burst of robot calls from costing you money.")
KEYS: dict[str, Setting] = {
    "per_minute": Setting(
        "6",
        values.number(1, 1000),
        comment="At most this many automatic texts per minute; any more have to wait.",
        doc="at most this many automatic texts per minute; any more have to wait",
        ask=Ask("Automatic texts per minute", hint="Any more have to wait.", kind=FieldKind.NUMBER),
    ),
    "per_day": Setting(
        "100",
        values.number(1, 100000),
        comment="At most this many per day; further callers are not texted.",
        doc="at most this many per day; further callers are not texted",
        ask=Ask("Automatic texts per day", hint="Any more are not sent.", kind=FieldKind.NUMBER),
    ),
    "strangers_per_10_minutes": Setting(
        "10",
        values.number(1, 100000),
        comment=(
            "If more strangers than this call within ten minutes, automatic texts stop and the owner "
            "gets an alert."
        ),
        doc=(
            "if more strangers than this call within ten minutes, automatic texts stop and the owner gets "
            "an alert"
        ),
        ask=Ask(
            "Strangers in ten minutes",
            hint="If more call, the box stops texting and asks you.",
            kind=FieldKind.NUMBER,
        ),
    ),
}
