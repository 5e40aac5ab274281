"""Whatever two donors did before: erasing one changes no figure and nothing of the other, and leaves no text of theirs."""

import json
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaign.database import reading
from campaign.domain.donation import DonationState
from campaign.domain.folding import fold
from campaign.domain.identity import new_public_id
from campaign.domain.money import Money
from campaign.extensions import Model
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.services.donors.notes import NewNote, add_note
from campaign.services.gifts.refunds import RefundOrder, request_refund
from campaign.services.ledger.check import check_books
from campaign.services.privacy import donor_data, erasure
from campaign.services.privacy.data_map import DATA_MAP
from campaign.services.privacy.erasure import ErasureOrder
from campaign.services.receipts.check import check_receipts
from tests.services.engine import Engine
from tests.support.builders import a_member_of_staff
from tests.support.drain import work_off_money

SEALED = {"receipt.document", "receipt_file.pdf"}
"""Until the last day of the retention; that they are emptied then is shown elsewhere."""
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["give", "give", "give up", "refund", "part", "note", "receipts and emails"]), st.integers(0, 1)
    ),
    min_size=3,
    max_size=9,
)


@dataclass(frozen=True, slots=True)
class Person:
    """A donor of a history, and what only their data say."""

    email: str
    name: str
    message: str

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.email, self.name, self.message)

    @property
    def secrets(self) -> set[str]:
        """The texts as they are typed, as the search has them, and as JSON may have them."""
        return {form for typed in self.texts for form in (typed, fold(typed), json.dumps(typed)[1:-1])}


@dataclass(frozen=True, slots=True)
class History:
    """What two people do, on the one database of the test."""

    engine: Engine
    people: tuple[Person, Person]
    staff_id: int

    def act(self, name: str, person: Person) -> None:
        match name:
            case "give" | "give up":
                self.give(person, is_paid=name == "give")
            case "refund" | "part":
                self.refund(person, is_whole=name == "refund")
            case "note":
                self.note(person)
            case _:
                self.engine.work()

    def give(self, person: Person, *, is_paid: bool) -> None:
        facts = {"email": person.email, "public_name": person.name, "message": person.message, "is_anonymous": False}
        checkout = self.engine.checkout_of(self.engine.open(replace(self.engine.request(), **facts)))  # type: ignore[arg-type]  # fields of it
        if is_paid:
            self.engine.payments.pay(checkout, email=person.email, name=person.name)
            self.engine.payments.settle(checkout, fee_minor=1_03)
            self.engine.tell("checkout.session.completed", checkout)
            work_off_money()

    def refund(self, person: Person, *, is_whole: bool) -> None:
        left = Donation.gift_minor - Donation.refunded_minor
        query = select(Donation.public_id, left).join(Donor).where(Donor.email == person.email, left > 0)
        with reading() as session:
            gift = session.execute(query.where(Donation.state == DonationState.PAID).limit(1)).first()
        if gift is not None:
            amount = Money(gift[1] if is_whole else max(gift[1] // 2, 1), "USD")
            order = RefundOrder(donation_public_id=gift[0], amount=amount, reason="asked for it", actor_id=None)
            request_refund(order, clock=self.engine.clock)
            work_off_money()

    def note(self, person: Person) -> None:
        donor = self.donor_of(person)
        if donor is not None:
            with reading() as session:
                campaign_id = session.execute(select(Campaign.id)).scalar_one()
            note = NewNote(
                campaign_id=campaign_id,
                donor_public_id=donor,
                public_id=new_public_id(),
                text=f"{person.name} called",
                actor_id=self.staff_id,
            )
            add_note(note, clock=self.engine.clock)

    def donor_of(self, person: Person) -> str | None:
        with reading() as session:
            return session.execute(select(Donor.public_id).where(Donor.email == person.email)).scalar()

    def figures(self) -> Any:
        """What everybody can read, without names."""
        client = self.engine.app.test_client()
        with reading() as session:
            slug = session.execute(select(Campaign.slug)).scalar_one()
        answers = [client.get(f"/api/v1/campaigns/{slug}{more}") for more in ("", "/progress", "/allocations")]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        return [answer.get_json() for answer in answers]


def stored_texts() -> str:
    """All that the columns of the data map hold."""
    columns = sorted({column for entry in DATA_MAP for column in entry.columns} - SEALED)
    with reading() as session:
        values = [
            value
            for table, name in (column.split(".") for column in columns)
            for value in session.execute(select(Model.metadata.tables[table].c[name])).scalars()
        ]
    return "\n".join(value.decode(errors="replace") if isinstance(value, bytes) else str(value) for value in values)


@pytest.mark.faults
@pytest.mark.database("sqlite")
def test_an_erasure_after_any_history(engine: Engine) -> None:
    numbers, staff_id = count(1), a_member_of_staff(role="campaign").id

    @given(names=st.permutations(["Айгүл Бекова", "Zoë O’Neil-Šimić", "Ылайым 100%_", "Mira\\Kan"]), acts=ACTS)
    @settings(
        max_examples=12,
        phases=(Phase.generate,),
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    def check(names: list[str], acts: list[tuple[str, int]]) -> None:
        number = next(numbers)
        one, other = (Person(f"p{number}-{i}@x.example", f"{names[i]} {number}x{i}", f"m{number}-{i}") for i in (0, 1))
        history = History(engine, (one, other), staff_id)
        for name, which in [("give", 0), ("give", 1), *acts]:
            history.act(name, history.people[which])
        erased, left = history.donor_of(one), history.donor_of(other)
        assert erased is not None
        assert left is not None
        figures, rows = history.figures(), donor_data.collect(left, clock=engine.clock).rows
        assert one.email in stored_texts()

        erasure.erase(ErasureOrder(donor_public_id=erased, actor_id=None), clock=engine.clock)
        assert history.figures() == figures
        assert donor_data.collect(left, clock=engine.clock).rows == rows
        stored = stored_texts()
        assert [secret for secret in one.secrets if secret in stored] == []
        assert [secret for secret in other.texts if secret not in stored] == []
        engine.work()  # what waited is worked off, and brings nothing back
        stored = stored_texts()
        assert [secret for secret in one.secrets if secret in stored] == []
        with reading() as session:
            assert (check_books(session), check_receipts(session)) == ([], [])

    check()
