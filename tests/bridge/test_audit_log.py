"""The audit log: what stands in it, as which code, and that every code has its words."""

from datetime import UTC, datetime

import pytest

from bridge.contract import api_requests, requests
from bridge.handlers.audit_log import MARKS, change_of
from bridge.rules.audit import Change
from bridge.words.audit import SENTENCES, change_in_words

BOB = "+447400123457"
SAID: list[tuple[requests.Request, str]] = [
    (requests.Pause(minutes=60), "mia paused automatic texts for 1 hour"),
    (requests.Pause(today=True), "mia paused automatic texts for today"),
    (requests.Pause(), "mia paused automatic texts until further notice"),
    (requests.Resume(), "mia resumed automatic texts"),
    (requests.CloseShop("15:00"), "mia closed the shop until 15:00"),
    (requests.CloseShop(), "mia closed the shop for today"),
    (requests.OpenShop(), "mia went back to the usual hours"),
    (requests.ResetBreaker(), "mia resumed automatic texts after a burst of strangers"),
    (requests.AcceptDatabase(), "mia resumed automatic texts after the database was lost or damaged"),
    (requests.TryAgain("main"), "mia had the texts on line main tried again"),
    (requests.TypeNumber(1, ""), "mia changed the number of the box"),
    (requests.InstallRelease("0.3.0"), "mia had textback 0.3.0 installed"),
    (requests.ImportContacts(()), "mia imported a file of contacts (0)"),
    (requests.Forget(BOB), "mia deleted everything about a person"),
    (requests.SaveReply("Yes"), "mia added a saved reply"),
    (requests.SaveReply("No", 1), "mia changed a saved reply"),
    (requests.SaveReply("", 1), "mia deleted a saved reply"),
    (requests.ReadSettings(("per_day",), "limits"), "mia changed the settings “Limits” (per_day)"),
    (requests.Describe(BOB, "Bob", "", ""), "mia changed the details of Bob"),
    (requests.AddContact(BOB, "Bob"), "mia added Bob to the contacts"),
    (requests.AddNumber(BOB, "+447400123488"), "mia gave Bob another number"),
    (requests.Snooze(BOB, datetime(2026, 11, 30, 9, tzinfo=UTC)), "mia snoozed the conversation with Bob"),
    (requests.Snooze(BOB, None), "mia brought the conversation with Bob back"),
    *(
        (requests.Mark(BOB, kind), SENTENCES[change].format(who="mia", whom="Bob"))
        for kind, change in MARKS.items()
    ),
    (requests.TakeOver("1", "mia", "-"), "mia logged in first, with the box's code"),
    (requests.AddUser("noa", "-", "staff"), "mia added noa as staff"),
    (requests.Invite("-", "noa", "staff"), "mia invited noa to log in as staff"),
    (requests.Invite("-", "", "owner"), "mia invited somebody to log in as owner"),
    (requests.TakeBack(1), "mia took back an invitation"),
    (requests.Join("-", "mia", "-"), "mia accepted an invitation and can log in now"),
    (requests.SetRole("noa", "owner"), "mia made noa owner"),
    (requests.SetPassword("noa", "-"), "mia gave noa a new password"),
    (requests.SetPassword("mia", "-"), "mia changed their own password"),
    (requests.LogOut("noa"), "mia logged noa out everywhere"),
    (requests.LogOut("mia"), "mia logged out everywhere else"),
    (requests.RemoveUser("noa"), "mia removed noa from the colleagues"),
    (api_requests.AddKey("till", "-", ()), "mia made the key till for a program"),
    (api_requests.RevokeKey("till"), "mia revoked the key till"),
    (api_requests.KeepApiSettings("{}", ("ping",)), "mia changed settings of the API (ping)"),
]


@pytest.mark.parametrize(("request_", "words"), SAID, ids=[words for _, words in SAID])
def test_what_a_request_leaves_in_the_log(request_: requests.Request, words: str) -> None:
    change = change_of(request_, by="mia")
    assert change is not None
    assert change_in_words(change.to_text(), "mia", "Bob") == words


def test_every_change_is_somebodys_and_has_its_words() -> None:
    made = [change_of(request, by="mia") for request, _ in SAID]
    # Which hook it was, only its handler knows: tests/web/test_hooks_page.py.
    of_hooks = {change for change in Change if change.startswith("hook_")}
    assert {change.code for change in made if change} | of_hooks == set(Change) == set(SENTENCES)


def test_a_code_without_its_facts_is_no_error() -> None:
    assert change_in_words("paused", "mia") == "mia paused automatic texts for {span}"


@pytest.mark.parametrize(
    "request_",
    [
        requests.MarkRead(BOB),
        requests.WriteText(BOB, "Yes", "mia"),
        requests.ReadSettings(),
        requests.Mark(BOB, "?"),
    ],
)
def test_the_days_work_is_not_logged(request_: requests.Request) -> None:
    assert change_of(request_, by="mia") is None
