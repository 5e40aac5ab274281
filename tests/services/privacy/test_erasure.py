"""Erasure: what is personal goes at once or on its day, what is money stays, and nothing else can change."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from campaign.database import transaction
from campaign.domain.donor_consent import ConsentPurpose, DonorErased
from campaign.domain.erasure import PledgeStillRunning, ReceiptErased
from campaign.domain.errors import NotFound
from campaign.domain.pledge import PledgeState
from campaign.domain.retention import DAYS, RetentionName
from campaign.extensions import Model, db
from campaign.gateways.file_store import FolderFiles
from campaign.models.donation import Donation
from campaign.models.donor import Donor, DonorMerge
from campaign.models.erasure import Erasure, ReceiptErasure
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt, ReceiptFile
from campaign.models.staff import AuditEvent
from campaign.services.ledger import sums
from campaign.services.privacy import customer_deletion, erasure, reapplying, retention, second_list
from campaign.services.privacy.consents import has_consent
from campaign.services.privacy.erasure import ErasureDone, ErasureOrder
from campaign.services.privacy.erasure_terms import current_terms
from campaign.services.privacy.reapplying import UnreadableErasures
from campaign.services.receipts.check import check_receipts
from campaign.services.receipts.files import receipt_pdf
from campaign.services.receipts.listing import verify_receipt
from tests.services.engine import Engine
from tests.services.pledges.steps import begin_pledge, pledge_of
from tests.services.privacy.people import EMAIL, SECRETS, KnownDonor, a_known_donor
from tests.support.builders import a_donor, a_member_of_staff

CARD = "4242"


def erase(known: KnownDonor, engine: Engine) -> None:
    erasure.erase(ErasureOrder(donor_public_id=known.public_id, actor_id=None), clock=engine.clock)
    db.session.rollback()


def everything_stored() -> str:
    """Every value of every table, but receipts'."""
    db.session.rollback()
    tables = [table for table in Model.metadata.sorted_tables if table.name not in {"receipt", "receipt_file"}]
    return "\n".join(str(row) for table in tables for row in db.session.execute(select(table)))


def sqlite_files() -> list[tuple[str, bytes]]:
    """The database's file and its log; nothing on PostgreSQL."""
    file = Path(db.engine.url.database or "")
    return [(one.name, one.read_bytes()) for one in file.parent.glob(f"{file.name}*") if file.is_file()]


