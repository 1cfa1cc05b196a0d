"""[web] Where and to whom the page is served."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting

ABOUT = About(live=False)
KEYS: dict[str, Setting] = {
    "host": Setting(
        "0.0.0.0",
        values.host,
        comment=(
            "Where the page can be opened: 0.0.0.0 = on all of the box's networks, 127.0.0.1 = only on the "
            "box itself."
        ),
        doc=(
            "where the page can be opened: `0.0.0.0` on all of the box's networks, `127.0.0.1` only on the "
            "box itself"
        ),
    ),
    "port": Setting(
        "8080",
        values.number(0, 65535),
        comment="The page's port; 0 = any free one.",
        doc="the page's port; `0`: any free one, the log says which",
    ),
    "networks": Setting(
        "private",
        values.one_of("private", "any"),
        comment="private = only devices on the shop's own network; any = everybody who can reach the box.",
        doc=(
            "who can open the page: `private` (devices on the shop's own network: private, link-local and "
            "loopback addresses) or `any` (everybody who can reach the box)"
        ),
    ),
    "names": Setting(
        "",
        values.host_names,
        comment="Other host names for the page. Separated by commas.",
        doc="other host names for the page, without `http://` and port",
    ),
}
