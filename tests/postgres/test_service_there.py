"""The tests of the whole box, once more: on PostgreSQL."""

import pytest

from tests.support.box import Box
from tests.whole.test_service import *  # noqa: F403 -- these are its tests

pytestmark = pytest.mark.usefixtures("on_postgresql")


def test_the_box_does_stand_there(box: Box) -> None:
    assert box.service.engine.dialect.name == "postgresql"
