"""A release that may take the place of the one that runs: what its signed notice says, and whether it counts here. How it is
fetched and installed, bridge/service/update knows."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bridge.rules.versions import compare, is_version
from modem.contract import Coded

# The file beside which the packages of a release lie, and what is added to its name for its signature.
NOTICE, SIGNATURE = "textback.json", ".minisig"
FORM = 1
# Octets: no notice, signature or package is larger.
LARGEST_NOTICE, LARGEST_SIGNATURE, LARGEST_PACKAGE = 64 * 1024, 4 * 1024, 200 * 2**20
MOST_CHANGES, LONGEST_CHANGE = 20, 300
ENGLISH = "en"
# Debian's names of architectures, by what `uname -m` says of those that have packages.
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]*(?:/[A-Za-z0-9][A-Za-z0-9._+~-]*)*")
_DIGEST = re.compile("[0-9a-f]{64}")


class ReleaseTrouble(StrEnum):
    """Why no release is installed, or none is known of. Behind each, its facts where it has some."""

    NO_ADDRESS = "release_no_address"  # nobody has said where releases are told of
    NO_KEYS = "release_no_keys"  # none came with the package
    NOT_FETCHED = "release_not_fetched"  # address, error: of the system
    TOO_LARGE = "release_too_large"  # address
    NOT_SIGNED = "release_not_signed"  # address
    NO_NOTICE = "release_no_notice"  # address
    EXPIRED = "release_expired"  # version, until
    SAME = "release_same"  # version
    OLDER = "release_older"  # version, present
    NOT_FOR_HERE = "release_not_for_here"  # version, architecture
    CHANGED = "release_changed"  # file: of the package


class NoRelease(Exception):
    """Raised where a release cannot be had, or does not count here; `why` is a ReleaseTrouble with its facts."""

    def __init__(self, code: ReleaseTrouble, **facts: str) -> None:
        self.why = Coded.of(code, **facts)
        super().__init__(self.why.to_text())


@dataclass(frozen=True)
class Package:
    """place: where it lies, seen from the notice. size: in octets. sha256: in hex."""

    place: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The file's own."""
        return self.place.rpartition("/")[2]


@dataclass(frozen=True)
class Notice:
    """made: the day of the release. until: the last day on which the notice counts. changes: language -> what is
    new, in sentences. packages: by architecture, as Debian calls it."""

    version: str
    made: date
    until: date
    changes: Mapping[str, tuple[str, ...]]
    packages: Mapping[str, Package]

    @classmethod
    def from_json(cls, text: str | bytes) -> "Notice":
        """Raises ValueError for what is none."""
        try:
            told = json.loads(text)
            if told["form"] != FORM or not is_version(told["version"]):
                raise ValueError("no notice of this form")
            return cls(
                told["version"],
                date.fromisoformat(told["made"]),
                date.fromisoformat(told["until"]),
                {str(code): _sentences(said) for code, said in told["changes"].items()},
                {str(name): _package(package) for name, package in told["packages"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("no notice of a release") from error

    def to_json(self) -> str:
        """As it is signed and laid beside the packages."""
        told = {
            "form": FORM,
            "version": self.version,
            "made": self.made.isoformat(),
            "until": self.until.isoformat(),
            "changes": {code: list(said) for code, said in self.changes.items()},
            "packages": {
                name: {"place": one.place, "size": one.size, "sha256": one.sha256}
                for name, one in self.packages.items()
            },
        }
        return json.dumps(told, indent=1, ensure_ascii=False) + "\n"

    def changes_in(self, language: str) -> tuple[str, ...]:
        """What is new, in this language, else in English."""
        return self.changes.get(language) or self.changes.get(ENGLISH, ())


def _sentences(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or len(told) > MOST_CHANGES:
        raise ValueError("changes are sentences")
    for sentence in told:
        if not isinstance(sentence, str) or len(sentence) > LONGEST_CHANGE or not sentence.isprintable():
            raise ValueError("a change is one sentence")
    return tuple(told)


def _package(told: Any) -> Package:
    place, size, digest = str(told["place"]), told["size"], str(told["sha256"])
    if not _PLACE.fullmatch(place) or not _DIGEST.fullmatch(digest) or not isinstance(size, int):
        raise ValueError("no package")
    if not 0 < size <= LARGEST_PACKAGE:
        raise ValueError("no package is so large")
    return Package(place, size, digest)


def wanted(notice: Notice, present: str, architecture: str, today: date) -> Package:
    """The package that is to be installed here. Raises NoRelease where the notice brings nothing newer, is too old itself, or
    has nothing for this architecture: a notice of before, sent once more, may neither bring an older release back nor hide
    a newer one for ever."""
    order = compare(notice.version, present)
    if order == 0:
        raise NoRelease(ReleaseTrouble.SAME, version=present)
    if order < 0:
        raise NoRelease(ReleaseTrouble.OLDER, version=notice.version, present=present)
    if today > notice.until:
        raise NoRelease(ReleaseTrouble.EXPIRED, version=notice.version, until=notice.until.isoformat())
    if architecture not in notice.packages:
        raise NoRelease(ReleaseTrouble.NOT_FOR_HERE, version=notice.version, architecture=architecture)
    return notice.packages[architecture]


@dataclass(frozen=True)
class Offer:
    """A release that could be installed. can_install: by the button of the page, since the system's part of it is there."""

    version: str
    changes: Mapping[str, tuple[str, ...]]
    can_install: bool

    def changes_in(self, language: str) -> tuple[str, ...]:
        """What is new, in this language, else in English."""
        return self.changes.get(language) or self.changes.get(ENGLISH, ())
