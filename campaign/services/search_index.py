"""The search for staff: names and addresses folded beside the gift, and exact numbers.

A gift's two search texts are written with the names and the address that they consist of: whoever writes one of these
writes `search_columns` too, or calls `refresh`. A test compares them after every test.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, update
from sqlalchemy.orm import Session

from campaign.domain.email_address import readable_email
from campaign.domain.folding import MAX_QUERY, MAX_WORDS, fold
from campaign.domain.receipt import read_number
from campaign.models.donation import Dispute, Donation, Refund
from campaign.models.donor import Donor
from campaign.models.pledge import Pledge
from campaign.models.receipt import Receipt

NUMBER_SIGNS = str.maketrans("№#", "  ")
PROVIDER_IDS = ("payment_id", "charge_id", "invoice_id", "checkout_id", "settlement_id")


def search_columns(
    *names: str | None, public_name: str | None, is_anonymous: bool, email: str | None
) -> dict[str, object]:
    """Return the columns of a gift with these names and this address: what staff can search, and what everybody can."""
    known = (fold(text) for text in (*names, public_name, email) if text)
    return {
        "search_text": "\n".join(dict.fromkeys(known)),
        "public_search_text": fold(public_name) if public_name and not is_anonymous else "",
    }


def refresh(session: Session, *gifts: ColumnElement[bool]) -> None:
    """Write the search texts of these gifts anew, after their names or their donor's address have changed."""
    query = select(Donation, Donor.email).outerjoin(Donor, Donor.id == Donation.donor_id).where(*gifts)
    for gift, email in session.execute(query.execution_options(populate_existing=True)).all():
        columns = search_columns(
            gift.payer_name,
            gift.receipt_name,
            public_name=gift.public_name,
            is_anonymous=gift.is_anonymous,
            email=email or address_in(gift.checkout_params),
        )
        session.execute(update(Donation).where(Donation.id == gift.id).values(columns))


def typed_address(session: Session, donation_id: int) -> str | None:
    """Return the address typed into the form; the donor's is known once the gift is paid."""
    params = session.execute(select(Donation.checkout_params).where(Donation.id == donation_id)).scalar_one()
    return address_in(params)


def address_in(checkout_params: dict[str, object]) -> str | None:
    """Return the address with which the payment page was opened, if there was one."""
    typed = checkout_params.get("customer_email")
    return readable_email(typed) if isinstance(typed, str) else None


def about(text: str, *, sees_donors: bool) -> ColumnElement[bool]:
    """Return gifts that match each word of the text; an empty text and one without a visible letter match nothing.

    Without `sees_donors` names and addresses match only what donors made public.
    """
    words = [word for word in text[:MAX_QUERY].translate(NUMBER_SIGNS).split() if fold(word)]
    if not words:
        return false()
    has_words = and_(*(_has_word(word, sees_donors=sees_donors) for word in words[:MAX_WORDS]))
    return or_(has_words, *_by_receipt(fold(text[:MAX_QUERY].translate(NUMBER_SIGNS))))


def by_numbers(text: str) -> ColumnElement[bool]:
    """Return gifts that a number or an id names: their own, a receipt's, a monthly gift's or the provider's."""
    text = text[:MAX_QUERY].translate(NUMBER_SIGNS)
    number = read_number(text)
    of_receipt = select(Receipt.donation_id).where(Receipt.number == number)
    numbers = [known for word in text.split()[:MAX_WORDS] for known in _by_number(word.replace("\x00", ""))]
    return or_(false(), *numbers, *([Donation.id.in_(of_receipt)] if number else []))


def _has_word(word: str, *, sees_donors: bool) -> ColumnElement[bool]:
    column = Donation.search_text if sees_donors else Donation.public_search_text
    return or_(column.contains(fold(word), autoescape=True), *_by_number(word.replace("\x00", "")))


def _by_number(word: str) -> list[ColumnElement[bool]]:
    """Match our own number, and any id of the provider's that belongs to a gift."""
    if "_" in word:
        return [
            *(Donation.__table__.c[name] == word for name in PROVIDER_IDS),
            Donation.id.in_(select(Refund.donation_id).where(Refund.provider_id == word)),
            Donation.id.in_(select(Dispute.donation_id).where(Dispute.provider_id == word)),
            Donation.pledge_id.in_(select(Pledge.id).where(Pledge.subscription_id == word)),
        ]
    pledges = select(Pledge.id).where(Pledge.public_id == word.lower())
    return [Donation.public_id == word.lower(), Donation.pledge_id.in_(pledges)]


def _by_receipt(text: str) -> list[ColumnElement[bool]]:
    """Match a receipt's number as people type it, or a part of it with a digit."""
    part = "-".join(text.split()).upper()
    if not any(letter.isdigit() for letter in part):
        return []
    number = read_number(text) or part
    receipts = select(Receipt.donation_id).where(Receipt.number.contains(number, autoescape=True))
    return [Donation.id.in_(receipts)]
