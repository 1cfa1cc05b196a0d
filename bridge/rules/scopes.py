"""What a key of the API may do: scopes, by SMSGate's names where it has one and by ours in the same style; pure."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a program may do."""

    ALL = "all:any"
    SEND = "messages:send"
    READ = "messages:read"
    LIST = "messages:list"  # the documentation's name for READ of the list
    EXPORT = "messages:export"
    CANCEL = "messages:cancel"
    INBOX_LIST = "inbox:list"
    INBOX_READ = "inbox:read"
    INBOX_REFRESH = "inbox:refresh"
    DEVICES_LIST = "devices:list"
    DEVICES_DELETE = "devices:delete"
    HOOKS_LIST = "webhooks:list"
    HOOKS_WRITE = "webhooks:write"
    HOOKS_DELETE = "webhooks:delete"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    LOGS = "logs:read"
    TOKENS = "tokens:manage"
    REFRESH = "tokens:refresh"  # of a refresh token alone
    # Ours.
    CALLS = "calls:read"
    CALLS_CONTROL = "calls:control"  # answer, hang up
    CONVERSATIONS = "conversations:read"
    REPLY = "conversations:write"
    CONTACTS = "contacts:read"
    FIGURES = "figures:read"
    LINES = "lines:read"
    PAUSE = "texts:pause"
    TRY = "texts:try"
    EVENTS = "events:read"
    METRICS = "metrics:read"


# What nobody can ask for: a refresh token alone has it.
NEVER_ASKED = frozenset({Scope.REFRESH})
# What a key may do that was made without a word about it: send, read, its inbox and hooks; no settings are changed, no tokens
# made, and neither the log nor people's details are read.
USUAL = frozenset(
    {
        Scope.SEND,
        Scope.READ,
        Scope.LIST,
        Scope.EXPORT,
        Scope.CANCEL,
        Scope.INBOX_LIST,
        Scope.INBOX_READ,
        Scope.INBOX_REFRESH,
        Scope.DEVICES_LIST,
        Scope.HOOKS_LIST,
        Scope.HOOKS_WRITE,
        Scope.HOOKS_DELETE,
        Scope.SETTINGS_READ,
        Scope.CALLS,
        Scope.LINES,
        Scope.EVENTS,
    }
)
EVERYTHING = frozenset({Scope.ALL})


def may(held: Iterable[str], *needed: Scope) -> bool:
    """Is one of the needed scopes among those held? A refresh token may refresh, and nothing else may.

    >>> may(["all:any"], Scope.SEND), may(["messages:list"], Scope.READ, Scope.LIST), may(["logs:read"], Scope.SEND)
    (True, True, False)
    >>> may(["all:any"], Scope.REFRESH)
    False
    """
    there = set(held)
    everything = Scope.ALL in there and not NEVER_ASKED & set(needed)
    return everything or bool(there & set(needed))


def asked(words: Iterable[str]) -> frozenset[Scope]:
    """The scopes of these names. Raises ValueError, with the first name that is none, or that nobody can ask for.

    >>> sorted(asked(["messages:send", "logs:read"]))
    [<Scope.LOGS: 'logs:read'>, <Scope.SEND: 'messages:send'>]
    """
    found = set()
    for word in words:
        if word not in set(Scope) or word in NEVER_ASKED:
            raise ValueError(word)
        found.add(Scope(word))
    return frozenset(found)


def within(wanted: Iterable[Scope], held: Iterable[str]) -> frozenset[Scope]:
    """Of what is wanted, what is not held: a token may not do more than the key that it was made with.

    >>> within([Scope.SEND, Scope.LOGS], ["messages:send"]), within([Scope.LOGS], ["all:any"])
    (frozenset({<Scope.LOGS: 'logs:read'>}), frozenset())
    """
    return frozenset(one for one in wanted if not may(held, one))
