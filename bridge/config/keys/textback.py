"""[textback] The automatic texts."""

from bridge.config import checks as values
from bridge.config.setting import YES_NO, About, Ask, FieldKind, Setting
from bridge.words.catalogue import N_

ABOUT = About("Automatic texts")
KEYS: dict[str, Setting] = {
    "enabled": Setting(
        "yes",
        values.boolean,
        comment="Text back at all?",
        doc="whether anybody is texted automatically",
        ask=Ask("Text people back?", kind=FieldKind.CHOICE, choices=YES_NO),
    ),
    "message": Setting(
        N_(
            "Hi! Sorry we missed your call. How can we help? Text us here and we'll get back to you shortly. "
            "Thanks for calling {shop}!"
        ),
        values.message,
        comment=(
            "The text. Placeholders: {shop} {phone} {name} {time} {reopens}. message.de = ... is the text for German numbers."
        ),
        doc="the text",
        ask=Ask(
            "The text", hint="{shop} {phone} {name} {time} {reopens} are filled in.", kind=FieldKind.AREA
        ),
    ),
    "closed": Setting(
        "same",
        values.one_of("same", "other", "wait", "skip"),
        comment=(
            "Outside opening hours: same | other (sends closed_message) | wait (sends at opening) | skip"
        ),
        doc=(
            "outside opening hours: `same` text, `other` (sends `closed_message`), `wait` (sends at opening), `skip`"
        ),
        ask=Ask(
            "While the shop is closed",
            kind=FieldKind.CHOICE,
            choices={
                "same": "Send the same text",
                "other": "Send the text below",
                "wait": "Let the text wait for the opening",
                "skip": "Send none",
            },
        ),
    ),
    "closed_message": Setting(
        "",
        values.template,
        comment="The text for closed = other. closed_message.de = ... is the text for German numbers.",
        doc="the text for `closed = other`",
        ask=Ask("The text when closed", hint="{reopens} says when you open again.", kind=FieldKind.AREA),
    ),
    "delay_seconds": Setting(
        "0",
        values.number(0, 86400),
        comment="Wait so long after the call (0 to 86400 seconds).",
        doc="how long to wait after the call; 0 to 86400",
        ask=Ask("Wait after a call", hint="Seconds.", kind=FieldKind.NUMBER),
    ),
    "cooldown_hours": Setting(
        "24",
        values.number(0, 8760),
        comment="One automatic text per number in so many hours.",
        doc=(
            "one automatic text per number in so many hours; `0`: one for each call, but never two that wait"
        ),
        ask=Ask("One text a number in", hint="Hours.", kind=FieldKind.NUMBER),
    ),
    "expire_minutes": Setting(
        "60",
        values.number(1, 10080),
        comment="A text that could not go out for so many minutes is not sent any more.",
        doc="a text that could not go out so long after it was due is not sent any more; 1 to 10080",
        ask=Ask(
            "Too late after",
            hint="Minutes. What could not go out by then is not sent.",
            kind=FieldKind.NUMBER,
        ),
    ),
    "opt_out_hint": Setting(
        "yes",
        values.boolean,
        comment=(
            "Add opt_out_text to the first automatic text to a number, where it fits the same number of segments."
        ),
        doc=("add `opt_out_text` to the first automatic text to a number, if that costs no further segment"),
        ask=Ask(
            "Say in the first text how to opt out?",
            hint="Where that costs nothing.",
            kind=FieldKind.CHOICE,
            choices=YES_NO,
        ),
    ),
    "opt_out_text": Setting(
        N_("Reply STOP to opt out."),
        values.template,
        comment="Keep a word in it that the box understands, such as STOP.",
        doc="the hint; keep a word in it that the box understands, such as STOP",
        ask=Ask("In these words"),
    ),
}
