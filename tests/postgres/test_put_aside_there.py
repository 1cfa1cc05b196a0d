"""The tests of what can never be stored, once more: on PostgreSQL."""

import pytest

from tests.whole.test_put_aside import *  # noqa: F403 -- these are its tests

pytestmark = pytest.mark.usefixtures("on_postgresql")
