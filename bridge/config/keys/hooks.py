"""[hooks] Other programs that are told of what happens."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting

ABOUT = About()
KEYS: dict[str, Setting] = {
    "allow": Setting(
        "",
        values.hosts,
        comment=(
            "Hosts that hooks may reach although nothing else would let them: the box itself (127.0.0.1), or one without\n"
            "encryption outside of the shop's network. Separated by commas."
        ),
        doc=(
            "hosts that [hooks](hooks.md) may reach although nothing else would let them: the box itself (`127.0.0.1`, "
            "`localhost`), or one without encryption outside of the shop's network"
        ),
    ),
}
