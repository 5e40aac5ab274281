"""Applications at the desk: assigned, scored blind, decided, allocated by two people, answered by letter."""

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.grant_application import ApplicationState
from campaign.domain.grant_call import QuestionKind
from campaign.models.allocation import Allocation
from campaign.models.application import ApplicationFile, ApplicationReview, CallQuestion, GrantApplication
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.models.staff import AuditEvent
from campaign.services.campaigns.revision import count_public_change
from tests.blueprints.admin.client import StaffClient, browser_of, sign_in_as, token_of
from tests.support.applications import OpenCall, an_application, an_open_call, application_row, newest_email
from tests.support.builders import NOW, a_campaign, a_member_of_staff, a_paid_gift, general_fund_of
from tests.support.fakes import SettableClock
from tests.support.pages import Page, fetch_address

pytestmark = pytest.mark.database("sqlite")
KINDS = (QuestionKind.ELIGIBILITY, QuestionKind.LONG, QuestionKind.FILE, QuestionKind.CRITERION)


@pytest.fixture
def call(app: Flask, campaign: Campaign) -> OpenCall:
    return an_open_call(campaign, *KINDS)


@pytest.fixture
def people(app: Flask, clock: SettableClock, campaign: Campaign) -> Mapping[str, StaffClient]:
    """The manager, two reviewers, and who approves."""
    manager = sign_in_as(app, clock, role="campaign")
    jurors = [
        a_member_of_staff(role="viewer", email=f"juror{each}@quilt.example", name=f"Juror {each}", password="hash")
        for each in (1, 2)
    ]
    jurors.append(a_member_of_staff(role="approver", password="hash"))
    one, two, approver = (StaffClient(member.id, browser_of(app, clock, member)) for member in jurors)
    return {"manager": manager, "one": one, "two": two, "approver": approver}


def at(public_id: str) -> str:
    return f"/staff/applications/{public_id}"


def post(person: StaffClient, address: str, **fields: str) -> str:
    """The notice after an act."""
    answer = person.client.post(address, data={"csrf_token": token_of(person.client), **fields})
    return " ".join(fetch_address(person.client, answer.location).texts(".notice"))


def assigned(people: Mapping[str, StaffClient], public_id: str) -> None:
    for name in ("one", "two"):
        assert "Assigned." in post(people["manager"], f"{at(public_id)}/reviewers", staff=str(people[name].staff_id))


def scored(people: Mapping[str, StaffClient], call: OpenCall, public_id: str) -> None:
    assigned(people, public_id)
    for name, score in (("one", "5"), ("two", "2")):
        field = f"c_{call.questions[QuestionKind.CRITERION]}"
        fields = {field: score, "comment": f"Comment of {name}"}
        assert "recorded" in post(people[name], f"{at(public_id)}/scores", **fields)


def test_reviewers_score_without_seeing_each_others_scores(
    people: Mapping[str, StaffClient], call: OpenCall, session: Session
) -> None:
    public_id, field = an_application(call), f"c_{call.questions[QuestionKind.CRITERION]}"
    other = an_application(call)
    assert people["one"].client.get(at(public_id)).status_code == 404, "nobody reads what is not theirs"
    assigned(people, public_id)
    assert people["one"].client.get(at(other)).status_code == 404
    assert "two reviewers" in post(
        people["manager"], f"{at(public_id)}/reviewers", staff=str(people["approver"].staff_id)
    )
    page = fetch_address(people["one"].client, at(public_id))
    assert "Аида Т." in page.h1
    wrong = Page(page.submit(people["one"].client, "form[action$=scores]"))
    assert "Choose a score from 1 to 5." in wrong.text(".error-summary")
    page.submit(people["one"].client, "form[action$=scores]", **{field: "5", "comment": "Strong"})
    assert "They cannot be changed" in post(people["one"], f"{at(public_id)}/scores", **{field: "1"})
    text = fetch_address(people["two"].client, at(public_id)).text()
    assert "Strong" not in text
    assert "shown after your own" in text
    assert "not a reviewer" in post(people["manager"], f"{at(public_id)}/scores", **{field: "5"})
    assert "1 of 2" in fetch_address(people["two"].client, "/staff/applications").text("table")
    post(people["two"], f"{at(public_id)}/scores", **{field: "2"})
    assert "Strong" in fetch_address(people["two"].client, at(public_id)).text()
    assert "3.5" in fetch_address(people["manager"].client, "/staff/applications").text("table")
    details = session.execute(select(AuditEvent.detail).where(AuditEvent.action == "application:score")).scalars()
    assert list(details) == [{}, {}], "the audit trail tells no scores"


