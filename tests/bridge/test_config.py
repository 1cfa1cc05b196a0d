"""config.ini: the shipped file and the docs say what the schema says, and every mistake is named with its line."""

import re
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import ConfigError, Problem, Settings, load, parse, shipped
from bridge.config.schema import ABOUT, DAYS, FAMILIES, SECTIONS
from bridge.rules.hours import Holidays, Span
from bridge.rules.mcc import REGIONS
from modem.at import families
from tests.support.paths import ROOT

SHIPPED = ROOT / "config.ini"
HERE = Path("/etc/textback/config.ini")


def settings(text: str = "") -> Settings:
    return parse(text, HERE)


def problems(text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        parse(text, HERE)
    return list(caught.value.problems)


# ---- the shipped file, the docs and the schema


def keys_of(text: str, setting: str) -> dict[str, list[str]]:
    """The keys under each heading of a file, in their order."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if heading := re.match(r"(?:#* ?`?)\[(\w+)\]`?$", line):
            found[heading[1]] = []
        elif key := re.match(setting, line):
            list(found.values())[-1].append(key[1])
    return found


SCHEMA = {name: list(keys) for name, keys in SECTIONS.items()}


def test_what_is_shipped_is_made_of_the_schema() -> None:
    """`make config` writes both."""
    assert SHIPPED.read_text("utf-8") == shipped.config_ini()
    docs = shipped.DOCS.read_text("utf-8")
    assert docs == shipped.with_tables(docs)
    restart = [f"`[{section}]`" for section, about in ABOUT.items() if not about.live]
    assert f"except those in {', '.join(restart[:-1])} and {restart[-1]}" in docs


# Two sections whose objects are not a field a key: the days of a week are one, and a database has a place if nobody says one.
CLASSES = {
    name: get_args(kind)[0] if get_origin(kind) is tuple else kind
    for name, kind in get_type_hints(Settings).items()
    if name not in ("path", "hours")
}


@pytest.mark.parametrize("section", [name for name in SECTIONS if name != "hours"])
def test_each_field_of_the_settings_has_its_key_and_the_type_of_its_check(section: str) -> None:
    fields = get_type_hints(CLASSES["modems" if section == "modem" else section])
    for key, setting in SECTIONS[section].items():
        check = setting.check
        assert get_type_hints(check)["return"] == fields.pop(key), key
    assert all(name == "name" or name.endswith("_by_language") for name in fields), fields


def test_the_shipped_file_has_every_key_in_order_and_no_other() -> None:
    assert keys_of(SHIPPED.read_text("utf-8"), r"(\w+) =") == SCHEMA


def test_the_shipped_file_says_the_defaults() -> None:
    assert load(SHIPPED, {}) == parse("", SHIPPED)
    lines = SHIPPED.read_text("utf-8").splitlines()
    for schema in SECTIONS.values():
        for key, setting in schema.items():
            assert f"{key} = {setting.default}".rstrip() in lines


def test_every_key_of_the_shipped_file_has_a_comment_above_it() -> None:
    pairs = pairwise(SHIPPED.read_text("utf-8").splitlines())
    bare = [key[1] for above, line in pairs if (key := re.match(r"(\w+) =", line)) and above[:1] != "#"]
    assert bare == [day for day in DAYS if day != "monday"]  # one comment for the week


def test_the_docs_have_every_key_in_order_and_no_other() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert keys_of(text, r"\| `(\w+)` \|") == SCHEMA


def test_the_docs_say_the_defaults() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| ", (ROOT / "docs" / "configuration.md").read_text("utf-8"), re.MULTILINE
    )
    said = [(key, default.strip("`")) for key, default in rows]
    assert said == [(key, setting.default) for keys in SECTIONS.values() for key, setting in keys.items()]


def test_the_families_are_those_of_the_modem_room() -> None:
    assert set(FAMILIES) == {"auto", *(family.name for family in families.FAMILIES)}


# ---- values


def test_the_defaults_are_those_of_the_contract() -> None:
    made = settings()
    assert [(modem.name, modem.port, modem.baud, modem.pin, modem.family) for modem in made.modems] == [
        ("main", "auto", 115200, None, "auto")
    ]
    texts = made.textback
    assert texts.enabled
    assert texts.opt_out_hint
    assert texts.message.startswith("Hi! Sorry we missed your call.")
    assert (texts.delay_seconds, texts.cooldown_hours, texts.expire_minutes) == (0, 24, 60)
    assert (texts.closed, texts.closed_message, texts.opt_out_text) == ("same", "", "Reply STOP to opt out.")
    assert made.filters.countries == ("home",)
    assert (made.filters.landlines, made.filters.min_rings, made.filters.notices) == ("skip", 0, False)
    assert tuple(getattr(made.limits, field.name) for field in fields(made.limits)) == (6, 100, 10)
    assert made.notify.quiet == Span(21 * 60, 32 * 60)
    assert (made.web.host, made.web.port, made.web.networks, made.web.names) == (
        "0.0.0.0",
        8080,
        "private",
        (),
    )
    assert made.storage.keep_days == 365
    assert made.hours.open_always


# section, line, where the value is found, the value
VALUES = [
    ("shop", "name = 100% [Bakery] # 1; best", "shop.name", "100% [Bakery] # 1; best"),
    ("shop", "country = de", "shop.country", "DE"),
    ("shop", "country = AUTO", "shop.country", "auto"),
    ("shop", "timezone = Europe/London", "shop.timezone", "Europe/London"),
    ("shop", "phone = +44 121 234 5678", "shop.phone", "+44 121 234 5678"),
    ("shop", "own_numbers = 0121 234 5678, +447400123456, 121", "shop.own_numbers",
     ("0121 234 5678", "+447400123456", "121")),
    ("textback", "enabled = off", "textback.enabled", False),
    ("textback", "enabled = TRUE", "textback.enabled", True),
    ("textback", "message = Hi {name}, {shop} = yours", "textback.message", "Hi {name}, {shop} = yours"),
    ("textback", "message.de = Hallo", "textback.messages_by_language", {"de": "Hallo"}),
    ("textback", "closed_message.fr = Fermé", "textback.closed_messages_by_language", {"fr": "Fermé"}),
    ("textback", "delay_seconds = 86400", "textback.delay_seconds", 86400),
    ("textback", "cooldown_hours = 0", "textback.cooldown_hours", 0),
    ("textback", "opt_out_text =", "textback.opt_out_text", ""),
    ("filters", "countries = any", "filters.countries", ("any",)),
    ("filters", "countries = GB, ie FR", "filters.countries", ("GB", "IE", "FR")),
    ("filters", "blocklists = /etc/a list.txt, lists", "filters.blocklists", ("/etc/a list.txt", "lists")),
    ("hours", "holidays = GB, 2026-12-24 2026-12-31", "hours.holidays",
     Holidays("GB", (date(2026, 12, 24), date(2026, 12, 31)))),
    ("notify", "quiet =", "notify.quiet", None),
    ("notify", "digest = OFF", "notify.digest", None),
    ("notify", "digest = 8:05", "notify.digest", time(8, 5)),
    ("notify", "urls = ntfy://a, mailto://u:p@h?to=x@y.z,v@w.x tgram://b", "notify.urls",
     ("ntfy://a", "mailto://u:p@h?to=x@y.z,v@w.x", "tgram://b")),
    ("web", "host = ::1", "web.host", "::1"),
    ("web", "port = 0", "web.port", 0),
    ("web", "names = shop.lan box", "web.names", ("shop.lan", "box")),
    ("storage", "database = postgresql+psycopg://me:p@db/shop", "storage.database", "postgresql+psycopg://me:p@db/shop"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "line", "place", "value"), VALUES, ids=[row[1] for row in VALUES])
def test_values(section: str, line: str, place: str, value: object) -> None:
    kind, _, name = place.partition(".")
    assert getattr(getattr(settings(f"[{section}]\n{line}\n"), kind), name) == value


SPANS = [
    ("9:00-12:30, 14:00-18:00", (Span(540, 750), Span(840, 1080))),
    ("9-17", (Span(540, 1020),)),
    ("00:00 - 24:00", (Span(0, 1440),)),
    ("22:00-2:00", (Span(1320, 1560),)),
    ("18:00–0:00", (Span(1080, 1440),)),
    ("", ()),
]


@pytest.mark.parametrize(("text", "spans"), SPANS)
def test_opening_hours(text: str, spans: tuple[Span, ...]) -> None:
    hours = settings(f"[hours]\nsunday = {text}").hours
    assert hours.week == ((), (), (), (), (), (), spans)
    assert hours.open_always == (not spans)


def test_lines_are_named_and_main_is_the_first() -> None:
    made = settings(
        "[modem two]\nport = /dev/ttyUSB2\nbaud = 9600\npin = 0000\nfamily = quectel\n[modem]\nport=simulator"
    )
    assert [(modem.name, modem.port, modem.pin) for modem in made.modems] == [
        ("main", "simulator", None),
        ("two", "/dev/ttyUSB2", "0000"),
    ]
    assert [modem.name for modem in settings("[modem two]\n[modem one]").modems] == ["two", "one"]


def test_where_the_database_lies() -> None:
    assert settings().storage.database == "sqlite:////etc/textback/textback.db"
    under_systemd = parse("", HERE, {"STATE_DIRECTORY": "/var/lib/textback:/var/lib/other"})
    assert under_systemd.storage.database == "sqlite:////var/lib/textback/textback.db"
    asked = parse("[storage]\ndatabase = sqlite:////x.db", HERE, {"STATE_DIRECTORY": "/var/lib/textback"})
    assert asked.storage.database == "sqlite:////x.db"


# ---- how it is written


def test_marks_of_other_editors_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "config.ini"
    path.write_bytes("\ufeff; old style\r\n[ shop ]\r\n\tname\t=\tCafé \r\n\tphone = 121\r\n".encode())
    shop = load(path, {}).shop
    assert (shop.name, shop.phone) == ("Café", "121")


def test_a_deeper_line_goes_on_with_the_value() -> None:
    text = "[textback]\nmessage = Hi!\n  # not this\n\n  We are {shop}.\ndelay_seconds = 5\n"
    assert settings(text).textback.message == "Hi! We are {shop}."
    assert settings(text).textback.delay_seconds == 5


def test_a_text_does_not_swallow_an_indented_setting() -> None:
    (problem,) = problems("[textback]\nmessage = Hi!\n  delay_seconds = 5")
    assert problem.line == 3
    assert "start it at the beginning of the line" in problem.message


# ---- mistakes: text, and of each problem (line, key, what its sentence must say)

MISTAKES = [
    ("[shop]\nname", [(2, None, "write key = value")]),
    ("name = x", [(1, None, "before the first section")]),
    ("[shopp]\nname = x", [(1, None, "the nearest is [shop]")]),
    ("[shop two]\nname = x", [(1, None, "is not a section")]),
    ("[shop", [(1, None, "write [shop]")]),
    ("[shop] # ours", [(1, None, "comments on lines of their own")]),
    ("[]", [(1, None, "is not a section")]),
    ("[shop]\n[web]\n[shop]\nnam = x", [(3, None, "first in line 1"), (4, "nam", "the nearest is name")]),
    ("[modem]\n[modem main]", [(2, None, "its own name")]),
    ("[modem a]\n[modem a]", [(2, None, "its own name")]),
    ("[shop]\nname = a\nname = b", [(3, "name", "first in line 2")]),
    ("[shop]\nNames = a", [(2, "Names", "the nearest is name")]),
    ("[shop]\ndelay_seconds = 1", [(2, "delay_seconds", "under [textback]")]),
    ("[shop]\nname.de = a", [(2, "name.de", "the nearest is name")]),
    ("[shop]\ncountry =", [(2, "country", "write GB, DE, US")]),
    ("[shop]\ncountry = UK", [(2, "country", "write GB")]),
    ("[shop]\ntimezone = London", [(2, "timezone", "Europe/London")]),
    ("[shop]\ntimezone = Europe", [(2, "timezone", "Europe/London")]),
    ("[shop]\nphone = call us", [(2, "phone", "not a phone number")]),
    ("[shop]\nown_numbers = 07400 123456 07400 123457", [(2, "own_numbers", "not a phone number")]),
    ("[modem]\nport = COM3", [(2, "port", "a path such as")]),
    ("[modem]\nbaud =", [(2, "baud", "write 115200")]),
    ("[modem]\nbaud = 115201", [(2, "baud", "write 115200")]),
    ("[modem]\npin = 12", [(2, "pin", "4 to 8 digits")]),
    ("[modem two]\nfamily = nokia", [(2, "family", "huawei")]),
    ("[textback]\nenabled = maybe", [(2, "enabled", "neither yes nor no")]),
    ("[textback]\nenabled = yes # really", [(2, "enabled", "neither yes nor no")]),
    ("[textback]\nmessage =", [(2, "message", "enabled = no")]),
    ("[textback]\nmessage = Hi {Name}", [(2, "message", "{name}")]),
    ("[textback]\nmessage = Hi {name", [(2, "message", "no partner")]),
    ("[textback]\nmessage.german = Hallo", [(2, "message.german", "not a language code")]),
    ("[textback]\nmessage.de = Hallo {wer}", [(2, "message.de", "{wer} is not a placeholder")]),
    ("[textback]\nopt_out_text = {stop}", [(2, "opt_out_text", "{stop} is not a placeholder")]),
    ("[textback]\nclosed = never", [(2, "closed", "same other wait skip")]),
    ("[textback]\nclosed = other", [(2, "closed", "closed_message")]),
    ("[textback]\nclosed = other\nclosed_message = {x}", [(3, "closed_message", "{x}")]),
    ("[textback]\ndelay_seconds = 86401", [(2, "delay_seconds", "from 0 to 86400")]),
    ("[textback]\ncooldown_hours = -1", [(2, "cooldown_hours", "whole number")]),
    ("[textback]\nexpire_minutes = 0", [(2, "expire_minutes", "from 1")]),
    ("[textback]\nexpire_minutes = ６０", [(2, "expire_minutes", "from 1")]),
    ("[hours]\nmonday = 9:00", [(2, "monday", "9:00-12:30")]),
    ("[hours]\nmonday = 9:00-25:00", [(2, "monday", "24:00")]),
    ("[hours]\nmonday = 24:00-25:00", [(2, "monday", "24:00")]),
    ("[hours]\nmonday = 9:60-10:00", [(2, "monday", "24:00")]),
    ("[hours]\nmonday = 9:00-9:00", [(2, "monday", "0:00-24:00")]),
    ("[hours]\nholidays = GB, DE", [(2, "holidays", "only one country")]),
    ("[hours]\nholidays = 24.12.2026", [(2, "holidays", "2026-12-24")]),
    ("[filters]\ncountries =", [(2, "countries", "home, any")]),
    ("[filters]\ncountries = GB XX", [(2, "countries", "“XX”")]),
    ("[filters]\nlandlines = yes", [(2, "landlines", "skip text")]),
    ("[filters]\nmin_rings = few", [(2, "min_rings", "whole number")]),
    ("[limits]\nper_day = 0", [(2, "per_day", "from 1")]),
    ("[notify]\nurls = ntfy://a, b", [(2, "urls", "address 2 is not one that the box can notify")]),
    ("[notify]\ndigest = 24:00", [(2, "digest", "08:00, or off")]),
    ("[notify]\nquiet = 1:00-2:00, 3:00-4:00", [(2, "quiet", "only be one quiet time")]),
    ("[web]\nhost =", [(2, "host", "0.0.0.0")]),
    ("[web]\nhost = 300.1.1.1", [(2, "host", "0.0.0.0")]),
    ("[web]\nport = 65536", [(2, "port", "65535")]),
    ("[web]\nnetworks = public", [(2, "networks", "private any")]),
    ("[web]\nnames = http://shop.lan", [(2, "names", "not a host name")]),
    ("[storage]\ndatabase = textback.db", [(2, "database", "sqlite:////path")]),
    ("[storage]\ndatabase = postgresql://x/y", [(2, "database", "postgresql+psycopg://")]),
    ("[storage]\ndatabase = postgresql+psycopg://x:port/y", [(2, "database", "sqlite:////path")]),
    ("[storage]\nkeep_days = forever", [(2, "keep_days", "whole number")]),
    ("[shop]\nnmae = x\n[web]\nport = x\n[sms]\n", [(2, "nmae", "name"), (4, "port", "65535"), (5, None, "not a section")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=[row[0].replace("\n", " ") for row in MISTAKES])
def test_mistakes(text: str, expected: list[tuple[int, str | None, str]]) -> None:
    found = problems(text)
    assert [(problem.line, problem.key) for problem in found] == [(line, key) for line, key, _ in expected]
    for problem, (_, _, words) in zip(found, expected, strict=True):
        assert words in problem.message


KEYS = [(section, key) for section, keys in SECTIONS.items() for key in keys]
VALUE = st.text() | st.text("0123456789:-/+., {}[]@#%\x00abAB")


@given(st.lists(st.tuples(st.sampled_from(KEYS), VALUE), max_size=5))
def test_whatever_stands_there_is_settings_or_named_mistakes(
    entries: list[tuple[tuple[str, str], str]],
) -> None:
    text = "".join(f"[{section}]\n{key} = {value}\n" for (section, key), value in entries)
    found: tuple[Problem, ...] = ()
    said = ""
    try:
        parse(text, HERE)
    except ConfigError as error:
        found, said = error.problems, str(error)
    assert all(problem.line for problem in found)
    assert len(said.splitlines()) == len(found)


@given(st.text("[]=#; \t\r\nabc.\ufeff"))
def test_whatever_a_file_looks_like_is_settings_or_named_mistakes(text: str) -> None:
    with suppress(ConfigError):
        parse(text, HERE)


def test_what_the_error_says() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("[modem two]\nbaud = fast\n[sms]", HERE)
    first, second = str(caught.value).splitlines()
    assert first.startswith(
        "/etc/textback/config.ini, line 2: baud in [modem two]: 'fast' is not a speed; write 115200"
    )
    assert second.startswith("/etc/textback/config.ini, line 3: [sms] is not a section; ")
    assert first.endswith(".")
    assert second.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "[modem]\npin = hunter2",
        "[notify]\nurls = me:hunter2",
        "[storage]\ndatabase = mysql://me:hunter2@db/x",
    ],
)
def test_secrets_are_not_repeated(text: str) -> None:
    assert "hunter2" not in str(problems(text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.ini"
    latin.write_bytes("[shop]\nname = Café\n".encode("latin-1"))
    for path, words in (
        (latin, f"{latin}, line 2: is not UTF-8; save it as UTF-8."),
        (tmp_path / "none.ini", "(No such file or directory); name the right file with -c."),
        (tmp_path, "(Is a directory); name the right file with -c."),
    ):
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        assert words in str(caught.value)


def test_settings_are_equal_by_value() -> None:
    made = settings("[shop]\nname = a")
    assert made == replace(settings(), shop=replace(settings().shop, name="a"))


def test_every_country_of_a_sim_is_a_country_of_a_shop() -> None:
    for code, region in REGIONS.items():
        assert settings(f"[shop]\ncountry = {region}").shop.country == region, code
