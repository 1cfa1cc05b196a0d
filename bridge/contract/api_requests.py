"""What programs may ask of the bridge through the API, and owners about programs, a frozen class each. What people may
ask, too, is in requests."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class To:
    """One recipient. given: the number as the program wrote it; number: in the clear, should that be encrypted."""

    given: str
    number: str


@dataclass(frozen=True)
class SubmitTexts:
    """A text to some people. ref: the program's id of it, which counts once. body: in the clear; given: as it was given,
    encrypted if `sealed`. lines: the names of those that it may go out on, the first that fits; sim: which one was wanted,
    counted from 1. priority: as the program wrote it. due, expires: None where it is not said. unseen: numbers are taken as
    they are."""

    ref: str
    key_id: int
    to: tuple[To, ...]
    body: str
    given: str
    lines: tuple[str, ...]
    sealed: bool = False
    sim: int | None = None
    priority: int = 0
    due: datetime | None = None
    expires: datetime | None = None
    unseen: bool = False


@dataclass(frozen=True)
class CancelTexts:
    """What waits of this submission does not go out. key_id: whose it must be, None for anybody's."""

    ref: str
    key_id: int | None


@dataclass(frozen=True)
class AddKey:
    """Let a program in. digest: of its secret, as of records/keys. lines: the only ones that it may use, all if none. days: how
    long the key holds, None for ever."""

    name: str
    digest: str
    scopes: tuple[str, ...]
    lines: tuple[str, ...] = ()
    days: int | None = None


@dataclass(frozen=True)
class RevokeKey:
    """The key of this name lets nobody in any more."""

    name: str


@dataclass(frozen=True)
class KeyUsed:
    """A program has used this key."""

    key_id: int


@dataclass(frozen=True)
class KeepTokens:
    """A pair of tokens that were made with this key. access, refresh, family: their ids, and that of all that come of one
    another. used: the refresh token that was given for them, which is used up by that."""

    access: str
    refresh: str
    family: str
    key_id: int
    scopes: tuple[str, ...]
    expires: datetime
    refresh_expires: datetime
    used: str | None = None


@dataclass(frozen=True)
class EndToken:
    """The token of this id, and those that it came of, are good no more. key_id: whose it must be."""

    jti: str
    key_id: int


@dataclass(frozen=True)
class KeepApiSettings:
    """What a program wants the API to remember, as JSON, and the names of what it changed. secrets: in place of those that are
    kept, None where they stay."""

    settings: str
    keys: tuple[str, ...]
    passphrase: str | None = field(default=None, repr=False)
    signing_key: str | None = field(default=None, repr=False)


OfApi = SubmitTexts | CancelTexts | AddKey | RevokeKey | KeyUsed | KeepTokens | EndToken | KeepApiSettings
