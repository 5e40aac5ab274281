"""Calls and applications for tests: a call that is open, and applications as their applicants leave them."""

from dataclasses import dataclass
from datetime import date
from itertools import count

from flask import current_app
from sqlalchemy import select

from campaign.database import transaction
from campaign.domain.fund import GrantStatus
from campaign.domain.grant_application import ApplicationState
from campaign.domain.grant_call import QuestionKind
from campaign.domain.identity import new_public_id
from campaign.extensions import db
from campaign.gateways.context import Context
from campaign.models.application import CallQuestion, GrantApplication, GrantCall
from campaign.models.campaign import Campaign
from campaign.models.fund import Fund, Grant
from campaign.models.outbox import Message
from campaign.services.mail.delivery import preview
from tests.support.builders import NOW, a_fund

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A grant with its call: public ids of the questions by their kind."""

    grant: Fund
    questions: dict[QuestionKind, str]


def an_open_call(campaign: Campaign, *kinds: QuestionKind, places: int | None = None) -> OpenCall:
    """A grant whose call is open until 24 December, with a question of each kind (all kinds where none is named)."""
    grant, questions = a_fund(campaign=campaign, code="GRANT-1", kind="grant", goal_minor=500_00), {}
    with transaction() as session:
        row = session.get_one(Grant, grant.id)
        row.opens_on, row.closes_on, row.status = date(2026, 11, 1), date(2026, 12, 24), GrantStatus.OPEN
        session.add(GrantCall(fund_id=grant.id, is_online=True, places=places))
        for position, kind in enumerate(kinds or QuestionKind):
            questions[kind] = new_public_id()
            session.add(
                CallQuestion(
                    public_id=questions[kind],
                    fund_id=grant.id,
                    position=position,
                    kind=kind,
                    label={"en": f"The {kind}", "ru": f"Вопрос {position}"},
                    hint={},
                    is_required=kind is not QuestionKind.FILE,
                    needs_yes=True,
                    max_length=100,
                    options=[{"en": "Felt"}, {"en": "Silk"}] if kind is QuestionKind.CHOICE else [],
                )
            )
    return OpenCall(grant, questions)


def an_application(call: OpenCall, *, state: ApplicationState = ApplicationState.SUBMITTED, **facts: object) -> str:
    """An application, submitted unless said otherwise; its public id."""
    public_id, email = new_public_id(), f"aida{next(_numbers)}@example.org"
    with transaction() as session:
        row = GrantApplication(
            public_id=public_id,
            campaign_id=call.grant.campaign_id,
            fund_id=call.grant.id,
            email=email,
            email_key=email,
            state=state,
            started_at=NOW,
            changed_at=NOW,
            submitted_at=None if state is ApplicationState.DRAFT else NOW,
            **{
                "language": "ky",
                "name": "Аида Т.",
                "place": "Ош",
                "answers": {},
                "consent_version": "",
                "reason": "",
                "letter": "",
                **facts,
            },
        )
        session.add(row)
    return public_id


def application_row(public_id: str) -> GrantApplication:
    """The row of an application as it is now."""
    db.session.rollback()
    return db.session.execute(
        select(GrantApplication)
        .where(GrantApplication.public_id == public_id)
        .execution_options(populate_existing=True)
    ).scalar_one()


def newest_email() -> str:
    """The text of the newest email."""
    db.session.rollback()
    public_id = db.session.execute(select(Message.public_id).order_by(Message.id.desc()).limit(1)).scalar_one()
    context: Context = current_app.extensions["context"]
    return preview(public_id, context=context).text
