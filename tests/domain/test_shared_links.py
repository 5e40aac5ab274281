"""A link that is passed on says so, and the form takes its tags as it takes any others."""

import pytest

from campaign.domain.gift_source import SHARED, clean_tag, shared_address


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("https://x.example/en/", "https://x.example/en/?utm_source=shared&utm_medium=telegram"),
        ("https://x.example/en/?campaign=a", "https://x.example/en/?campaign=a&utm_source=shared&utm_medium=telegram"),
    ],
)
def test_a_shared_address_has_its_tags(address: str, shared: str) -> None:
    assert shared_address(address, "telegram") == shared
    assert clean_tag(SHARED) == SHARED
