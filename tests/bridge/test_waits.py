"""Who waits for an answer, on a real box: who wrote or rang last and was not answered, whether or not somebody has looked."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from bridge.contract.requests import CalledBack, Mark, MarkDone, MarkRead, Request, WriteText
from bridge.records import views
from bridge.records.tables import Contact
from bridge.records.views import summary
from modem.simulator import Simulator
from tests.support.box import DEADLINE, Box, a_box, until

OWNER = "+447400999999"
EXTRA = f"[notify]\nsms_to = {OWNER}\n"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """One box for all: each test has a number of its own."""
    folder = tmp_path_factory.mktemp("box")
    with Simulator(speed=20, reports="off") as simulator, a_box(folder, simulator, extra=EXTRA) as box:
        yield box


@pytest.fixture
def who(box: Box, request: pytest.FixtureRequest) -> str:
    """A number that nobody else here has."""
    with Session(box.service.engine) as session:
        return f"+4474002{len(views.contacts(session)):05}"


def waiting(box: Box) -> list[str]:
    bridge = box.service.bridge
    with Session(box.service.engine) as session:
        own = views.ours(session, bridge.settings(), bridge.region())
        named = [contact.address for contact in summary.waiting(session, own)]
        assert views.needing_reply(session, own) == len(named)
        listed = views.conversations(session, own=own)
        assert [row.address for row in listed if row.waits_since] == named
        assert [row.address for row in listed[: len(named)]] == named
        return named


def contact(box: Box, address: str) -> Contact:
    with Session(box.service.engine) as session:
        found = views.contact_at(session, address)
        assert found is not None
        return found


def writes(box: Box, address: str, words: str = "Can I come at 3?") -> None:
    start = came_from(box, address)
    box.simulator.text(address, words)
    until(lambda: came_from(box, address) > start, words)


def came_from(box: Box, address: str) -> int:
    """How many texts; the box writes to the owner meanwhile."""
    return sum(row.address == address and row.direction == "in" for row in box.messages())


def rings(box: Box, address: str, answered: bool = False) -> None:
    start = len(box.calls())
    box.simulator.call(address, rings=2, end="answered" if answered else "caller")
    box.settled(start + 1)


def asks(box: Box, wish: Request) -> None:
    box.service.bridge.request(wish, DEADLINE, by="mia")


def test_reading_answers_nothing(box: Box, who: str) -> None:
    writes(box, who)
    since = contact(box, who).waits_since
    asks(box, MarkRead(who))
    writes(box, who, "Hello?")
    assert who in waiting(box)
    assert contact(box, who).waits_since == since


@pytest.mark.parametrize(
    "wish", [lambda who: WriteText(who, "Yes, do.", "mia"), CalledBack, lambda who: MarkDone(who, True)]
)
@pytest.mark.parametrize("came", [writes, rings])
def test_an_answer_ends_it_until_they_come_again(box: Box, who: str, came: object, wish: object) -> None:
    assert callable(came)
    assert callable(wish)
    came(box, who)
    assert who in waiting(box)
    asks(box, wish(who))
    assert who not in waiting(box)
    writes(box, who, "Thanks. And at 4?")
    assert waiting(box)[-1] == who


def test_an_answered_call_answers_what_they_wrote(box: Box, who: str) -> None:
    writes(box, who)
    rings(box, who, answered=True)
    assert who not in waiting(box)


@pytest.mark.parametrize("words", ["STOP", "Please stop texting me"])
def test_a_stop_waits_for_nothing(box: Box, who: str, words: str) -> None:
    writes(box, who, words)
    assert who not in waiting(box)
    assert contact(box, who).waits_since is None


def test_who_is_blocked_waits_no_more_and_again_when_that_is_undone(box: Box, who: str) -> None:
    writes(box, who)
    asks(box, Mark(who, "block"))
    assert who not in waiting(box)
    asks(box, Mark(who, "unblock"))
    assert who in waiting(box)


def test_a_call_of_somebody_blocked_waits_for_nothing(box: Box, who: str) -> None:
    writes(box, who, "STOP")
    asks(box, Mark(who, "block"))
    rings(box, who)
    asks(box, Mark(who, "unblock"))
    assert who not in waiting(box)


def test_what_is_no_number_cannot_be_answered(box: Box) -> None:
    writes(box, "60006", "Your parcel comes between 2 and 4.")
    assert "60006" not in waiting(box)


def test_the_owner_and_the_shop_are_no_conversations_and_no_contacts(box: Box) -> None:
    writes(box, OWNER, "status")
    rings(box, OWNER)
    bridge = box.service.bridge
    with Session(box.service.engine) as session:
        own = views.ours(session, bridge.settings(), bridge.region())
        assert own >= {OWNER}
        assert contact(box, OWNER).waits_since is None
        for rows in (
            views.conversations(session, own=own, which="all"),
            views.contacts(session, own=own),
            views.contacts(session, own=own, search="999999"),
            views.messages(session, own=own),
        ):
            assert rows or rows == []
            assert OWNER not in {row.address for row in rows}
        assert views.messages(session, address=OWNER)
