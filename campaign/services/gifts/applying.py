"""What the provider says of a gift, turned into rows: state, history, journal, receipt, mail. Part of a transaction.

It can be given the same facts any number of times, and facts in any order: payment only goes forward, refunds and
disputes are sets keyed by the provider's ids, totals are recomputed, and journal, receipts and mails have unique keys.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from campaign.days import local_day
from campaign.domain import postings
from campaign.domain.donation import DonationState, Fact, next_state
from campaign.domain.errors import DomainError
from campaign.domain.identity import new_public_id
from campaign.domain.journal import Entry
from campaign.domain.payment import DisputeFacts, PaymentFacts, RefundFacts
from campaign.models.donation import Donation, DonationEvent, Refund
from campaign.models.fund import Fund
from campaign.services import search_index
from campaign.services.bank_transfers import stored_transfer
from campaign.services.campaigns.revision import count_public_change
from campaign.services.gifts import disputes, gift_receipts
from campaign.services.gifts.delay_mails import tell_of_delay
from campaign.services.gifts.donors import donor_of_mailbox
from campaign.services.gifts.locked import DonorOfGift, LockedGift, RefundNews
from campaign.services.ledger import posting
from campaign.services.pledges import following as pledge_following
from campaign.services.queues.outbox import expedite
from campaign.services.search_index import search_columns

NOW_REFUNDED = ("pending", "succeeded")
"""Refund states in which the money counts as sent back."""


class PaymentMismatch(DomainError):
    """The provider's payment is not the gift that we wrote down: another amount, currency, gift or mode."""


def apply_payment(session: Session, gift: LockedGift, facts: PaymentFacts, *, at: datetime, public_url: str) -> None:
    """Bring a gift up to these facts. PaymentMismatch, and no change, when they do not fit."""
    _refuse_mismatch(gift, facts)
    _move(session, gift, facts, at=at)
    _name_payer(gift, facts)
    _settle(session, gift, facts, at=at)
    if gift.now("state") == DonationState.PAID:
        _refund(session, gift, facts, at=at)
        disputes.apply_disputes(session, gift, facts.disputes, at=at)
        disputes.apply_warnings(session, gift, facts.warnings)
    if not gift.happened and not gift.changes:
        return
    if gift.entries:
        posting.post_all(session, gift.entries, campaign_id=gift.row.campaign_id, at=at)
    if gift.changes.keys() & {"payer_name", "donor_id"}:
        gift.changes |= _search_columns(session, gift)
    gift.changes["version"] = gift.row.version + 1
    session.execute(_CHANGE, {"donation": gift.id, **gift.changes})
    if gift.happened:
        history = [{"donation_id": gift.id, "at": at, "kind": kind, "detail": detail} for kind, detail in gift.happened]
        session.execute(_REMEMBER, history)
    if gift.now("state") == DonationState.PAID:
        gift_receipts.bring_up_to_date(session, gift, at=at, public_url=public_url)
    count_public_change(session, gift.row.campaign_id)  # last: everybody who settles for this campaign meets here


def _refuse_mismatch(gift: LockedGift, facts: PaymentFacts) -> None:
    row = gift.row
    if facts.livemode != row.livemode:
        raise PaymentMismatch("test money and real money")
    is_same = facts.donation_public_id == row.public_id if facts.checkout_id else facts.invoice_id == row.invoice_id
    # A second payment carries the first one's name; it is known by its page.
    if not is_same and row.paid_again_for_id is None:
        raise PaymentMismatch("it carries another gift's name")
    if facts.amount != gift.charge:
        raise PaymentMismatch(f"{facts.amount.minor} {facts.amount.currency}, not {gift.charge.minor} {row.currency}")
    came_after: tuple[RefundFacts | DisputeFacts, ...] = (*facts.refunds, *facts.disputes)
    for later in came_after:
        if later.amount.currency != row.currency:
            raise PaymentMismatch(f"{later.provider_id} is in {later.amount.currency}, the gift in {row.currency}")
    if row.charge_id and facts.charge_id and row.charge_id != facts.charge_id:
        raise PaymentMismatch("a page that was paid has another payment now")


