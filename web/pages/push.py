"""Push to a phone, in the form of what an owner is told: a channel with a name that nobody guesses, and the codes by which
phones subscribe to it. It keeps nothing itself: the channel is one of the addresses of other services."""

from collections.abc import Iterable
from secrets import token_hex

from markupsafe import Markup

from bridge.rules import push
from web.pages import qr


def with_new_channel(urls: str, server: str) -> str:
    """The addresses as config.ini has them, and a new channel on this server. Raises Refusal for what is no server."""
    channel = push.new_channel(server or push.PUBLIC, f"textback-{token_hex(16)}")
    return f"{urls.rstrip(', ')}, {channel.address}" if urls.strip(", ") else channel.address


def shown(urls: Iterable[str]) -> list[tuple[push.Channel, Markup]]:
    """The channels that there are, each with the code of its address."""
    return [(channel, qr.code(channel.on_the_web)) for channel in push.channels(urls)]
