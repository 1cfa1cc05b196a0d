"""Which release counts: signed by the makers, whole, newer, for this machine, and not told of too long ago."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bridge.rules.releases import LARGEST_PACKAGE, NoRelease, Notice, ReleaseTrouble, wanted
from bridge.rules.signatures import HASHED, PURE, PublicKey, is_signed
from modem.contract import Coded
from tests.support.makers import Maker, a_notice

TODAY = date(2026, 11, 28)
CONTENT = b'{"version": "0.3.0"}'
OURS, SPARE, OTHER = Maker(b"in use  "), Maker(b"spare   "), Maker(b"in use  ")
KEYS = (OURS.key, SPARE.key)

# ---- signatures


@pytest.mark.parametrize("algorithm", [PURE, HASHED])
@pytest.mark.parametrize("maker", [OURS, SPARE])
def test_either_key_counts_in_both_ways_of_minisign(maker: Maker, algorithm: bytes) -> None:
    assert is_signed(CONTENT, maker.signature(CONTENT, algorithm), KEYS)


def test_a_key_of_somebody_else_does_not_count_even_under_our_number() -> None:
    assert not is_signed(CONTENT, OTHER.signature(CONTENT), KEYS)
    assert not is_signed(CONTENT, Maker(b"unknown ").signature(CONTENT), KEYS)
    assert not is_signed(CONTENT, OURS.signature(CONTENT), ())


def test_one_octet_more_or_less_and_it_is_not_signed() -> None:
    signature = OURS.signature(CONTENT)
    for content in (CONTENT + b" ", CONTENT[:-1], b""):
        assert not is_signed(content, signature, KEYS)


def test_a_signature_that_is_cut_or_changed_anywhere_does_not_count() -> None:
    signature = OURS.signature(CONTENT)
    for end in range(len(signature) - 1):
        assert not is_signed(CONTENT, signature[:end], KEYS), end
    lines = signature.splitlines()
    for line in (1, 2, 3):
        changed = list(lines)
        changed[line] = changed[line].translate(str.maketrans("aAbBeo", "bBaAoe"))
        assert changed != lines
        assert not is_signed(CONTENT, "\n".join(changed), KEYS)


def test_the_words_that_go_with_a_signature_are_signed_too() -> None:
    signature = OURS.signature(CONTENT, words="textback 0.3.0")
    assert is_signed(CONTENT, signature, KEYS)
    assert not is_signed(CONTENT, signature.replace("0.3.0", "0.4.0"), KEYS)


def test_the_signature_of_another_file_does_not_count() -> None:
    assert not is_signed(CONTENT, OURS.signature(b"another file"), KEYS)


@pytest.mark.parametrize("text", ["", "untrusted comment: x\n", "!!!", "RWQ=", "A" * 56])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"octets|base64|minisign"):
        PublicKey.from_text(text)


# ---- notices


def test_a_notice_reads_as_it_was_written() -> None:
    notice = a_notice("0.3.0")
    assert Notice.from_json(notice.to_json()) == notice
    assert notice.changes_in("de") == ("SMS gehen früher hinaus.",)
    assert notice.changes_in("fr") == ("Texts go out sooner.",)


def changed(**parts: Any) -> str:
    return json.dumps({**json.loads(a_notice("0.3.0").to_json()), **parts})


def with_package(**parts: Any) -> str:
    told = json.loads(a_notice("0.3.0").to_json())
    told["packages"]["arm64"].update(parts)
    return json.dumps(told)


NO_NOTICES = [
    "",
    "[]",
    "null",
    "{}",
    "[" * 100_000,
    changed(form=2),
    changed(version="../../etc"),
    changed(version=3),
    changed(made="yesterday"),
    changed(until=None),
    changed(changes={"en": "one"}),
    changed(changes={"en": ["two\nlines"]}),
    changed(changes={"en": ["x" * 301]}),
    changed(changes={"en": ["x"] * 21}),
    changed(packages=[]),
    with_package(place="/etc/shadow"),
    with_package(place="pool/../../x.deb"),
    with_package(place="https://other.example/x.deb"),
    with_package(place="//other.example/x.deb"),
    with_package(place=".."),
    with_package(size=0),
    with_package(size="9"),
    with_package(size=LARGEST_PACKAGE + 1),
    with_package(sha256="00"),
]


@pytest.mark.parametrize("text", NO_NOTICES, ids=range(len(NO_NOTICES)))
def test_what_is_no_notice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no notice of a release"):
        Notice.from_json(text)


# ---- which of them is wanted

REFUSED = [
    (a_notice("0.2.0"), Coded.of(ReleaseTrouble.SAME, version="0.2.0")),
    (a_notice("0.2.0-0"), Coded.of(ReleaseTrouble.SAME, version="0.2.0")),
    (a_notice("0.1.9"), Coded.of(ReleaseTrouble.OLDER, version="0.1.9", present="0.2.0")),
    (a_notice("0.2.0~rc1"), Coded.of(ReleaseTrouble.OLDER, version="0.2.0~rc1", present="0.2.0")),
    (
        a_notice("0.3.0", until=date(2026, 11, 27)),
        Coded.of(ReleaseTrouble.EXPIRED, version="0.3.0", until="2026-11-27"),
    ),
    (
        replace(a_notice("0.3.0"), packages={}),
        Coded.of(ReleaseTrouble.NOT_FOR_HERE, version="0.3.0", architecture="arm64"),
    ),
]


@pytest.mark.parametrize(("notice", "why"), REFUSED)
def test_a_notice_that_brings_nothing_newer_here_is_refused(notice: Notice, why: Coded) -> None:
    with pytest.raises(NoRelease) as caught:
        wanted(notice, "0.2.0", "arm64", TODAY)
    assert caught.value.why == why


@pytest.mark.parametrize("version", ["0.2.1", "0.10", "1.0~rc1", "0.2.0-1"])
def test_a_newer_one_is_wanted_up_to_its_last_day(version: str) -> None:
    notice = a_notice(version, until=TODAY)
    assert wanted(notice, "0.2.0", "arm64", TODAY) == notice.packages["arm64"]
    assert notice.packages["arm64"].name == f"textback_{version}_arm64.deb"


def test_a_system_of_32_bits_gets_none() -> None:
    with pytest.raises(NoRelease) as caught:
        wanted(a_notice("0.3.0"), "0.2.0", "armhf", TODAY)
    assert caught.value.why.code == ReleaseTrouble.NOT_FOR_HERE
