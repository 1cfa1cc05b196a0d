"""[web] Where and to whom the page is served."""

from bridge.config import checks as values
from bridge.config.setting import About, Setting

ABOUT = About(live=False)
KEYS: dict[str, Setting] = {
    "host": Setting(
        "0.0.0.0",
        values.host,
        comment=(
            "The address that the page listens at: 0.0.0.0 = all of the box's, 127.0.0.1 = only the box itself."
        ),
        doc=(
            "the address that the page listens at: `0.0.0.0` is all of the box's, `127.0.0.1` only the box itself"
        ),
    ),
    "port": Setting(
        "8080",
        values.number(0, 65535),
        comment="The page's port; 0 = any that is free.",
        doc="the page's port; `0`: any that is free, the log says which",
    ),
    "networks": Setting(
        "private",
        values.one_of("private", "any"),
        comment="private = only private, link-local and loopback peers; any = everybody.",
        doc=("who is served: `private` (private, link-local and loopback addresses) or `any` (everybody)"),
    ),
    "names": Setting(
        "",
        values.host_names,
        comment="Extra host names under which the page may be called. Separated by commas.",
        doc="further host names under which the page may be called, without `http://` and port",
    ),
}