def _move(session: Session, gift: LockedGift, facts: PaymentFacts, *, at: datetime) -> None:
    """The payment's own step, and the entry and donor that come with «paid»."""
    state = DonationState(gift.row.state)
    new = next_state(state, facts.fact)
    if new is state:
        return
    gift.changes.update(state=new.value, checkout_id=facts.checkout_id, payment_id=facts.payment_id)
    if facts.invoice_id:
        gift.changes["invoice_id"] = facts.invoice_id
    if new is DonationState.PAID:
        gift.changes.update(
            charge_id=facts.charge_id,
            paid_at=facts.paid_at or at,
            paid_on=local_day(facts.paid_at or at),
            method=facts.method,
            method_brand=facts.method_brand,
            method_last4=facts.method_last4,
        )
        gift.donor = gift.donor or _donor(session, gift, facts, at=at)
        if gift.row.pledge_id and gift.donor:
            pledge_following.name_donor(session, gift.row.pledge_id, gift.donor.id, payer_name=facts.name)
        entry = postings.gift_paid(
            charge_id=facts.charge_id or facts.checkout_id or gift.row.public_id,
            subject=gift.subject,
            gift=gift.gift,
            cover=gift.cover,
            fund_id=gift.row.fund_id,
            on=gift.now("paid_on"),
        )
        gift.entries.append(entry)
    transfer = {"transfer": stored_transfer(facts.transfer)} if facts.transfer else {}
    payment = {"payment": facts.payment_id} if facts.payment_id else {}
    gift.happened.append((new.value, {"from": state.value, **payment, **transfer}))
    tell_of_delay(session, gift, new, facts, at=at)


def _name_payer(gift: LockedGift, facts: PaymentFacts) -> None:
    """The name on the payment page is this gift's alone: what another gift of the same address was paid with is not asked."""
    is_paid_now = gift.changes.get("state") == DonationState.PAID
    if facts.name and facts.name != gift.row.payer_name and (is_paid_now or gift.row.payer_name is None):
        gift.changes["payer_name"] = facts.name


def _search_columns(session: Session, gift: LockedGift) -> dict[str, object]:
    """What staff find the gift by, with the names and the address that it has now."""
    email = gift.donor.email if gift.donor else search_index.typed_address(session, gift.id)
    return search_columns(
        gift.payer_name,
        gift.row.receipt_name,
        public_name=gift.row.public_name,
        is_anonymous=gift.row.is_anonymous,
        email=email,
    )


def _settle(session: Session, gift: LockedGift, facts: PaymentFacts, *, at: datetime) -> None:
    """The provider's balance transaction, once it is known: it comes after the payment, sometimes much later."""
    if facts.settled is None or facts.settled_on is None or gift.row.settlement_id or facts.fact is not Fact.PAID:
        return
    gift.changes.update(
        settled_at=facts.settled_on,
        settlement_id=facts.settled.transaction_id,
        settled_currency=facts.settled.gross.currency,
        settled_minor=facts.settled.gross.minor,
        fee_minor=facts.settled.fee.minor,
        rate=facts.rate,
    )
    entry = postings.gift_settled(
        subject=gift.subject,
        charged=gift.charge,
        settled=facts.settled,
        fund_id=gift.row.fund_id,
        fee_fund_id=_fee_fund(session, gift),
        on=max(local_day(facts.settled_on), gift.now("paid_on")),  # a debit is put on the balance before it succeeds
    )
    gift.entries.append(entry)
    if facts.settled.gross.currency != gift.row.currency:
        expedite(session, gift.id, at=at)  # the receipt waited for the conversion
    gift.happened.append(("settled", {"fee_minor": facts.settled.fee.minor, "currency": facts.settled.fee.currency}))


