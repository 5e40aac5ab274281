"""A milestone that is reached has a draft prepared, once, in all languages, and nothing is published by itself."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.news import UpdateState
from campaign.models.campaign import Milestone
from campaign.services.news.milestone_notes import prepare_notes
from campaign.services.news.updates import UpdateFilter, list_updates, prepared_notes
from campaign.services.news.writing import delete_draft
from tests.support.builders import a_campaign, a_member_of_staff, a_paid_gift, translations, usd
from tests.support.fakes import SettableClock


@pytest.mark.database("sqlite", "postgresql")
def test_the_highest_milestone_that_is_reached_gets_one_draft(
    app: Flask, clock: SettableClock, session: Session
) -> None:
    campaign = a_campaign()
    with transaction() as writing:
        for amount in (10_00, 20_00, 900_00):
            writing.add(
                Milestone(
                    campaign_id=campaign.id,
                    amount_minor=amount,
                    title=translations(f"Step {amount}"),
                    body=translations("A room for all."),
                )
            )
    prepare_notes(clock=clock)
    assert list_updates(UpdateFilter(campaign_id=campaign.id)) == ([], False)
    a_paid_gift(campaign=campaign, gift=usd(30_00))
    prepare_notes(clock=clock)
    prepare_notes(clock=clock)
    ((note,), _more) = list_updates(UpdateFilter(campaign_id=campaign.id))
    assert (note.state, note.milestone_minor, note.languages) == (UpdateState.DRAFT, 20_00, ("en", "ky", "ru"))
    assert note.text.title["ru"] == "Веха достигнута: Step 2000 (ru)"
    assert note.text.body["en"] == "Together we have reached the milestone of $20. Thank you!\n\nA room for all. (en)"
    assert session.execute(prepared_notes(campaign.id)).scalar_one() == 1
    session.rollback()
    staff = a_member_of_staff(role="campaign").id
    delete_draft(campaign.id, note.public_id, revision=1, actor_id=staff, clock=clock)
    prepare_notes(clock=clock)
    assert list_updates(UpdateFilter(campaign_id=campaign.id)) == ([], False)
