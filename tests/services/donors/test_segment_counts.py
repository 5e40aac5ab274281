"""How many donors are in each segment: the numbers of the list of donors, by one statement for all segments."""

from datetime import timedelta

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.domain.donor import DonorStatus
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.extensions import db
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.services.donors.filters import DonorFilter
from campaign.services.donors.listing import donor_totals
from campaign.services.donors.segments import NewSegment, save_segment, segments
from tests.support.builders import NOW, a_donor, a_member_of_staff, a_paid_gift
from tests.support.fakes import SettableClock


def test_all_segments_are_counted_by_one_statement(campaign: Campaign, session: Session, clock: SettableClock) -> None:
    campaign_id, staff_id, today = campaign.id, a_member_of_staff(role="campaign").id, local_day(NOW)
    aida, bermet = a_donor(email="aida@example.org"), a_donor(email="bermet@example.org")
    a_paid_gift(campaign=campaign, donor_id=aida.id, payer_name="Aida")
    a_paid_gift(campaign=campaign, donor_id=bermet.id, payer_name="Bermet", gift=Money(30_00, "EUR"))
    a_paid_gift(campaign=campaign, donor_id=bermet.id, payer_name="Bermet", language="ru")
    paid_on = session.execute(select(Donation.paid_on).limit(1)).scalar_one() or today
    chosen: dict[str, dict[str, object]] = {
        "1": {},
        "2": {"currency": "EUR"},
        "3": {"language": "ru", "text": "bermet"},
        "4": {"currency": "USD", "least_minor": 1},
        "5": {"last_until": paid_on - timedelta(days=1)},
        "6": {"status": DonorStatus.NEW.value, "period_days": 365},
        "7": {"tag": "board"},
    }
    filters = {
        name: DonorFilter(campaign_id=campaign_id, as_of=today, **values)  # type: ignore[arg-type]
        for name, values in chosen.items()
    }
    for name, criteria in filters.items():
        new = NewSegment(public_id=new_public_id(), name=name, filters=criteria, actor_id=staff_id)
        save_segment(new, clock=clock)
    session.rollback()
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", note := lambda *args: statements.append(args[2]))
    rows = segments(campaign_id, as_of=today)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 2
    assert {row.name: row.donors for row in rows} == {
        name: donor_totals(criteria).count for name, criteria in filters.items()
    }
    assert [row.donors for row in rows][:5] == [2, 1, 1, 2, 0]
