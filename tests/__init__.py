"""The tests; what they share tells what was compared when an assertion in it fails."""

import pytest

pytest.register_assert_rewrite("tests.builders", "tests.databases", "tests.pages")
