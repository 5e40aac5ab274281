"""Applications that got no grant are deleted, with their files, links and reviews; an award stays."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.grant_application import ApplicationState, ReviewState
from campaign.domain.grant_call import QuestionKind
from campaign.domain.retention import DAYS, RetentionName
from campaign.models.application import (
    ApplicationFile,
    ApplicationLink,
    ApplicationReview,
    CallQuestion,
    GrantApplication,
)
from campaign.services.privacy import retention
from tests.support.applications import an_application, an_open_call, application_row
from tests.support.builders import NOW, a_campaign, a_member_of_staff
from tests.support.fakes import SettableClock


def test_an_application_without_a_grant_is_deleted_with_all_that_belongs_to_it(
    app: Flask, clock: SettableClock, session: Session
) -> None:
    call = an_open_call(a_campaign(), QuestionKind.FILE)
    member, old = a_member_of_staff(role="campaign"), NOW - timedelta(days=DAYS[RetentionName.APPLICATIONS] + 1)
    refused = an_application(call, state=ApplicationState.REFUSED, closed_at=old)
    remaining = [
        an_application(call, state=ApplicationState.REFUSED, closed_at=NOW),
        an_application(call),
        an_application(call, state=ApplicationState.AWARDED, closed_at=old, award_minor=100, award_currency="USD"),
    ]
    with transaction() as rows:
        question = rows.execute(select(CallQuestion.id)).scalar_one()
        for public_id in (refused, remaining[0]):
            row_id = application_row(public_id).id
            rows.add(ApplicationLink(digest=public_id.ljust(64, "0"), application_id=row_id, made_at=NOW))
            rows.add(
                ApplicationReview(
                    application_id=row_id,
                    staff_id=member.id,
                    state=ReviewState.SCORED,
                    scores={},
                    comment="",
                    assigned_at=NOW,
                )
            )
            rows.add(
                ApplicationFile(
                    public_id=public_id,
                    application_id=row_id,
                    question_id=question,
                    name="a.pdf",
                    media_type="application/pdf",
                    length=1,
                    body=b"x",
                    recorded_at=NOW,
                )
            )
    assert {row.name: row.rows for row in retention.run(retention.rules_for({}), clock=clock) if row.rows} == {
        RetentionName.APPLICATIONS: 1
    }
    assert set(session.execute(select(GrantApplication.public_id)).scalars()) == set(remaining)
    for table in (ApplicationFile, ApplicationLink, ApplicationReview):
        assert session.execute(select(func.count()).select_from(table)).scalar_one() == 1
