"""What the shop's state keeps in memory and in rows is the same, and nobody changes one of them alone."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from bridge.clock import Clock
from bridge.config import parse
from bridge.handlers.shop import FOR_EVER, ShopState
from bridge.records.engine import migrate, open_engine
from bridge.rules.hours import Closure
from bridge.words.reasons import error_sentence
from modem.contract import Coded
from tests.support.paths import ROOT

FILES = [path for room in ("bridge", "web") for path in sorted((ROOT / room).rglob("*.py"))]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
WHY = Coded.of("strangers", count=3)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def shop(tmp_path: Path) -> ShopState:
    return ShopState(parse("", tmp_path / "config.ini"), Clock())


def held(shop: ShopState) -> tuple[object, ...]:
    return shop.breaker, shop.paused, shop.closure


def after_a_restart(engine: Engine, shop: ShopState) -> ShopState:
    again = ShopState(shop.settings, Clock())
    with Session(engine) as session:
        again.recall(session)
    return again


def test_what_is_committed_is_known_after_a_restart(engine: Engine, shop: ShopState) -> None:
    until = shop.clock.utc() + timedelta(hours=2)
    with Session(engine) as session, session.begin():
        shop.trip(session, WHY)
        shop.pause(session, until)
        shop.close(session, Closure(until, back=True))
    assert held(shop) == (WHY.to_text(), until, Closure(until, back=True))
    assert held(after_a_restart(engine, shop)) == held(shop)
    with Session(engine) as session, session.begin():
        shop.reset_breaker(session)
        shop.resume(session)
        shop.close(session, None)
    assert held(shop) == (None, None, None) == held(after_a_restart(engine, shop))


def test_what_is_rolled_back_has_never_been_so_in_memory_either(engine: Engine, shop: ShopState) -> None:
    with Session(engine) as session, session.begin():
        shop.pause(session, None)
    with Session(engine) as session:
        shop.trip(session, WHY)
        shop.resume(session)
        shop.close(session, Closure(shop.clock.utc(), back=False))
        session.rollback()
    assert held(shop) == (None, FOR_EVER, None) == held(after_a_restart(engine, shop))


def test_closed_for_now_in_words(tmp_path: Path) -> None:
    def told(settings: str, hours: float, back: bool) -> str | None:
        shop = ShopState(parse(settings, tmp_path / "config.ini"), Clock())
        shop.closure = Closure(NOON + timedelta(hours=hours), back)
        closed = shop.closed_now(NOON)
        return error_sentence(closed) if closed else None

    london = "[shop]\ntimezone = Europe/London\n"
    assert told(london, 3, back=True) == "The shop is closed for now; it opens at 15:00."
    assert told(london, 12, back=False) == "The shop is closed for now; it opens tomorrow."
    assert told(london + "[hours]\nmonday = 9:00-18:00\n", 12, back=False) == (
        "The shop is closed for now; it opens on 30 November at 9:00."
    )
    assert told(london, 0, back=True) is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_sets_its_fields_from_outside(path: Path) -> None:
    attributes = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)
    ]
    changed = [ast.unparse(node) for node in attributes if not isinstance(node.ctx, ast.Load)]
    assert not [name for name in changed if name.split(".")[-2] in ("shop", "_shop")]
