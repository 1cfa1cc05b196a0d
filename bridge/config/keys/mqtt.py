"""[mqtt] The broker by which Home Assistant and others see the box."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting

ABOUT = About()
KEYS: dict[str, Setting] = {
    "url": Setting(
        "",
        values.broker,
        comment=(
            "An MQTT broker that is told of calls, lines and unread texts, such as mqtt://name:password@192.168.1.5:1883\n"
            "(mqtts:// for TLS); Home Assistant finds the box there. Empty: none."
        ),
        doc=(
            "an MQTT broker that is told of calls, lines and unread texts, and by which "
            "[Home Assistant](home-assistant.md) finds the box: `mqtt://name:password@host:1883`, or "
            "`mqtts://` for TLS. Empty: none"
        ),
    ),
    "numbers": Setting(
        "no",
        values.boolean,
        comment="May the broker know who called? no: the number is masked | yes: the name, or else the number",
        doc="may the broker know who called? `no`: the number is masked; `yes`: the name, or else the number",
    ),
    "notify_to": Setting(
        "",
        values.phone,
        comment="Where Home Assistant's notifications go as a text; empty: only to numbers that it names.",
        doc=(
            "the number to which Home Assistant's notifications go as a text. Empty: there is no such entity, and a text needs "
            "a number in its payload"
        ),
    ),
}
