"""Push by ntfy: which addresses are channels, how a phone subscribes, and which servers a new one may be on."""

import pytest

from bridge.config.checks import urls
from bridge.rules.push import Channel, channels, new_channel
from bridge.rules.refusals import Refusal, Refused

ADDRESSES = [
    ("ntfy://shop", ["https://ntfy.sh/shop"], ["ntfy://ntfy.sh/shop"]),
    ("ntfys://ntfy.sh/Shop_1-x", ["https://ntfy.sh/Shop_1-x"], ["ntfy://ntfy.sh/Shop_1-x"]),
    ("ntfy://ntfy.sh/shop", ["https://ntfy.sh/shop"], ["ntfy://ntfy.sh/shop"]),
    ("ntfy://10.0.0.5:81/shop", ["http://10.0.0.5:81/shop"], ["ntfy://10.0.0.5:81/shop?secure=false"]),
    ("ntfys://me:hunter2@push.example/a?priority=5", ["https://push.example/a"], ["ntfy://push.example/a"]),
    ("ntfys://tk_hunter2@push.example/a", ["https://push.example/a"], ["ntfy://push.example/a"]),
    ("ntfys://h/a/b", ["https://h/a", "https://h/b"], ["ntfy://h/a", "ntfy://h/b"]),
    ("ntfys://h/" + "x" * 65, [], []),
    ("ntfys://h/%22onclick", [], []),
    ("ntfy://[broken", [], []),
    ("mailto://me:hunter2@mail.example", [], []),
]


@pytest.mark.parametrize(("address", "web", "app"), ADDRESSES)
def test_how_a_phone_subscribes(address: str, web: list[str], app: list[str]) -> None:
    found = channels([address])
    assert [one.on_the_web for one in found] == web
    assert [one.in_the_app for one in found] == app
    assert "hunter2" not in repr(found)


SERVERS = [
    ("ntfy.sh", "ntfys://ntfy.sh/x"),
    (" NTFY.sh ", "ntfys://ntfy.sh/x"),
    ("http://ntfy.sh", "ntfys://ntfy.sh/x"),
    ("https://push.example.com/", "ntfys://push.example.com/x"),
    ("push.lan:8080", "ntfys://push.lan:8080/x"),
    ("http://192.168.1.5:8080", "ntfy://192.168.1.5:8080/x"),
]


@pytest.mark.parametrize(("typed", "address"), SERVERS)
def test_a_new_channel(typed: str, address: str) -> None:
    channel = new_channel(typed, "x")
    assert channel.address == address
    assert channels(urls(address)) == [channel] == [Channel(channel.server, channel.safe, "x")]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "me:hunter2@h",
        "h/path",
        "h, mailto://x",
        "ftp://h",
        "h\nurls = x",
        "-h",
        "h:x",
        "h?x",
        "javascript:1x",
    ],
)
def test_what_is_no_server(typed: str) -> None:
    with pytest.raises(Refusal) as refusal:
        new_channel(typed, "x")
    assert refusal.value.why.code == Refused.NO_SERVER
