"""What the page after a gift shows besides it: which patch of the quilt it is, whatever comes afterwards."""

import pytest
from flask import Flask

from campaign.domain import quilt, quilt_places
from campaign.domain.errors import NotFound
from campaign.services.gifts.thank_you_page import Patch, afterwards_of
from tests.support.builders import a_campaign, a_paid_gift


def test_a_gift_keeps_its_number_in_its_own_campaigns_quilt(app: Flask) -> None:
    campaign, other = a_campaign(), a_campaign(slug="second", is_featured=False)
    a_paid_gift(campaign=other)
    gifts = [a_paid_gift(campaign=campaign).public_id for _ in range(3)]
    for number, public_id in enumerate(gifts, start=1):
        details = afterwards_of(public_id)
        assert details.patch == Patch(number=number, is_knot=False)
        assert details.quilt == quilt.draw(gifts, mine=public_id)


def test_past_the_last_place_a_gift_is_a_knot_on_a_patch_that_was_sewn_before(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (quilt, quilt_places):
        monkeypatch.setattr(module, "PLACES", 2)
    campaign = a_campaign()
    gifts = [a_paid_gift(campaign=campaign).public_id for _ in range(3)]
    details = afterwards_of(gifts[2])
    assert details.patch == Patch(number=3, is_knot=True)
    assert details.quilt == quilt.draw(gifts, gifts=3, mine=gifts[0])


def test_of_a_gift_that_is_not_known_nothing_is_shown(app: Flask) -> None:
    with pytest.raises(NotFound):
        afterwards_of("nobody")
