"""A gift's receipt and mails, brought in line with what is left of it, in the transaction that settles it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.donation import RefundState
from campaign.domain.fund import FundKind
from campaign.domain.gift import GiftSnapshot
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.domain.receipt import ReceiptEndReason, ReceiptState
from campaign.i18n import country_below, in_language, money_in_text
from campaign.services.gifts.gift_lock import LockedGift
from campaign.services.gifts.refund_rows import RefundNews
from campaign.services.pledges import mail_facts
from campaign.services.queues.outbox import OutgoingMail, enqueue, send_instead
from campaign.services.receipts import issuing
from campaign.services.receipts.issuing import ReceiptFacts
from campaign.services.receipts.wording import receipt_language, receipt_sentence


@dataclass(frozen=True, slots=True)
class GiftChange:
    """What a gift was before, and its refunds that have reached a new state."""

    before: GiftSnapshot
    refund_news: Sequence[RefundNews] = ()


def bring_up_to_date(
    session: Session, gift: LockedGift, change: GiftChange, *, at: datetime, public_url: str, hold_mails: bool
) -> None:
    """Issue, replace or void the receipt so that one live receipt says what is left, and queue the donor's mails.

    A first payment issues; a part refund or a part lost in a dispute replaces by a new number for the rest; nothing left
    voids; a refund that failed, or a dispute won in the end, restores. An open dispute changes no receipt. A refund has
    one mail, when the provider says that it succeeded, with what it changed of the receipt; one that failed after all
    has another, with the receipt that is valid again. A gift whose receipt is right already is left as it is. A gift that is
    suspected of fraud gets no first receipt until it is released.

    Args:
        session: Of the transaction that settles the gift.
        gift: The gift as the payment made it.
        change: What the payment changed.
        at: The moment of settling.
        public_url: The address of the site, for the receipt.
        hold_mails: Whether the mails are written and held.
    """
    writer = _ReceiptWriter(session, gift, change, at, public_url, hold_mails)
    live = (
        issuing.live_receipt(session, gift.id) if change.before.is_paid else None
    )  # there is none before the gift is paid
    is_withheld = gift.snapshot.is_on_hold and live is None
    if gift.snapshot.remaining.minor != (live[2] if live else 0) and not is_withheld:
        writer.replace(live)
    for news in change.refund_news:
        if news.state in REFUND_MAILS:
            writer.mail_refund(news)


def issue_corrected(session: Session, gift: LockedGift, receipt_id: int, *, at: datetime, public_url: str) -> int:
    """Replace a live receipt by one with the facts as they are now; the new receipt's id.

    The mail that waited for the first one brings the second; where it has left, another one says what was corrected.
    """
    issuing.end_receipt(session, receipt_id, ReceiptState.REPLACED, reason=ReceiptEndReason.CORRECTION, at=at)
    writer = _ReceiptWriter(session, gift, GiftChange(gift.snapshot), at, public_url)
    corrected_id, _ = writer.issue(replaces=receipt_id, is_correction=True)
    return corrected_id


REFUND_MAILS: dict[str, str] = {RefundState.SUCCEEDED: "refund", RefundState.FAILED: "refund_failed"}
"""Which mail a new state of a refund brings; one that is still pending brings none."""


@dataclass(frozen=True, slots=True)
class _ReceiptWriter:
    """One gift as it is, what changed, and where and when its receipts and mails are written."""

    session: Session
    gift: LockedGift
    change: GiftChange
    at: datetime
    public_url: str
    hold_mails: bool = False

    @property
    def snapshot(self) -> GiftSnapshot:
        """The gift as it is."""
        return self.gift.snapshot

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the gift went back."""
        return self.snapshot.remaining == self.snapshot.charge

    @property
    def has_refund_mail(self) -> bool:
        """Whether a mail about a refund brings the receipt, now or once the refund has succeeded."""
        return any(news.state in {RefundState.PENDING, *REFUND_MAILS} for news in self.change.refund_news)

    def replace(self, live: tuple[int, str, int] | None) -> None:
        """End the live receipt, where there is one, and issue one for what is left, where something is."""
        if live is None:
            was_paid = self.change.before.is_paid
            is_first = not was_paid or issuing.newest_receipt(self.session, self.gift.id) is None
            has_mail = not (was_paid and self.has_refund_mail)
            _, issued = self.issue(replaces=None, restores=not is_first, has_mail=has_mail)
            if self.snapshot.paid_again_for_id and is_first:
                self.mail("paid_again", issued)
            return
        receipt_id, number, _ = live
        is_by_dispute = self.snapshot.charged_back_minor != self.change.before.charged_back_minor
        reason = ReceiptEndReason.DISPUTE if is_by_dispute else ReceiptEndReason.REFUND
        state = ReceiptState.REPLACED if self.snapshot.remaining.minor else ReceiptState.VOID
        issuing.end_receipt(self.session, receipt_id, state, reason=reason, at=self.at)
        if self.snapshot.remaining.minor:
            self.issue(replaces=receipt_id, has_mail=is_by_dispute or not self.has_refund_mail)
        elif is_by_dispute:
            self.mail("receipt_void_dispute", number)

    def mail_refund(self, news: RefundNews) -> None:
        """Queue the one mail about a refund that succeeded, or the one about its failure, with the valid receipt."""
        live = issuing.live_receipt(self.session, self.gift.id)
        newest = live[:2] if live else issuing.newest_receipt(self.session, self.gift.id)
        if newest is None:
            return
        kind = REFUND_MAILS[news.state]
        note = self._note() if live and not self.is_whole else ""
        mail = self._mail(kind, newest[1], news.amount, note=note)
        if mail is not None:
            mail = replace(mail, key=f"{kind}:{news.public_id}")
            self._queue(mail, receipt_id=live[0] if live else None)

    def issue(
        self, *, replaces: int | None, restores: bool = False, is_correction: bool = False, has_mail: bool = True
    ) -> tuple[int, str]:
        """Issue a receipt for what is left, and queue the mail that brings it, which is the old one's where it only corrects.

        Without `has_mail` another mail brings it. Its (id, number).
        """
        receipt_id, number = issuing.issue_receipt(self.session, self._facts(), at=self.at, replaces=replaces)
        if not has_mail:
            return receipt_id, number
        why = self._why_again(restores=restores)
        mail = self._mail("receipt", number, self.snapshot.remaining, note=why)
        if is_correction and mail and replaces is not None:
            if send_instead(self.session, mail, receipt_id=receipt_id, in_place_of=replaces, at=self.at):
                return receipt_id, number
            former = issuing.number_of(self.session, replaces)
            corrected = receipt_sentence("corrected", self.gift.language, number=former)
            mail = self._mail("receipt", number, self.snapshot.remaining, note=f"{corrected} {why}".strip())
        if mail:
            self._queue(mail, receipt_id=receipt_id)
        return receipt_id, number

    def mail(self, kind: str, number: str) -> None:
        """Queue a mail about a receipt and the whole gift; without an address there is no mail."""
        mail = self._mail(kind, number, self.snapshot.charge)
        if mail is not None:
            self._queue(mail, receipt_id=None)

    def _mail(self, kind: str, number: str, amount: Money, *, note: str = "") -> OutgoingMail | None:
        gift, snapshot, donor = self.gift, self.snapshot, self.gift.donor
        if donor is None or not donor.email:
            return None
        facts: dict[str, object] = {
            "donor_name": snapshot.payer_name or gift.name_on_receipt or "",
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "campaign_title": in_language_of(gift.campaign_title, gift.language),
            "receipt_number": number,
            "purpose": in_language_of(gift.fund_title, gift.language),
            "given_on": snapshot.received_on.isoformat(),
            "help_email": gift.contact_email,
            "is_test": not snapshot.livemode,
            "note": note,
        }
        if kind == "receipt" and gift.pledge_id:
            facts |= mail_facts.of_receipt(self.session, gift.pledge_id, paid_at=snapshot.received_at)
        return OutgoingMail(
            kind=kind,
            language=gift.language,
            recipient=donor.email,
            facts=facts,
            key=f"{kind}:{number}",
            campaign_id=gift.campaign_id,
        )

    def _queue(self, mail: OutgoingMail, *, receipt_id: int | None) -> None:
        donation_id = self.gift.id
        enqueue(
            self.session, mail, receipt_id=receipt_id, donation_id=donation_id, at=self.at, is_on_hold=self.hold_mails
        )

    def _facts(self) -> ReceiptFacts:
        gift, snapshot = self.gift, self.snapshot
        language = receipt_language(gift.language)
        issuer = {name: in_language_of(texts, language) for name, texts in gift.issuer.items()}
        with in_language(language):
            country = country_below(issuer.get("address", ""), gift.country)
        # What the provider settled belongs to the whole gift; a rest has no settlement of its own to print.
        converted = snapshot.converted if self.is_whole else None
        return ReceiptFacts(
            donation_id=gift.id,
            livemode=snapshot.livemode,
            series=gift.series,
            language=language,
            remaining=snapshot.remaining,
            donor_name=gift.name_on_receipt,
            received_on=snapshot.received_on,
            settled=converted,
            rate=snapshot.rate if converted else None,
            method=snapshot.method or "card",
            method_brand=snapshot.method_brand,
            method_last4=snapshot.method_last4,
            purpose=in_language_of(gift.fund_title, language),
            is_restricted=gift.fund_kind == FundKind.THEME,
            campaign_title=in_language_of(gift.campaign_title, language),
            issuer=issuer | {"address": "\n".join(filter(None, (issuer.get("address"), country)))},
            logo=gift.logo,
            signature=gift.signature,
            accent=gift.accent,
            note=None if self.is_whole else self._note(),
            public_url=self.public_url,
        )

    def _why_again(self, *, restores: bool) -> str:
        """Why the donor gets another receipt; nothing with the first one."""
        if not self.is_whole:
            return self._note()
        return receipt_sentence("restored", self.gift.language) if restores else ""

    def _note(self) -> str:
        """What a replacement says of the part that the donor has again: a stored fact. The first of two causes says the sum."""
        language = receipt_language(self.gift.language)
        charged, back = (
            money_in_text(part, language=language) for part in (self.snapshot.charge, self.snapshot.returned)
        )
        cause = "part_refund" if self.snapshot.refunded_minor else "part_dispute"
        return receipt_sentence(cause, language, charged=charged, back=back)