def test_nothing_personal_is_left_but_the_receipt_and_then_not_even_that(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    number = session.execute(select(Receipt.number)).scalar_one()
    code = session.execute(select(Receipt.verify_code)).scalar_one()
    balances = sums.account_totals(session)
    erase(known, engine)

    stored = everything_stored()
    assert [secret for secret in (*SECRETS, CARD) if secret in stored] == []
    assert [name for name, content in sqlite_files() if EMAIL.encode() in content] == []
    assert sums.account_totals(session) == balances
    gift = engine.donation(known.gift)
    assert (gift.gift_minor, gift.state, gift.donor_id) == (25_00, "paid", known.id)
    assert not any(has_consent(session, known.id, purpose) for purpose in ConsentPurpose)
    assert "Aida Donor" in session.execute(select(Receipt.document)).scalar_one()
    session.rollback()
    with pytest.raises(ReceiptErased):
        receipt_pdf(number)
    verified = verify_receipt(number, code)
    assert verified is not None
    assert verified.initials == ""
    assert engine.work() == 0
    assert check_receipts(session) == []

    rules = retention.rules_for({})
    engine.clock.advance(days=DAYS[RetentionName.RECEIPTS] - 1)
    assert "receipts" not in {count.name for count in retention.run(rules, clock=engine.clock) if count.rows}
    engine.clock.advance(days=2)
    assert {count.name: count.rows for count in retention.run(rules, clock=engine.clock)}[RetentionName.RECEIPTS] == 1
    document, pdf = session.execute(select(Receipt.document, ReceiptFile.pdf).join(ReceiptFile)).one()
    assert ("Aida" in document, CARD in document, pdf) == (False, False, b"")
    assert (check_receipts(session), verify_receipt(number, code)) == ([], verified)
    assert {count.name: count.rows for count in retention.run(rules, clock=engine.clock)}[RetentionName.RECEIPTS] == 0


def test_twice_and_of_nobody(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    assert erasure.preview(known.public_id, clock=engine.clock).erased_on is None
    erase(known, engine)
    with pytest.raises(DonorErased):
        erase(known, engine)
    with pytest.raises(NotFound):
        erasure.preview("zzzzzzzzzzzzzzzz", clock=engine.clock)
    preview = erasure.preview(known.public_id, clock=engine.clock)
    assert preview.erased_on is not None
    assert session.execute(select(Erasure.counts)).scalars().all() == [
        {"mails": 1, "events": 1, "gifts": 1, "consents": 2, "subscriptions": 1}
    ]
    acts = session.execute(select(AuditEvent.action).where(AuditEvent.subject == f"donor:{known.public_id}"))
    assert acts.scalars().all() == ["donor:erase"]


@pytest.mark.database("sqlite")
def test_a_monthly_gift_ends_first(engine: Engine, session: Session) -> None:
    pledge = pledge_of(begin_pledge(engine))
    donor = session.execute(select(Donor)).scalar_one()
    known = KnownDonor(donor.id, donor.public_id, "")
    session.rollback()
    with pytest.raises(PledgeStillRunning):
        erase(known, engine)
    assert erasure.preview(known.public_id, clock=engine.clock).running_pledges == [pledge.public_id]
    with transaction() as writing:
        row = writing.get_one(Pledge, pledge.id)
        row.state, row.ended_at = PledgeState.STOPPED, engine.clock.now()
    erase(known, engine)
    stopped = session.get_one(Pledge, pledge.id)
    assert (stopped.payer_name, stopped.card_last4, stopped.link_version) == (None, None, pledge.link_version + 1)


def test_a_customer_is_deleted_at_the_provider_once_nobody_needs_it(engine: Engine, session: Session) -> None:
    pledge = pledge_of(begin_pledge(engine))
    donor = session.execute(select(Donor)).scalar_one()
    known = KnownDonor(donor.id, donor.public_id, "")
    session.rollback()
    with transaction() as writing:
        row = writing.get_one(Pledge, pledge.id)
        row.state, row.ended_at = PledgeState.STOPPED, engine.clock.now()
        gift_id = writing.execute(select(Donation.id)).scalar_one()
        writing.execute(update(Donation).where(Donation.id == gift_id).values(state="processing"))
    erase(known, engine)
    deleted, context = engine.payments.pledges.deleted_customers, engine.context

    def states() -> list[tuple[str, str | None]]:
        customers = erasure.preview(known.public_id, clock=engine.clock).provider_customers
        return [(one.customer_id, one.state) for one in customers]

    assert customer_deletion.delete_next(context), "a payment is under way"
    assert (deleted, states()) == ([], [(pledge.customer_id, "requested")])
    assert not customer_deletion.delete_next(context)
    with transaction() as writing:
        writing.execute(update(Donation).where(Donation.id == gift_id).values(state="paid"))
    engine.clock.advance(days=1, minutes=1)
    engine.payments.is_down = True
    assert customer_deletion.delete_next(context)
    engine.payments.is_down = False
    engine.clock.advance(hours=1)
    engine.payments.loses_answers = True
    assert customer_deletion.delete_next(context)
    engine.payments.loses_answers = False
    assert (deleted, states()) == ([pledge.customer_id], [(pledge.customer_id, "requested")])
    engine.clock.advance(hours=1)
    assert customer_deletion.delete_next(context), "it is gone already, and that is what was wanted"
    assert states() == [(pledge.customer_id, "done")]
    assert not customer_deletion.delete_next(context)


def test_what_the_provider_still_knows_is_not_written_down_again(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    checkout = engine.checkout_of(known.gift)
    erase(known, engine)
    engine.payments.settle(checkout, fee_minor=1_03)
    engine.tell("checkout.session.completed", checkout, event_id="evt_again")
    engine.work()
    stored = everything_stored().replace("provider_event", "")
    assert "Aida Donor" not in stored


@pytest.mark.database("sqlite")
def test_a_donor_who_gave_nothing_for_years_is_erased_and_one_who_gave_is_not(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    engine.clock.advance(days=DAYS[RetentionName.DONORS] + 1)
    recent = a_donor(email="recent@example.org")
    with transaction() as writing:
        writing.get_one(Donor, recent.id).created_at = engine.clock.now()
    counts = {count.name: count.rows for count in retention.run(retention.rules_for({}), clock=engine.clock)}
    assert counts[RetentionName.DONORS] == 1
    emails = session.execute(select(Donor.email).order_by(Donor.id)).scalars().all()
    assert emails == [None, "recent@example.org"]
    assert session.get_one(Donor, known.id).erased_at is not None


ATTACKS = (
    "UPDATE receipt SET document = replace(document, 'Aida Donor', 'Bermet')",
    "UPDATE receipt SET document = ''",
    "UPDATE receipt SET amount_minor = 1",
    "UPDATE receipt_file SET pdf = NULL",
    "UPDATE receipt_file SET sha256 = 'forged'",
    "UPDATE receipt_file SET substituted = NULL",
    "DELETE FROM receipt_file",
    "DELETE FROM receipt",
    "UPDATE erasure SET email_digest = 'forged'",
    "UPDATE erasure SET at = '2020-01-01'",
    "DELETE FROM erasure",
    "DELETE FROM receipt_erasure",
    "UPDATE receipt_erasure SET due_on = '2020-01-01'",
    "UPDATE receipt_erasure SET receipt_id = 2",
)
ERASED = "UPDATE receipt_erasure SET erased_at = '2036-12-05'"
AFTER = (
    *ATTACKS,
    "UPDATE receipt_erasure SET erased_at = NULL",
    "UPDATE receipt SET state = 'void', document = replace(document, '\"donor_name\"\\:\"Aida Donor\"', '\"donor_name\"\\:null')",
    "UPDATE receipt_file SET pdf = 'forged'",
)


def refusal(statement: str, *before: str, **values: Any) -> bool:
    """Whether the database refuses it; whatever it did is taken back."""
    try:
        for earlier in before:
            db.session.execute(text(earlier))
        db.session.execute(text(statement), values)
    except DBAPIError:
        return True
    finally:
        db.session.rollback()
    return False


def test_the_seals_open_for_this_act_alone(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    document = session.execute(select(Receipt.document)).scalar_one()
    redacted = document.replace('"donor_name":"Aida Donor"', '"donor_name":null').replace(f'"{CARD}"', "null")
    change = "UPDATE receipt SET document = :document"
    empty = "UPDATE receipt_file SET pdf = :nothing, substituted = NULL"
    session.rollback()
    assert refusal(change, document=redacted)
    assert refusal(empty, nothing=b"")
    erase(known, engine)
    assert refusal(change, document=redacted)  # its retention is not over
    assert refusal(empty, nothing=b"")
    assert [attack for attack in ATTACKS if not refusal(attack)] == []
    assert [attack for attack in AFTER if not refusal(attack, ERASED)] == []
    assert not refusal(change, ERASED, document=redacted)
    assert not refusal(empty, ERASED, nothing=b"")
    assert refusal(change, ERASED, document=redacted.replace("2500", "2600"))


def test_no_receipt_of_others_is_opened(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    with transaction() as writing:
        other = writing.execute(select(Receipt.id)).scalar_one()
        stranger = Donor(public_id="stranger22222222", email=None, language="en", created_at=engine.clock.now())
        writing.add(stranger)
        writing.flush()
        record = Erasure(
            public_id="erasure222222222",
            donor_id=stranger.id,
            email_digest="0" * 64,
            at=engine.clock.now(),
            actor_id=None,
            counts={},
        )
        writing.add(record)
        writing.flush()
        erasure_id = record.id
    assert known.id != stranger.id
    opened = "INSERT INTO receipt_erasure (receipt_id, erasure_id, due_on) VALUES (:receipt, :record, '2026-01-01')"
    assert refusal(opened, receipt=other, record=erasure_id)
    assert session.execute(select(ReceiptErasure)).first() is None


def test_the_list_of_erasures_outlives_the_machine(tmp_path: Path) -> None:
    """Two lists, each with an erasure that the other lacks, end alike; an empty machine gets all of them back."""
    at = datetime(2026, 12, 1, tzinfo=UTC)
    first, second = (
        ErasureDone(public_id=f"erasure{n}", donor_public_id=f"donor{n}", email_digest="d" * 64, at=at) for n in "12"
    )
    store, old, new = FolderFiles(tmp_path / "elsewhere"), tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    second_list.note_everywhere([first], old, store)
    assert second_list.share_lists(new, store) == 0
    assert reapplying.read_file(new / reapplying.FILE_NAME) == [first]
    (new / reapplying.FILE_NAME).unlink()
    second_list.note_everywhere([second], new, store)
    for folder in (old, new, new):
        second_list.share_lists(folder, store)
        assert {done.public_id for done in reapplying.read_file(folder / reapplying.FILE_NAME)} == {
            "erasure1",
            "erasure2",
        }


def test_an_erasure_is_done_again_in_a_restored_backup(engine: Engine, session: Session, tmp_path: Path) -> None:
    """The backup's database is made by taking the erasure back, as no one can do it with the seals in place."""
    known = a_known_donor(engine)
    done = ErasureDone(
        public_id="erasure222222222",
        donor_public_id=known.public_id,
        email_digest=current_terms().digest("donor@example.org"),
        at=engine.clock.now(),
    )
    reapplying.note_outside(done, tmp_path)
    file = tmp_path / reapplying.FILE_NAME
    assert "example.org" not in file.read_text()
    assert reapplying.read_file(file) == [done]
    engine.clock.advance(days=3)
    a_donor(email="later@example.org")
    assert reapplying.reapply(reapplying.read_file(file), clock=engine.clock) == 1
    assert reapplying.reapply(reapplying.read_file(file), clock=engine.clock) == 0
    session.rollback()
    assert [secret for secret in SECRETS if secret in everything_stored()] == []
    assert reapplying.stored_erasures() == [done]
    later = replace(done, donor_public_id="gone222222222222", public_id="erasure333333333")
    with transaction() as writing:
        again = Donor(
            public_id="again22222222222",
            email="donor@example.org",
            email_key="donor@example.org",
            language="en",
            created_at=engine.clock.now(),
        )
        writing.add(again)
    assert reapplying.reapply([later], clock=engine.clock) == 0  # they gave again, after they were erased
    assert reapplying.reapply([replace(later, at=engine.clock.now())], clock=engine.clock) == 1
    file.write_text('{"at": "2026-12-01"}\n')
    with pytest.raises(UnreadableErasures):
        reapplying.read_file(file)


@pytest.mark.database("sqlite")
def test_a_donor_who_was_merged_into_them_is_erased_too(engine: Engine, session: Session) -> None:
    known = a_known_donor(engine)
    other = a_donor(email="second@example.org")
    actor_id = a_member_of_staff(role="campaign").id
    with transaction() as writing:
        campaign_id = writing.execute(select(Donation.campaign_id).where(Donation.donor_id == known.id)).scalar_one()
        merge = {"campaign_id": campaign_id, "target_id": known.id, "source_id": other.id, "merged_by": actor_id}
        writing.add(DonorMerge(public_id="merge22222222222", moved={}, merged_at=engine.clock.now(), **merge))
    erased = erasure.erase(ErasureOrder(donor_public_id=known.public_id, actor_id=None), clock=engine.clock)
    assert [done.donor_public_id for done in erased] == [known.public_id, other.public_id]
    assert "second@example.org" not in everything_stored()
