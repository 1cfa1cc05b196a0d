"""The tests of the order in which things came, once more: on PostgreSQL."""

import pytest

from tests.bridge.test_places import *  # noqa: F403 -- these are its tests

pytestmark = pytest.mark.usefixtures("on_postgresql")