def test_who_was_only_invited_is_made_no_reviewer_by_a_forged_form(
    people: Mapping[str, StaffClient], call: OpenCall, session: Session
) -> None:
    public_id = an_application(call)
    invited = a_member_of_staff(role="viewer", email="invited@quilt.example", name="Invited")
    assert "Invited" not in fetch_address(people["manager"].client, at(public_id)).text("select")
    forged = {"csrf_token": token_of(people["manager"].client), "staff": str(invited.id)}
    people["manager"].client.post(f"{at(public_id)}/reviewers", data=forged)
    assert session.execute(select(ApplicationReview)).all() == []


def test_who_has_a_conflict_of_interest_neither_reads_nor_scores_nor_decides(
    people: Mapping[str, StaffClient], call: OpenCall, session: Session
) -> None:
    public_id, field = an_application(call), f"c_{call.questions[QuestionKind.CRITERION]}"
    assigned(people, public_id)
    assert "Say what it is." in Page(
        fetch_address(people["one"].client, at(public_id)).submit(people["one"].client, "form[action$=conflict]")
    ).text(".error-summary")
    assert "Others will review" in post(people["one"], f"{at(public_id)}/conflict", reason="My sister")
    page = fetch_address(people["one"].client, at(public_id))
    assert "Аида" not in page.text()
    assert "conflict of interest" in post(people["one"], f"{at(public_id)}/scores", **{field: "5"})
    again = post(people["manager"], f"{at(public_id)}/reviewers", staff=str(people["one"].staff_id))
    assert "conflict of interest" in again
    post(people["manager"], f"{at(public_id)}/reviewers", staff=str(people["approver"].staff_id))
    for name in ("two", "approver"):
        post(people[name], f"{at(public_id)}/scores", **{field: "4"})
    post(people["manager"], f"{at(public_id)}/conflict", reason="A neighbour")
    refused = post(people["manager"], f"{at(public_id)}/decision", decision="refuse", reason="No")
    assert "conflict of interest" in refused
    assert application_row(public_id).state == ApplicationState.SUBMITTED
    acts = session.execute(select(AuditEvent.actor_id).where(AuditEvent.action == "application:conflict")).scalars()
    assert list(acts) == [people["one"].staff_id, people["manager"].staff_id]


def test_an_award_is_proposed_approved_by_another_and_told_by_letter(
    people: Mapping[str, StaffClient], call: OpenCall, campaign: Campaign, session: Session
) -> None:
    public_id, manager = an_application(call), people["manager"]
    a_paid_gift(campaign=campaign)
    early = post(manager, f"{at(public_id)}/decision", decision="refuse", reason="No")
    assert "Two reviewers must give their scores" in early
    scored(people, call, public_id)
    page = fetch_address(manager.client, fetch_address(manager.client, at(public_id)).link("Decide …"))
    assert not [text for text in page.texts("select[name=source] option") if text.endswith(":")]
    fields = {"decision": "award", "source": general_fund_of(campaign).public_id, "amount": "20", "reason": "Useful"}
    much = Page(page.submit(manager.client, **{**fields, "amount": "90000"}))
    assert "does not have enough" in much.text(".error-summary")
    assert much.text("#reason") == "Useful"
    bare = Page(page.submit(manager.client))
    assert len(bare.texts(".error-summary a")) == 2
    for _twice in range(2):
        assert page.submit(manager.client, **fields).status_code == 303
    allocation = session.execute(select(Allocation)).scalar_one()
    assert (allocation.state, allocation.amount_minor, allocation.proposed_by) == ("proposed", 2000, manager.staff_id)
    assert "Аида" not in allocation.reason, "others read the reason"
    assert "not allocated yet" in post(manager, f"{at(public_id)}/letter", text="You get the grant", step="confirm")
    approval = fetch_address(people["approver"].client, f"/staff/allocations/{allocation.public_id}")
    approval.submit(people["approver"].client, "form[action$=approve]")
    letter = fetch_address(manager.client, fetch_address(manager.client, at(public_id)).link("Write the letter …"))
    assert letter.text("textarea").startswith("Урматтуу Аида Т.")
    preview = Page(letter.submit(manager.client, step="preview"))
    for _twice in range(2):
        assert preview.submit(manager.client, step="confirm").status_code == 303
    assert "Урматтуу Аида Т." in newest_email()
    kinds = session.execute(select(Message.kind).where(Message.kind == "application_letter")).scalars().all()
    assert len(kinds) == 1
    grant = f"/en/grants/{call.grant.public_id}"
    anybody = manager.client.application.test_client()
    cases = [
        ((False, False), "A grantee who is not named"),
        ((False, True), "A grantee from Ош"),
        ((True, True), "Аида Т., Ош"),
    ]
    for shown, text in cases:
        with transaction() as rows:
            row = rows.execute(select(GrantApplication)).scalar_one()
            row.shows_name, row.shows_place = shown
            count_public_change(rows, campaign.id)
        assert text in fetch_address(anybody, grant).text()
    assert "has changed" in post(manager, f"{at(public_id)}/conflict", reason="Late")
    assert post(manager, f"{at(public_id)}/decision", decision="refuse", reason="No") != ""
    assert application_row(public_id).state == ApplicationState.AWARDED


