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
    "https": Setting(
        "off",
        values.one_of("off", "own"),
        comment=(
            "Serve the page over HTTPS, too: own = with the box's own certificate, which each device has to trust "
            "once\n(see /https on the page)."
        ),
        doc=(
            "serve the page over HTTPS, too: `off`, or `own` with the box's own certificate, which each device has to trust "
            "once ([https.md](https.md)); takes effect at once"
        ),
    ),
    "https_port": Setting(
        "8443",
        values.number(0, 65535),
        comment="The port for HTTPS; 0 = any free one.",
        doc="the port for HTTPS; `0`: any free one, the log says which",
    ),
}
