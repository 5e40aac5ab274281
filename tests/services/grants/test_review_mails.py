"""Reviewers learn by email that applications wait for them, and again before the day; the email names nobody."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from campaign.database import transaction
from campaign.days import local_day
from campaign.domain.grant_application import ApplicationState
from campaign.domain.grant_call import QuestionKind
from campaign.jobs import work_off_everything
from campaign.models.application import GrantApplication, GrantCall
from campaign.models.staff import Staff
from campaign.services.grants import reviewing
from campaign.services.grants.desk import Reader
from tests.support.applications import OpenCall, an_application, an_open_call
from tests.support.builders import a_campaign, a_member_of_staff
from tests.support.contexts import a_context
from tests.support.fakes import RecordingMailer, SettableClock

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def call(app: Flask) -> OpenCall:
    return an_open_call(a_campaign(), QuestionKind.LONG, QuestionKind.CRITERION)


def a_juror(name: str, language: str) -> Staff:
    juror = a_member_of_staff(role="viewer", email=f"{name}@quilt.example", name=name, password="hash")
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == juror.id).values(language=language))
    return juror


@pytest.fixture
def manager(call: OpenCall) -> Reader:
    staff = a_member_of_staff(role="campaign")
    return Reader(staff_id=staff.id, campaign_id=call.grant.campaign_id, reads_all=True)


def set_due(call: OpenCall, days: int, *, clock: SettableClock) -> None:
    with transaction() as session:
        session.get_one(GrantCall, call.grant.id).reviews_due_on = local_day(clock.now()) + timedelta(days=days)


def subjects(mailer: RecordingMailer) -> list[tuple[str, str]]:
    work_off_everything()
    letters = [(mail.recipient.partition("@")[0], mail.subject) for mail in mailer.sent]
    mailer.sent.clear()
    return letters


def test_who_is_assigned_gets_one_email_in_their_language(
    call: OpenCall, manager: Reader, clock: SettableClock, mailer: RecordingMailer
) -> None:
    asel, boris = a_juror("asel", "ky"), a_juror("boris", "ru")
    set_due(call, 9, clock=clock)
    applications = [an_application(call) for _each in range(3)]
    for application in applications[:2]:
        reviewing.assign(manager, application, asel.id, context=a_context(clock))
    reviewing.assign(manager, applications[0], boris.id, context=a_context(clock))
    work_off_everything()
    languages = {mail.recipient: mail.language for mail in mailer.sent}
    assert languages == {"asel@quilt.example": "ky", "boris@quilt.example": "ru"}
    assert len(mailer.sent) == 2
    for mail in mailer.sent:
        assert "/staff/applications\n" in mail.text
        assert "10" in mail.text  # of December
        assert not any(word in mail.text + str(mail.html) for word in ("Аида", "Ош", *applications, "GRANT-1"))
    mailer.sent.clear()
    clock.advance(hours=2)
    reviewing.assign(manager, applications[2], asel.id, context=a_context(clock))
    assert [name for name, _subject in subjects(mailer)] == ["asel"]


def test_who_has_not_given_scores_is_reminded_once_before_the_day(
    call: OpenCall, manager: Reader, clock: SettableClock, mailer: RecordingMailer
) -> None:
    late, quick, gone = a_juror("late", "en"), a_juror("quick", "en"), a_juror("gone", "en")
    first, second = an_application(call), an_application(call)
    for application, juror in ((first, late), (first, quick), (second, late), (second, gone)):
        reviewing.assign(manager, application, juror.id, context=a_context(clock))
    own = Reader(staff_id=quick.id, campaign_id=call.grant.campaign_id, reads_all=False)
    scores = {call.questions[QuestionKind.CRITERION]: 4}
    reviewing.give_scores(own, first, scores, comment="", clock=clock)
    with transaction() as session:
        session.get_one(Staff, gone.id).active = False
    set_due(call, 5, clock=clock)
    assert len(subjects(mailer)) == 3
    clock.advance(days=1, hours=23)
    assert subjects(mailer) == []
    clock.advance(hours=2)
    assert subjects(mailer) == [("late", "Reminder: applications wait for your scores")]
    clock.advance(days=1)
    assert subjects(mailer) == []
    set_due(call, 3, clock=clock)  # another day: another reminder
    assert [name for name, _subject in subjects(mailer)] == ["late"]
    set_due(call, 1, clock=clock)
    with transaction() as session:
        session.execute(update(GrantApplication).values(state=ApplicationState.REFUSED))
    assert subjects(mailer) == []
