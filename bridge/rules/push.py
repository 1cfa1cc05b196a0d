"""Push to a phone by ntfy: the channels among the addresses of other services, how a phone subscribes to one, and the address
of a new one; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from bridge.rules.refusals import Refusal, Refused

# The server that anybody may use; it is spoken to safely, whatever the address says.
PUBLIC = "ntfy.sh"
_SERVER = re.compile(r"(?:(https?)://)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)/?")
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Channel:
    """server: its name, with its port where it has one. safe: by https. topic: a name that only those know who read it."""

    server: str
    safe: bool
    topic: str

    @property
    def on_the_web(self) -> str:
        """Where any phone finds it."""
        return f"{'https' if self.safe else 'http'}://{self.server}/{self.topic}"

    @property
    def in_the_app(self) -> str:
        """What opens ntfy's app, where it is installed."""
        return f"ntfy://{self.server}/{self.topic}{'' if self.safe else '?secure=false'}"

    @property
    def address(self) -> str:
        """As it stands in config.ini."""
        return f"{'ntfys' if self.safe else 'ntfy'}://{self.server}/{self.topic}"


def channels(urls: Iterable[str]) -> list[Channel]:
    """Those of these addresses to which a phone can subscribe. Whose name and password stand in the address, they are left out.

    >>> [one.on_the_web for one in channels(["ntfy://shop", "ntfy://me:secret@push.lan:8080/a/b", "mailto://x@y.z"])]
    ['https://ntfy.sh/shop', 'http://push.lan:8080/a', 'http://push.lan:8080/b']
    """
    return [channel for url in urls for channel in _channels(url)]


def _channels(url: str) -> list[Channel]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    if parts.scheme not in ("ntfy", "ntfys"):
        return []
    server, topics = parts.netloc.rpartition("@")[2], [topic for topic in parts.path.split("/") if topic]
    if not topics:
        server, topics = PUBLIC, [server]
    safe = parts.scheme == "ntfys" or server.lower() == PUBLIC
    return [Channel(server, safe, topic) for topic in topics if _TOPIC.fullmatch(topic)]


def new_channel(server: str, topic: str) -> Channel:
    """A channel of this name on a server as somebody has typed it. Raises Refusal for what is none.

    >>> new_channel("ntfy.sh", "x").address, new_channel("http://192.168.1.5:8080/", "x").address
    ('ntfys://ntfy.sh/x', 'ntfy://192.168.1.5:8080/x')
    """
    found = _SERVER.fullmatch(server.strip().lower())
    if found is None:
        raise Refusal(Refused.NO_SERVER, typed=server)
    return Channel(found[2], found[1] != "http" or found[2] == PUBLIC, topic)
