"""Lets the asserts of what is imported tell as much as those of the tests."""

import pytest

pytest.register_assert_rewrite("tests.real.figures")
