"""[textback] The automatic texts."""

from bridge.config import checks as values
from bridge.config.setting import YES_NO, About, Ask, FieldKind, Setting
from bridge.words.catalogue import N_

ABOUT = About("Automatic texts")
KEYS: dict[str, Setting] = {
    "enabled": Setting(
        "yes",
        values.boolean,
        comment="Text missed callers back?",
        doc="whether missed callers are texted back",
        ask=Ask("Text missed callers back?", kind=FieldKind.CHOICE, choices=YES_NO),
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
            "When the shop is closed",
            kind=FieldKind.CHOICE,
            choices={
                "same": "Send the same text",
                "other": "Send the text below",
                "wait": "Wait and send it when you open",
                "skip": "Send nothing",
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
        comment="How long to wait after the call (0 to 86400 seconds).",
        doc="how long to wait after the call; 0 to 86400",
        ask=Ask("Wait after a call", hint="Seconds.", kind=FieldKind.NUMBER),
    ),
    "cooldown_hours": Setting(
        "24",
        values.number(0, 8760),
        comment="At most one automatic text per number in this many hours.",
        doc=(
            "at most one automatic text per number in this many hours; `0`: one for each call, but never "
            "two at once"
        ),
        ask=Ask("One text per number every", hint="Hours.", kind=FieldKind.NUMBER),
    ),
    "expire_minutes": Setting(
        "60",
        values.number(1, 10080),
        comment="A text that could not be sent within this many minutes is not sent at all.",
        doc="a text that could not be sent within this many minutes is not sent at all; 1 to 10080",
        ask=Ask(
            "Give up after",
            hint="Minutes. A text that could not be sent by then is not sent at all.",
            kind=FieldKind.NUMBER,
        ),
    ),
    "opt_out_hint": Setting(
        "yes",
        values.boolean,
        comment=("Add opt_out_text to the first automatic text to a number, if that costs nothing extra."),
        doc=("add `opt_out_text` to the first automatic text to a number, if that costs nothing extra"),
        ask=Ask(
            "Say how to opt out in the first text?",
            hint="Where it costs nothing extra.",
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