def _refund(session: Session, gift: LockedGift, facts: PaymentFacts, *, at: datetime) -> None:
    """Every refund that the provider knows; their sum is computed anew, never added to."""
    if not facts.refunds:
        return
    in_order = sorted(facts.refunds, key=lambda known: (known.made_at, known.provider_id))
    gift.happened.extend(
        (f"refund_{refund.state}", {"refund": refund.provider_id, "minor": refund.amount.minor})
        for refund in in_order
        if _apply_refund(session, gift, refund, at=at)
    )
    amounts = session.execute(
        select(Refund.amount_minor).where(Refund.donation_id == gift.id, Refund.state.in_(NOW_REFUNDED))
    ).scalars()
    refunded = sum(amounts)
    if refunded != gift.row.refunded_minor:
        gift.changes["refunded_minor"] = refunded


def _apply_refund(session: Session, gift: LockedGift, refund: RefundFacts, *, at: datetime) -> bool:
    """One refund, ours (its request is in the metadata) or made in the dashboard; True when it says something new."""
    is_ours = Refund.provider_id == refund.provider_id
    if refund.request_id:
        is_ours |= Refund.public_id == refund.request_id
    known = session.execute(
        select(Refund.id, Refund.public_id, Refund.state, Refund.settlement_id, Refund.failure_settlement_id).where(
            is_ours, Refund.donation_id == gift.id
        )
    ).one_or_none()
    facts = {
        "state": refund.state,
        "provider_id": refund.provider_id,
        "settlement_id": refund.settled.transaction_id if refund.settled else None,
        "failure_settlement_id": refund.returned.transaction_id if refund.returned else None,
        "next_try_at": None,
        "error": None,
    }
    public_id = known.public_id if known else new_public_id()
    if known is None or known.state != refund.state:
        gift.refund_news.append(RefundNews(public_id, refund.amount, refund.state))
    if known is None:
        made = {
            "public_id": public_id,
            "donation_id": gift.id,
            "currency": refund.amount.currency,
            "amount_minor": refund.amount.minor,
            "reason": "",
            "requested_at": refund.made_at,
        }
        session.execute(insert(Refund), {**made, **facts})
    elif tuple(known)[2:] == (facts["state"], facts["settlement_id"], facts["failure_settlement_id"]):
        return False
    else:
        session.execute(update(Refund).where(Refund.id == known.id).values(facts))
    gift.entries.extend(_entries_of(gift, refund, at=at))
    return True


def _entries_of(gift: LockedGift, refund: RefundFacts, *, at: datetime) -> Iterator[Entry]:
    """Money moves when the provider's balance transactions say so: out, and back in if it failed."""
    about: dict[str, Any] = {"subject": gift.subject, "refunded": refund.amount, "fund_id": gift.row.fund_id}
    if refund.settled:
        yield postings.refund_made(settled=refund.settled, on=_day(refund.settled_on, at), **about)
    if refund.returned:
        yield postings.refund_failed(returned=refund.returned, on=_day(refund.returned_on, at), **about)


def _fee_fund(session: Session, gift: LockedGift) -> int:
    """Whose money pays the fee: the gift's fund, or the general one so that the gift arrives whole."""
    if gift.row.fee_bearer == "fund":
        return int(gift.row.fund_id)
    return session.execute(
        select(Fund.id).where(Fund.campaign_id == gift.row.campaign_id, Fund.kind == "general")
    ).scalar_one()


def _donor(session: Session, gift: LockedGift, facts: PaymentFacts, *, at: datetime) -> DonorOfGift | None:
    """The mailbox that the payment was made with; None when there is none."""
    if not facts.email:
        return None
    return donor_of_mailbox(session, facts.email, language=gift.row.language, at=at)


def _day(instant: datetime | None, otherwise: datetime) -> date:
    return local_day(instant or otherwise)


# Built once, of the tables alone: every gift passes here.
_CHANGE = update(Donation.__table__).where(Donation.__table__.c.id == bindparam("donation"))
_REMEMBER = insert(DonationEvent.__table__)
