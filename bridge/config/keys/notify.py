"""[notify] What the owner is told."""

from bridge.config import checks as values
from bridge.config.setting import About, Ask, FieldKind, Setting

ABOUT = About("Alerts")
KEYS: dict[str, Setting] = {
    "sms_to": Setting(
        "",
        values.phone,
        comment="The owner's mobile: alerts and customers' replies go there, and can be answered from there.",
        doc=(
            "the owner's mobile: [alerts and customers' replies](texting.md#alerts-to-the-owner) go there, "
            "and can be answered from there"
        ),
        ask=Ask(
            "Your mobile",
            hint="Customers' replies are sent here; answer them by text and your answer goes to the customer.",
            kind=FieldKind.PHONE,
        ),
    ),
    "urls": Setting(
        "",
        values.urls,
        comment=(
            "Other services that get alerts (mail, ntfy, Telegram, ...), by their addresses: "
            "ntfy://topic, mailto://user:pass@host.\nSeparated by commas or spaces."
        ),
        doc=(
            "other services that get alerts, such as mail, ntfy or Telegram: addresses such as "
            "`ntfy://topic`, as [Apprise](https://github.com/caronc/apprise) lists them"
        ),
        ask=Ask(
            "Other services",
            hint="Alerts go here too. Write addresses such as ntfy://my-topic or mailto://name:password@host.",
        ),
    ),
    "quiet": Setting(
        "21:00-08:00",
        values.quiet,
        comment="No alerts at these times.",
        doc="no alerts at these times; empty: alerts at any time",
        ask=Ask("Quiet hours", hint="No alerts at these times, such as 21:00-08:00."),
    ),
    "digest": Setting(
        "off",
        values.time_of_day,
        comment=(
            "When to send the daily summary of yesterday's calls and texts, on Mondays of the week too: "
            "off | a time such as 08:00"
        ),
        doc=(
            "a time such as `08:00`, when you get a summary of yesterday's calls and texts and who needs a "
            "reply; on Mondays also of the week before"
        ),
        ask=Ask(
            "Daily summary",
            hint="Off, or a time such as 08:00: yesterday's calls and texts, and who needs a reply.",
        ),
    ),
    "led": Setting(
        "",
        values.led,
        comment=(
            "An LED of the box as a signal: slow blinking while all is well, fast when something is wrong. Its name in "
            "/sys/class/leds,\nsuch as ACT; empty: none."
        ),
        doc=(
            "an LED of the box as a signal, by its name in `/sys/class/leds/`, such as `ACT`: it blinks slowly while all is "
            "well, and fast when something is wrong ([how to allow it](hardware.md#a-light-as-a-signal))"
        ),
        ask=Ask(
            "Light as a signal",
            hint="An LED of the box, by its name in /sys/class/leds, such as ACT. It blinks slowly while all is well, and fast "
            "when something is wrong. Empty: none.",
        ),
    ),
}
