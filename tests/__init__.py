import pytest

# What a helper finds wrong is told as fully as what a test does.
pytest.register_assert_rewrite("tests.support", "tests.torture")
