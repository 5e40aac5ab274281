"""A gift's papers: its receipt and mails, brought in line with what is left of it, in the settling transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.donation import DonationState
from campaign.domain.language import in_language_of
from campaign.domain.money import Money
from campaign.i18n import money_in_text
from campaign.services.gifts.locked import LockedGift, RefundNews
from campaign.services.pledges import mails as pledge_letters
from campaign.services.queues.outbox import OutgoingMail, enqueue, send_instead
from campaign.services.receipts import issuing
from campaign.services.receipts.issuing import ReceiptFacts

PART_REFUND = {
    "en": "Of the gift of {charged}, {back} was sent back; this receipt is for what is left.",
    "ru": "Из пожертвования {charged} возвращено {back}; эта квитанция — на оставшуюся сумму.",
    "ky": "{charged} жардамдын ичинен {back} кайтарылды; бул дүмүрчөк калган суммага берилди.",
}
PART_DISPUTE = {
    "en": "Of the gift of {charged}, the bank returned {back} to the payer; this receipt is for what is left.",
    "ru": "Из пожертвования {charged} банк вернул плательщику {back}; эта квитанция — на оставшуюся сумму.",
    "ky": "{charged} жардамдын ичинен банк төлөөчүгө {back} кайтарды; бул дүмүрчөк калган суммага берилди.",
}
"""What a replacement says, in the receipt's language: it is a stored fact, so it is not looked up later. Where both a
refund and a dispute took a part, the first says the sum of both."""
RESTORED = {
    "en": "The gift was not returned after all: it stands again, and this receipt is for it.",
    "ru": "Пожертвование всё же не было возвращено: оно снова в силе, и эта квитанция — на него.",
    "ky": "Жардам кайтарылган жок: ал кайра күчүндө, бул дүмүрчөк ага берилди.",
}
"""What the mail says with a receipt that follows a void one: the refund failed, or the dispute was won."""
CORRECTED = {
    "en": "We corrected your details. This receipt replaces receipt {number}, which is no longer valid.",
    "ru": "Мы исправили ваши данные. Эта квитанция заменяет квитанцию {number}, которая больше не действительна.",
    "ky": "Маалыматыңызды оңдодук. Бул дүмүрчөк мындан ары жараксыз {number} дүмүрчөгүнүн ордуна берилди.",
}
"""What the mail says with the replacement of a receipt that was sent already."""


def bring_up_to_date(session: Session, gift: LockedGift, *, at: datetime, public_url: str) -> None:
    """Issue, replace or void the receipt so that one live receipt says what is left, and tell the donor.

    A first payment issues; a part refund or a part lost in a dispute replaces by a new number for the rest; nothing left
    voids; a refund that failed, or a dispute won in the end, restores. An open dispute changes no receipt. A refund is
    told of once, when the provider says that it succeeded, with what it changed of the receipt; one that failed after all
    is told of with the receipt that stands again. Called with a gift whose papers are right already, it does nothing.
    """
    papers = _Papers(session, gift, at, public_url)
    remaining = papers.left.minor
    was_paid = gift.row.state == DonationState.PAID
    live = issuing.live_receipt(session, gift.id) if was_paid else None  # there is none before the gift is paid
    if remaining != (live[2] if live else 0):
        papers.replace(live, was_paid=was_paid)
    for news in gift.refund_news:
        if news.state in REFUND_MAILS:
            papers.tell_of_refund(news)


def issue_corrected(session: Session, gift: LockedGift, receipt_id: int, *, at: datetime, public_url: str) -> int:
    """Replace a live receipt by one with the facts as they are now; the new receipt's id.

    The mail that waited for the first one brings the second; where it has left, another one says what was corrected.
    """
    issuing.end_receipt(session, receipt_id, "replaced", reason=issuing.CORRECTION, at=at)
    corrected_id, _ = _Papers(session, gift, at, public_url).issue(replaces=receipt_id, is_correction=True)
    return corrected_id


REFUND_MAILS = {"succeeded": "refund", "failed": "refund_failed"}
"""Which mail a new state of a refund brings; of one that is still pending nobody is told."""


@dataclass(frozen=True, slots=True)
class _Papers:
    """One gift's row with all that its papers print, and where and when they are written."""

    session: Session
    gift: LockedGift
    at: datetime
    public_url: str

    @property
    def back(self) -> Money:
        """What the donor has again, sent back by us or returned by her bank."""
        now = self.gift.now
        return Money(now("refunded_minor") + now("charged_back_minor"), self.gift.row.currency)

    @property
    def left(self) -> Money:
        """What is left to confirm; a bank may have returned more than that."""
        return max(self.gift.charge - self.back, Money(0, self.gift.row.currency), key=lambda left: left.minor)

    @property
    def is_refund_told(self) -> bool:
        """Whether a mail about a refund brings the receipt, now or once the refund has succeeded."""
        return any(news.state in {"pending", *REFUND_MAILS} for news in self.gift.refund_news)

    def replace(self, live: tuple[int, str, int] | None, *, was_paid: bool) -> None:
        """End the live receipt, where there is one, and issue one for what is left, where something is."""
        if live is None:
            _, issued = self.issue(replaces=None, restores=was_paid, is_told=not (was_paid and self.is_refund_told))
            if self.gift.row.paid_again_for_id and not was_paid:
                self.tell("paid_again", issued, self.gift.charge)
            return
        receipt_id, number, _ = live
        is_by_dispute = self.gift.now("charged_back_minor") != self.gift.row.charged_back_minor
        reason, state = "dispute" if is_by_dispute else "refund", "replaced" if self.left.minor else "void"
        issuing.end_receipt(self.session, receipt_id, state, reason=reason, at=self.at)
        if self.left.minor:
            self.issue(replaces=receipt_id, is_told=is_by_dispute or not self.is_refund_told)
        elif is_by_dispute:
            self.tell("receipt_void_dispute", number, self.gift.charge)

    def tell_of_refund(self, news: RefundNews) -> None:
        """Queue the one mail about a refund that succeeded, or the one about its failure, with the receipt that stands."""
        live = issuing.live_receipt(self.session, self.gift.id)
        newest = live[:2] if live else issuing.newest_receipt(self.session, self.gift.id)
        if newest is None:
            return
        kind = REFUND_MAILS[news.state]
        note = self._note() if live and self.left != self.gift.charge else ""
        letter = self._letter(kind, newest[1], news.amount, note=note)
        if letter is not None:
            letter = replace(letter, key=f"{kind}:{news.public_id}")
            self._queue(letter, receipt_id=live[0] if live else None)

    def issue(
        self, *, replaces: int | None, restores: bool = False, is_correction: bool = False, is_told: bool = True
    ) -> tuple[int, str]:
        """A receipt for what is left, and the mail that brings it, which is the old one's where it only corrects.

        With `is_told` false another mail brings it. Its (id, number).
        """
        receipt_id, number = issuing.issue_receipt(self.session, self._facts(), at=self.at, replaces=replaces)
        if not is_told:
            return receipt_id, number
        why = self._why_again(restores=restores)
        letter = self._letter("receipt", number, self.left, note=why)
        if is_correction and letter and replaces is not None:
            if send_instead(self.session, letter, receipt_id=receipt_id, in_place_of=replaces, at=self.at):
                return receipt_id, number
            corrected = CORRECTED[self.gift.row.language].format(number=issuing.number_of(self.session, replaces))
            letter = self._letter("receipt", number, self.left, note=f"{corrected} {why}".strip())
        if letter:
            self._queue(letter, receipt_id=receipt_id)
        return receipt_id, number

    def tell(self, kind: str, number: str, amount: Money) -> None:
        """Queue a mail to the donor about a receipt; without an address there is nobody to tell."""
        letter = self._letter(kind, number, amount)
        if letter is not None:
            self._queue(letter, receipt_id=None)

    def _letter(self, kind: str, number: str, amount: Money, *, note: str = "") -> OutgoingMail | None:
        gift, donor = self.gift.row, self.gift.donor
        if donor is None or not donor.email:
            return None
        facts: dict[str, object] = {
            "donor_name": self.gift.payer_name or self.gift.name_on_receipt or "",
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "campaign_title": in_language_of(gift.title, gift.language),
            "receipt_number": number,
            "purpose": in_language_of(gift.fund_title, gift.language),
            "given_on": self.gift.now("paid_on").isoformat(),
            "help_email": gift.contact_email,
            "is_test": not gift.livemode,
            "note": note,
        }
        if kind == "receipt" and gift.pledge_id:
            facts |= pledge_letters.of_receipt(self.session, gift.pledge_id, paid_at=self.gift.now("paid_at"))
        return OutgoingMail(
            kind=kind,
            language=gift.language,
            recipient=donor.email,
            facts=facts,
            key=f"{kind}:{number}",
            campaign_id=gift.campaign_id,
        )

    def _queue(self, letter: OutgoingMail, *, receipt_id: int | None) -> None:
        gift, at = self.gift, self.at
        enqueue(self.session, letter, receipt_id=receipt_id, donation_id=gift.id, at=at, is_quiet=gift.is_quiet)

    def _facts(self) -> ReceiptFacts:
        gift, now, language = self.gift.row, self.gift.now, self.gift.row.language
        is_whole = self.left == self.gift.charge
        settled_currency = now("settled_currency")
        # What the provider settled belongs to the whole gift; a rest has no settlement of its own to print.
        is_converted = is_whole and settled_currency is not None and settled_currency != gift.currency
        return ReceiptFacts(
            donation_id=gift.id,
            livemode=gift.livemode,
            series=gift.series,
            language=language,
            remaining=self.left,
            donor_name=self.gift.name_on_receipt,
            received_on=now("paid_on"),
            settled=Money(now("settled_minor"), settled_currency) if is_converted else None,
            rate=now("rate") if is_converted else None,
            method=now("method") or "card",
            method_brand=now("method_brand"),
            method_last4=now("method_last4"),
            purpose=in_language_of(gift.fund_title, language),
            is_restricted=gift.fund_kind == "theme",
            campaign_title=in_language_of(gift.title, language),
            issuer={name: in_language_of(texts, language) for name, texts in gift.issuer.items()},
            note=None if is_whole else self._note(),
            public_url=self.public_url,
        )

    def _why_again(self, *, restores: bool) -> str:
        """Why the donor gets another receipt; nothing with the first one."""
        if self.left != self.gift.charge:
            return self._note()
        return RESTORED[self.gift.row.language] if restores else ""

    def _note(self) -> str:
        """What a replacement says of the part that the donor has again."""
        language = self.gift.row.language
        charged, back = (money_in_text(part, language=language) for part in (self.gift.charge, self.back))
        is_by_dispute_alone = not self.gift.now("refunded_minor")
        return (PART_DISPUTE if is_by_dispute_alone else PART_REFUND)[language].format(charged=charged, back=back)
