"""What belongs to people is left out of what goes to somebody else, however it is spelled; what helps stays."""

import pytest

from bridge.rules.masking import HEX, HIDDEN, MAIL, NUMBER, Mask

# +44 7400 123456, and a text, as PDUs have them (23.040): digits in swapped pairs, UCS-2.
SWAPPED, UCS2 = "447004214365", "Mia".encode("utf-16-be").hex().upper()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call from +447400123456", f"call from {NUMBER}"),
        ("call from 447400123456.", f"call from {NUMBER}."),
        ("07400 123 456 rang", f"{NUMBER} rang"),
        ("+44 (0) 7400 / 123-456", NUMBER),
        ("0740.012.3456", NUMBER),
        ("+44\u00a07400\u2013123456", NUMBER),
        ("port_missing?number=%2B447400123456&x=1", f"port_missing?number=%{HEX}&x=1"),
        ("caller=447400123456,", f"caller={NUMBER},"),
        ('+CLIP: "+447400123456",145', f'+CLIP: "{NUMBER}",145'),
        ("490154203237518", NUMBER),
        ("IMSI 234 15 0123456789", f"IMSI {NUMBER}"),
        ("8944110068123456789F", HEX),
        (f"07911326040000F0040B91{SWAPPED}0008", HEX),
        (SWAPPED, NUMBER),
        (f"sent {UCS2}", f"sent {HEX}"),
        ("b'\\x07\\x91\\x44\\x70\\x04'", f"b'{HEX}'"),
        ("07 91 44 70 04 21 43 65", HEX),
        ("b8:27:eb:12:34:56", HEX),
        ("password = hunter2", f"password = {HIDDEN}"),
        ('{"token": "abc"}', f'{{"token": {HIDDEN}'),
        ("passphrase: a good long one\nand more", f"passphrase: {HIDDEN}\nand more"),
        ("Authorization: Bearer abc.def", f"Authorization: {HIDDEN}"),
        ("it has eyJhbGciOiJIUzI1NiJ9 in it", f"it has {HIDDEN} in it"),
        ("the bearer abc.def", f"the bearer {HIDDEN}"),
        ('AT+CPIN="1234"', f"AT+CPIN={HIDDEN}"),
        ("from mia@example.org", f"from {MAIL}"),
        ("mailto://mia:secret@example.org?to=x", f"mailto://{HIDDEN}"),
        ("https://example.org/join/abc", f"https://{HIDDEN}"),
        ("type the code 1234-5678 and", f"type the code {NUMBER} and"),
        ("2026-11-27 12:00:00 07400123456", f"2026-11-27 12:00:00 {NUMBER}"),
        ("2026-11-27 12:00:00+447400123456", f"2026-11-27 12:00:00{NUMBER}"),
    ],
)
def test_what_looks_like_it_goes(text: str, left: str) -> None:
    assert Mask().all(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 12:00:00,123 INFO main: call from +44*****456 ended: abandoned",
        "2026-11-27T12:00:00+0000 textback[1234]: The page is at http://192.168.178.20:8080",
        "[12345.678901] usb 1-1.4: new high-speed USB device number 5 using dwc_otg",
        "The page is at http://textback.local:8080/",
        "     Active: active (running) since Fri 2026-11-27 12:00:00 UTC; 3h 4min ago",
        "     Memory: 61.2M (peak: 117.5M) CPU: 1min 2.345s",
        "Main process exited, code=killed, status=9/KILL",
        "option1 ttyUSB0: GSM modem (1-port) converter now disconnected from ttyUSB0",
        "mmcblk0: error -110 transferring data, sector 3409, nr 8, cmd response 0x900, card status 0xb00",
        "+CSQ: 17,99",
        "/dev/serial/by-id/usb-Quectel_EC25-if02-port0: the AT port of Quectel (2c7c:0125, interface 2)",
        '  File "/usr/lib/textback/bridge/service/machine_watch.py", line 42, in look_at_voltage',
        "row 12\n345\n6789",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert Mask().all(text) == text


def test_what_is_named_goes_in_every_spelling() -> None:
    mask = Mask(["Zoë Quist", "60006", "1234"], ["See you\ntomorrow at nine o'clock, by the blue door"])
    text = 'Zoë Quist, Quist, "Zo\\u00eb Quist", Zo%C3%AB%20Quist, 60006, PIN 1234, Quistgaard, 600067'
    assert mask.words(text) == (
        f'{HIDDEN}, {HIDDEN}, "{HIDDEN}", {HIDDEN}, {HIDDEN}, PIN {HIDDEN}, Quistgaard, 600067'
    )
    assert (
        mask.words("he wrote: See you\ntomorrow at nine o'clock and more")
        == f"he wrote: {HIDDEN} o'clock and more"
    )
    assert mask.words("he wrote: tomorrow at nine o'clock, by the blue door!") == f"he wrote: {HIDDEN}!"
