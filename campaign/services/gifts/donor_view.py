"""A gift as its donor sees it, looked up by its public id, its form or its payment page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from campaign.database import reading
from campaign.domain.donation import DonationState, name_on_receipt
from campaign.domain.email_address import readable_email
from campaign.domain.gift_source import GiftSource
from campaign.domain.money import Money
from campaign.models.campaign import Campaign
from campaign.models.donation import Donation
from campaign.models.donor import Donor
from campaign.models.fund import Fund
from campaign.services.campaigns.form_options import same_gift
from campaign.services.gifts.gift_sources import source_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorGiftView:
    """One gift as its giver may see it again. `email`, names and `message` are for the giver's own browser alone."""

    public_id: str
    form_id: str
    shown_form_id: str | None
    state: DonationState
    checkout_id: str | None
    page_ends_at: datetime  # whatever the provider has told of it since
    campaign_slug: str
    campaign_name: dict[str, str]
    contact_email: str
    purpose_code: str
    purpose: dict[str, str]
    frequency: str  # once or monthly
    gift: Money
    cover: Money
    refunded: Money
    charged_back: Money  # returned to her by her bank, after a dispute
    is_second_payment: bool  # of a gift that she had paid already
    is_anonymous: bool
    public_name: str | None
    message: str | None
    payer_name: str | None
    name_on_receipt: str | None
    receipt_name: str | None  # as it was filled in
    email: str | None
    source: GiftSource

    @property
    def same_gift(self) -> dict[str, str]:
        """The parameters of the form's address that fill it in with the same gift; nothing of the giver."""
        covers_fee = self.cover.minor > 0
        return same_gift(
            self.campaign_slug, self.gift, fund=self.purpose_code, frequency=self.frequency, covers_fee=covers_fee
        )

    @property
    def charge(self) -> Money:
        """What was or would be paid: the gift and the cover of the fee."""
        return self.gift + self.cover

    @property
    def is_all_back(self) -> bool:
        """Nothing is left of it: it was sent back, or her bank returned it."""
        return (self.refunded + self.charged_back).minor >= self.charge.minor

    @property
    def masked_email(self) -> str | None:
        """Enough of the address for its owner to know it again: `a•••@mail.ru`."""
        if not self.email:
            return None
        who, _, where = self.email.lower().rpartition("@")  # however another gift's giver wrote it
        return f"{who[:1]}•••@{where}"


def gift_named(public_id: str) -> DonorGiftView | None:
    """The gift with this public id."""
    return _gift_where(Donation.public_id == public_id)


def gift_of_form(form_id: str) -> DonorGiftView | None:
    """The gift that this form led to."""
    return _gift_where(Donation.form_id == form_id)


def gift_of_checkout(checkout_id: str) -> DonorGiftView | None:
    """The gift that is paid on this payment page."""
    return _gift_where(Donation.checkout_id == checkout_id)


def _gift_where(condition: ColumnElement[bool]) -> DonorGiftView | None:
    query = (
        select(Donation, Campaign, Fund, Donor)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .join(Fund, Fund.id == Donation.fund_id)
        .outerjoin(Donor, Donor.id == Donation.donor_id)
        .where(condition)
    )
    with reading() as session:
        row = session.execute(query).one_or_none()
        return _view_of(*row) if row else None


def _view_of(donation: Donation, campaign: Campaign, fund: Fund, donor: Donor | None) -> DonorGiftView:
    typed_email = donation.checkout_params.get("customer_email")
    return DonorGiftView(
        public_id=donation.public_id,
        form_id=donation.form_id,
        shown_form_id=donation.shown_form_id,
        state=DonationState(donation.state),
        checkout_id=donation.checkout_id,
        page_ends_at=donation.expires_at,
        campaign_slug=campaign.slug,
        campaign_name=campaign.name,
        contact_email=campaign.contact_email,
        purpose_code=fund.code,
        purpose=fund.title,
        frequency=donation.frequency,
        gift=Money(donation.gift_minor, donation.currency),
        cover=Money(donation.cover_minor, donation.currency),
        refunded=Money(donation.refunded_minor, donation.currency),
        charged_back=Money(donation.charged_back_minor, donation.currency),
        is_second_payment=donation.paid_again_for_id is not None,
        is_anonymous=donation.is_anonymous,
        public_name=donation.public_name,
        message=donation.message,
        payer_name=donation.payer_name,
        name_on_receipt=name_on_receipt(donation.receipt_name, donation.payer_name),
        receipt_name=donation.receipt_name,
        email=donor.email if donor else (readable_email(typed_email) if isinstance(typed_email, str) else None),
        source=source_of(donation),
    )
