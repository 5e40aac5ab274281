"""The tests; what they share tells what was compared when an assertion in it fails."""

import pytest

pytest.register_assert_rewrite("tests.support.builders", "tests.support.databases", "tests.support.pages")