def test_a_rejected_allocation_opens_the_decision_again(
    people: Mapping[str, StaffClient], call: OpenCall, campaign: Campaign, session: Session
) -> None:
    public_id, manager = an_application(call), people["manager"]
    a_paid_gift(campaign=campaign)
    scored(people, call, public_id)
    page = fetch_address(manager.client, f"{at(public_id)}/decision")
    source = general_fund_of(campaign).public_id
    page.submit(manager.client, decision="award", source=source, amount="20", reason="Useful")
    allocation = session.execute(select(Allocation)).scalar_one()
    post(people["approver"], f"/staff/allocations/{allocation.public_id}/reject", note="Next year")
    text = fetch_address(manager.client, at(public_id)).text()
    assert "The allocation was not approved, so the decision is open again." in text
    assert post(manager, f"{at(public_id)}/decision", decision="refuse", reason="No money") == "Decided."
    assert application_row(public_id).award_minor is None


def test_files_are_sent_as_attachments_to_those_who_read_the_application(
    people: Mapping[str, StaffClient], call: OpenCall, session: Session
) -> None:
    public_id = an_application(call)
    with transaction() as rows:
        question = rows.execute(select(CallQuestion.id).where(CallQuestion.kind == QuestionKind.FILE)).scalar_one()
        application_id = rows.execute(select(GrantApplication.id)).scalar_one()
        rows.add(
            ApplicationFile(
                public_id="a" * 16,
                application_id=application_id,
                question_id=question,
                name="a.pdf",
                media_type="application/pdf",
                length=3,
                body=b"PDF",
                recorded_at=NOW,
            )
        )
    address = fetch_address(people["manager"].client, at(public_id)).link("a.pdf")
    sent = people["manager"].client.get(address)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert people["one"].client.get(address).status_code == 404
    assert session.execute(select(AuditEvent.id).where(AuditEvent.action == "application:file")).scalar_one()


def test_the_file_of_applications_runs_nothing(people: Mapping[str, StaffClient], call: OpenCall) -> None:
    an_application(call, name="=cmd()|A1", answers={call.questions[QuestionKind.ELIGIBILITY]: "yes"})
    text = people["manager"].client.get("/staff/applications/file.csv", buffered=True).data.decode("utf-8-sig")
    assert "'=cmd()|A1" in text
    assert "The eligibility: Yes" in text
    assert '"Kyrgyz"' in text
    assert people["one"].client.get("/staff/applications/file.csv").status_code == 403


def test_another_campaigns_applications_are_not_there(people: Mapping[str, StaffClient], call: OpenCall) -> None:
    other = an_open_call(a_campaign(slug="felt", is_featured=False), *KINDS)
    assert people["manager"].client.get(at(an_application(other))).status_code == 404
