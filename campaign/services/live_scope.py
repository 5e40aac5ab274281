"""The scope of a live installation: one with a live key reads live gifts only, so no sum, list or file mixes in tests.

A database that was tried with test payments before keeps them; their gifts, monthly gifts, entries and movements are
left out of every ORM query while the installation is live. The ledger checks read everything.
"""

from flask import current_app
from sqlalchemy import event, false, func, literal, or_, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from campaign.database import reading
from campaign.extensions import db
from campaign.models.donation import Donation
from campaign.models.journal import JournalEntry, Posting
from campaign.models.payout import ProviderTransaction
from campaign.models.pledge import Pledge

_GIFT, _ENTRY = Donation.__table__, JournalEntry.__table__
_OF_TESTS = (
    select(_ENTRY.c.id)
    .join(_GIFT, _ENTRY.c.subject == literal("donation:") + _GIFT.c.public_id)
    .where(_GIFT.c.livemode == false())
)
"""The entries of test gifts; of the tables alone, so that the criteria below leave it as it is."""
_TEST_PAYMENTS = select(_GIFT.c.payment_id).where(_GIFT.c.livemode == false(), _GIFT.c.payment_id.is_not(None))
_ONLY_LIVE = (
    with_loader_criteria(Donation, Donation.livemode, include_aliases=True),
    with_loader_criteria(Pledge, Pledge.livemode, include_aliases=True),
    with_loader_criteria(Posting, Posting.entry_id.not_in(_OF_TESTS), include_aliases=True),
    with_loader_criteria(JournalEntry, JournalEntry.id.not_in(_OF_TESTS), include_aliases=True),
    with_loader_criteria(
        ProviderTransaction,
        or_(ProviderTransaction.payment_id.is_(None), ProviderTransaction.payment_id.not_in(_TEST_PAYMENTS)),
        include_aliases=True,
    ),
)


def watch_queries() -> None:
    """Make every query check the mode of the installation."""
    if not event.contains(db.session, "do_orm_execute", _leave_tests_out):
        event.listen(db.session, "do_orm_execute", _leave_tests_out)


def count_test_gifts() -> int:
    """Return how many gifts in this database are tests."""
    with reading() as session:
        return session.execute(select(func.count()).select_from(_GIFT).where(_GIFT.c.livemode == false())).scalar_one()


def _leave_tests_out(query: ORMExecuteState) -> None:
    if not query.is_select or not query.is_orm_statement or query.is_column_load or query.is_relationship_load:
        return
    if current_app.extensions["context"].payments.mode == "live":
        query.statement = query.statement.options(*_ONLY_LIVE)
