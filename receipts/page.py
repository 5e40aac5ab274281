"""The texts of the page: a document's facts as finished sentences, without mark-up."""

from dataclasses import dataclass

from receipts.document import ReceiptDocument
from receipts.texts import Texts, texts_in
from receipts.words import amount_in_words


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a label, a value, and a smaller remark below it."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stamp across the page and the sentence that explains it."""

    kind: str
    stamp: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Page:
    """Every text of the page, ready to print."""

    say: dict[str, str]
    number: str
    issued: str
    registration: str
    amount: str
    words: str
    marks: tuple[Mark, ...]
    replaces: str
    rows: tuple[Row, ...]
    qr_text: str
    claim: str
    fingerprint: str
    template: str


_SAID = ("title", "amount", "signed", "electronic", "check", "check_how", "code")
_PICTURES = {"logo": "issuer_name", "signature": "signatory"}
"""The alternative text of a picture, and whose name it has."""


def page_of(document: ReceiptDocument, fingerprint: str) -> Page:
    """Write the page of a printable document in its language.

    Args:
        fingerprint: That of the document as it was given.

    Raises:
        MissingText: the language lacks a text.
        NoWordsForAmount: the amount cannot be written in words.
    """
    texts = texts_in(document.language)
    amount = (document.amount_minor, document.currency, document.exponent)
    words = amount_in_words(*amount, document.language)
    replaces = texts.say("replaces", number=document.replaces) if document.replaces else ""
    return Page(
        say={key: texts.say(key) for key in _SAID}
        | {key: texts.say(key, name=getattr(document, name)) for key, name in _PICTURES.items()},
        number=texts.say("number", number=document.number),
        issued=texts.say("issued", date=texts.day(document.issued_on), place=document.issued_at_place),
        registration=texts.say("registration", registration=document.issuer_registration),
        amount=texts.money(*amount),
        words=words[0].upper() + words[1:],
        marks=tuple(_marks(document, texts)),
        replaces=replaces,
        rows=tuple(_rows(document, texts)),
        qr_text=texts.say("qr", url=document.verify_url),
        claim=_claim(document, texts),
        fingerprint=texts.say("fingerprint", fingerprint=fingerprint),
        template=texts.say("template", version=document.template_version),
    )


def _claim(document: ReceiptDocument, texts: Texts) -> str:
    """Return what the receipt acknowledges: nothing for test money or a receipt that is no longer valid."""
    counts = document.status in {"original", "copy"} and not document.is_test
    return " ".join(texts.say(key) for key in ("acknowledgement", "tax") if counts or key == "tax")


def _marks(document: ReceiptDocument, texts: Texts) -> list[Mark]:
    marks = []
    if document.is_test:
        marks.append(Mark("test", texts.say("test_stamp"), texts.say("test")))
    sentence = ""
    if document.status == "copy":
        sentence = texts.say("copy", date=texts.day(document.issued_on))
    elif document.status == "void" and document.voided_on:
        sentence = texts.say("void", date=texts.day(document.voided_on))
    elif document.status == "replaced" and document.replaced_by:
        sentence = texts.say("replaced", number=document.replaced_by)
    if document.status != "original":
        stamp = texts.say(f"{document.status}_stamp")
        marks.append(Mark(document.status, stamp, sentence))
    return marks


def _rows(document: ReceiptDocument, texts: Texts) -> list[Row]:
    restriction = texts.say("restricted" if document.restricted else "unrestricted")
    donor = texts.say("anonymous") if document.donor_name is None else document.donor_name
    rows = [
        Row(texts.say("donor"), donor),
        Row(texts.say("purpose"), document.purpose, restriction),
        Row(texts.say("campaign"), document.campaign_title),
        Row(texts.say("received"), texts.day(document.received_on)),
        Row(texts.say("method"), _method(document, texts)),
    ]
    if settled := _settled(document, texts):
        rows.append(settled)
    rows.append(Row(texts.say("return"), document.given_in_return or texts.say("nothing")))
    if document.note:
        rows.append(Row(texts.say("note"), document.note))
    return rows


def _method(document: ReceiptDocument, texts: Texts) -> str:
    details = []
    if document.method_brand:
        details.append(document.method_brand)
    if document.method_last4:
        details.append(texts.say("last4", last4=document.method_last4))
    if document.method_reference:
        details.append(texts.say("reference", reference=document.method_reference))
    return ": ".join(filter(None, [texts.say(document.method), ", ".join(details)]))


def _settled(document: ReceiptDocument, texts: Texts) -> Row | None:
    minor, currency = document.settled_minor, document.settled_currency
    exponent, rate = document.settled_exponent, document.rate
    if minor is None or currency is None or exponent is None or currency == document.currency:
        return None
    remark = texts.rate(rate, document.currency, currency) if rate else ""
    return Row(texts.say("settled"), texts.money(minor, currency, exponent), remark)
