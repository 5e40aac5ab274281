"""An application as its applicant reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import reading
from campaign.domain.grant_application import ApplicationState
from campaign.domain.grant_call import AnswerFlaw, flaws_of, is_eligible
from campaign.models.application import ApplicationFile, CallQuestion, GrantApplication
from campaign.models.fund import Fund
from campaign.services.grants.call import CallView, read_call
from campaign.services.grants.links import application_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file of an application, without its content."""

    public_id: str
    question: str  # its public id
    name: str
    media_type: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnApplication:
    """An application with the call that it answers."""

    public_id: str
    campaign_id: int
    call: CallView
    state: ApplicationState
    revision: int
    email: str
    name: str
    place: str
    answers: Mapping[str, str]
    files: tuple[AttachedFile, ...]
    shows_name: bool
    shows_place: bool
    submitted_at: datetime | None
    changed_at: datetime
    has_letter: bool

    @property
    def is_draft(self) -> bool:
        return self.state is ApplicationState.DRAFT

    @property
    def is_eligible(self) -> bool:
        """Whether the conditions are answered as the call needs it."""
        return is_eligible(self.call.questions, self.answers)

    @property
    def flaws(self) -> Mapping[str, AnswerFlaw]:
        """What is missing or wrong before it can be submitted, by the public id of the question, `name` and `place`."""
        attached = {file.question: file.public_id for file in self.files}
        flaws = dict(flaws_of(self.call.questions, {**self.answers, **attached}))
        named = {"name": self.name, "place": self.place}
        return {**{field: AnswerFlaw.MISSING for field, text in named.items() if not text}, **flaws}

    def files_of(self, question: str) -> list[AttachedFile]:
        """Return the files that answer a question."""
        return [file for file in self.files if file.question == question]


def own_application(token: str) -> OwnApplication:
    """Return the application that a link opens.

    Raises:
        ApplicationLinkBroken: It opens none.
    """
    with reading() as session:
        return read_own(session, application_of(session, token))


def read_own(session: Session, row: GrantApplication) -> OwnApplication:
    """Return an application as its applicant reads it, within the caller's transaction."""
    return OwnApplication(
        public_id=row.public_id,
        campaign_id=row.campaign_id,
        call=read_call(session, session.get_one(Fund, row.fund_id)),
        state=ApplicationState(row.state),
        revision=row.revision,
        email=row.email,
        name=row.name,
        place=row.place,
        answers=row.answers,
        files=files_of(session, row.id),
        shows_name=row.shows_name,
        shows_place=row.shows_place,
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
        has_letter=row.letter_at is not None,
    )


def files_of(session: Session, application_id: int) -> tuple[AttachedFile, ...]:
    """Return the files of an application, in the order in which they came."""
    rows = session.execute(
        select(ApplicationFile, CallQuestion.public_id)
        .join(CallQuestion, CallQuestion.id == ApplicationFile.question_id)
        .where(ApplicationFile.application_id == application_id)
        .order_by(ApplicationFile.id)
    )
    return tuple(
        AttachedFile(
            public_id=row.public_id, question=question, name=row.name, media_type=row.media_type, length=row.length
        )
        for row, question in rows
    )
