"""The tests of the page with its loop, and of odd values in its forms, once more: on PostgreSQL."""

import pytest

from tests.web.test_values import *  # noqa: F403 -- these are its tests

pytestmark = pytest.mark.usefixtures("on_postgresql")
