"""[notify] What the owner is told."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting

ABOUT = About("What you are told")
KEYS: dict[str, Setting] = {
    "sms_to": Setting(
        "",
        values.phone,
        comment="The owner's mobile: alerts go there, and relayed texts can be answered from there.",
        doc=(
            "the owner's mobile: [alerts](texting.md) go there, and relayed texts can be answered from there"
        ),
        ask=Ask(
            "Your mobile",
            hint="It is told when somebody answers; your reply goes to the customer.",
            kind=FieldKind.PHONE,
        ),
    ),
    "urls": Setting(
        "",
        values.urls,
        comment="Apprise URLs: mail, ntfy, Telegram, ... Separated by commas or blanks.",
        doc="[Apprise](https://github.com/caronc/apprise) URLs: mail, ntfy, Telegram and many more",
        ask=Ask(
            "Other services",
            hint="Where alerts go besides: addresses such as ntfy://my-topic or mailto://name:password@host.",
        ),
    ),
    "quiet": Setting(
        "21:00-08:00",
        values.quiet,
        comment="No alerts in this span.",
        doc="no alerts in this span; empty: alerts at any hour",
        ask=Ask("Quiet hours", hint="No alerts in this span, such as 21:00-08:00."),
    ),
    "digest": Setting(
        "off",
        values.time_of_day,
        comment=(
            "When you are told every day of yesterday's calls, texts and answers, and on Mondays of "
            "the week: off | a time such as 08:00"
        ),
        doc=(
            "a time such as `08:00`: every day at it you are told of yesterday's calls, texts and "
            "answers and who waits, on Mondays of the week before too"
        ),
        ask=Ask(
            "Daily summary",
            hint="Off, or a time such as 08:00: yesterday's calls and texts, and who waits.",
        ),
    ),
}
