"""Every state, kind and reason that people see has its words in each language; code names them by their enums."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask, get_template_attribute

import campaign.domain
from campaign.blueprints.admin import words
from campaign.blueprints.admin.campaigns import plan_words
from campaign.blueprints.admin.campaigns import words as campaign_words
from campaign.blueprints.admin.donors import words as donor_words
from campaign.blueprints.admin.events import words as sign_up_words
from campaign.blueprints.admin.gifts import dispute_words
from campaign.blueprints.admin.gifts.timeline_words import TIMELINE
from campaign.blueprints.admin.grants import words as grant_words
from campaign.blueprints.admin.inbox import words as inbox_words
from campaign.blueprints.admin.mail import words as mail_words
from campaign.blueprints.admin.moderation.forms import BLOCK_KINDS
from campaign.blueprints.admin.news import words as news_words
from campaign.blueprints.admin.organisation import logos as logo_sentences
from campaign.blueprints.admin.pictures import words as picture_words
from campaign.blueprints.admin.pledges import words as admin_pledge_words
from campaign.blueprints.admin.privacy import words as privacy_words
from campaign.blueprints.admin.reconciliation import words as reconciliation_words
from campaign.blueprints.donations import pledge_words
from campaign.blueprints.public import application_words
from campaign.domain import (
    allocation,
    campaign_state,
    consent,
    consent_file,
    disputes,
    donation,
    donor,
    donor_consent,
    donor_match,
    event_sign_up,
    fund,
    grant_application,
    grant_call,
    journal,
    logo,
    mail,
    news,
    payouts,
    picture,
    pledge,
    provider_events,
    receipt,
    removal,
    segment_mailing,
    succession,
    target_state,
)
from campaign.domain.abuse import Cause
from campaign.domain.blocks import BlockKind
from campaign.domain.erasure import CustomerDeletionState
from campaign.domain.fraud_hold import FraudHold, FraudSign
from campaign.i18n import in_language
from campaign.services.exports import state_words
from campaign.services.ledger import words as ledger_words
from campaign.services.pledges import card_refusals
from tests.support.tree import ROOT

Words = Mapping[Any, Any]  # of a member or its value, to a text or to a tuple that begins with one
SHOWN: dict[type[StrEnum], tuple[tuple[str, Words], ...]] = {
    donation.DonationState: (("", words.DONATION), ("", state_words.DONATIONS), ("donation:", TIMELINE)),
    donor_match.DuplicateSign: (("", donor_words.DUPLICATE_SIGNS),),
    segment_mailing.LeftOut: (("", donor_words.LEFT_OUT),),
    donor.CreditKind: (("", donor_words.CREDITS),),
    donor.DonorStatus: (("", donor_words.STATUSES),),
    donation.DonationFrequency: (("", words.FREQUENCIES),),
    donation.SupporterVisibility: (("donation:wall_", TIMELINE), ("donation:wall_", words.ACTS)),
    donation.RefundState: (("", words.REFUND), ("donation:refund_", TIMELINE)),
    disputes.DisputeState: (("", dispute_words.STATES), ("donation:dispute_", TIMELINE)),
    FraudSign: (("", dispute_words.SIGNS), ("donation:fraud_", TIMELINE)),
    FraudHold: (("", dispute_words.HOLDS),),
    BlockKind: (("", BLOCK_KINDS),),
    receipt.ReceiptState: (("", words.RECEIPT), ("", state_words.RECEIPTS), ("receipt:", TIMELINE)),
    receipt.ReceiptEndReason: (("", state_words.ENDINGS),),
    pledge.PledgeState: (
        *(("", admin_pledge_words.STATES), ("", admin_pledge_words.TIMELINE)),
        ("", pledge_words.STATES),
    ),
    grant_call.QuestionKind: (("", grant_words.QUESTION_KINDS),),
    grant_call.CallState: (("", grant_words.CALL_STATES),),
    grant_application.ApplicationState: (("", grant_words.APPLICATION), ("", state_words.APPLICATIONS)),
    grant_application.ApplicationAct: (("application:", words.ACTS),),
    grant_application.FileFlaw: (("", application_words.FILE_FLAWS),),
    grant_call.AnswerFlaw: (("", application_words.FLAWS),),
    grant_application.ReviewState: (("", grant_words.REVIEW),),
    picture.PictureFlaw: (("", picture_words.FLAWS),),
    picture.PictureGap: (("", picture_words.GAPS),),
    consent.ConsentState: (("", picture_words.CONSENT_STATES),),
    consent.ConsentForm: (("", picture_words.CONSENT_FORMS),),
    consent_file.ConsentFileFlaw: (("", picture_words.CONSENT_FILE_FLAWS),),
    consent_file.FileType: (("", picture_words.FILE_TYPES),),
    CustomerDeletionState: (("", privacy_words.DELETIONS),),
    donor_consent.ConsentPurpose: (("", privacy_words.PURPOSES),),
    donor_consent.ConsentSource: (("", privacy_words.SOURCES),),
    logo.LogoProblem: (("", logo_sentences.SENTENCES),),
    news.UpdateState: (("", news_words.UPDATE),),
    news.MailingState: (("", news_words.MAILING),),
    news.SubscriberState: (("", news_words.READER),),
    pledge.PledgeEndReason: (("", admin_pledge_words.ENDINGS), ("", pledge_words.ENDINGS)),
    succession.SuccessionAnswer: (("successor_", admin_pledge_words.TIMELINE), ("", pledge_words.ANSWERED)),
    pledge.Act: (("asked_", admin_pledge_words.TIMELINE), ("", pledge_words.DONE)),
    pledge.CardRefusal: (
        ("", {reason: texts.page for reason, texts in card_refusals.WORDS.items()}),
        ("", {reason: texts.email for reason, texts in card_refusals.WORDS.items()}),
        ("", {reason: texts.staff for reason, texts in card_refusals.WORDS.items()}),
    ),
    provider_events.EventState: (("", words.INBOX), ("", inbox_words.STATES)),
    provider_events.EventReason: (("", inbox_words.REASONS),),
    mail.MailState: (("", words.MAIL), ("mail:", TIMELINE)),
    mail.MailFailure: (("", mail_words.FAILURES), ("", mail_words.GIVEN_UP)),
    mail.MailHoldReason: (("", mail_words.HOLD_REASONS),),
    allocation.AllocationState: (("", words.ALLOCATION), ("", state_words.ALLOCATIONS)),
    allocation.AllocationKind: (("", ledger_words.KINDS),),
    campaign_state.CampaignState: (("", words.CAMPAIGN),),
    campaign_state.CampaignAct: (("campaign:", words.ACTS),),
    campaign_state.OpeningGap: (("", campaign_words.GAPS),),
    event_sign_up.SignUpState: (("", sign_up_words.STATES),),
    event_sign_up.SignUpOffer: (("", sign_up_words.OFFERS),),
    removal.RemovalBlock: (("", plan_words.REMOVAL_BLOCKS),),
    target_state.TargetAct: (("plan:", plan_words.AUDITED),),
    fund.FundKind: (("", ledger_words.FUND_KINDS),),
    payouts.PayoutState: (("", reconciliation_words.PAYOUT), ("", state_words.PAYOUTS)),
    payouts.MovementMatch: (("", state_words.EXPLANATIONS),),
    journal.EntryKind: (("", ledger_words.KINDS),),
    Cause: (("", words.SHIELD_CAUSES),),
}
"""Enum → how its keys begin in each table of words that people read."""
IN_A_TEMPLATE = {"TargetState", "SignUpNotice"}
NOT_SHOWN = {
    *(
        "DonationOrigin",
        "FeeBearer",
        "PledgeRequester",
        "Severity",
        "DrillOutcome",
        "SubscriptionSource",
    ),  # in English alone, for operators, or not at all
    "ReportKind",  # people read the failure that a report leads to
    *("RetentionName", "DataKind", "LegalBasis", "Recipient"),  # for operators, so far
    "LogoKind",  # each has a form of its own
    "CampaignStage",  # people read what the campaign is
    "PdfFlaw",  # who refuses the file has words for it
    "PictureFormat",  # addresses and machines read it
    *("EventStatus", "GrantStatus"),  # people read what the day makes of them
    "LinkPurpose",  # the email that a link came with says what it is for
    "PledgeRequestState",  # `CARD_STATES` has a sentence for each state that a donor may meet
    *("Fact", "PledgeWord", "DisputeWord", "MoneyPosition", "DelayMail", "Kind", "What"),  # inside rules
}
COLUMNS = frozenset(
    {
        "state",
        "stage",
        "frequency",
        "fee_bearer",
        "wall",
        "fraud_hold",
        "outcome",
        "end_reason",
        "matched_by",
        "requested_by",
        "hold_reason",
    }
)
"""Attributes that hold a member of an enum of the domain."""
PROVIDERS_OWN = ("campaign/gateways/", "campaign/sandbox/")
"""Here the provider's words are read or written."""


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_every_member_has_its_words(app: Flask, language: str) -> None:
    with app.test_request_context(), in_language("en"):
        english = dict(_texts())
    with app.test_request_context(), in_language(language):
        texts = dict(_texts())
    assert [key for key, text in texts.items() if not text] == []
    assert language == "en" or [key for key, text in texts.items() if text == english[key]] == []


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("state", target_state.TargetState)
def test_how_far_an_event_or_a_grant_has_come_is_said_in_words(app: Flask, state: target_state.TargetState) -> None:
    texts = set()
    for language in ("en", "ru", "ky"):
        with app.test_request_context(), in_language(language):
            texts.add(str(get_template_attribute("components/giving.html", "state_tag")(state)).partition(">")[2])
    assert len(texts) == 3
    assert not any(text.startswith(state.value) for text in texts)


def test_every_enum_of_the_domain_is_shown_or_known_not_to_be() -> None:
    names = {enum.__name__ for enum in _enums()}
    assert names == {enum.__name__ for enum in SHOWN} | IN_A_TEMPLATE | NOT_SHOWN


def test_no_state_is_compared_with_a_literal() -> None:
    lines = [
        f"{name}:{line}"
        for file in sorted((ROOT / "campaign").rglob("*.py"))
        if not (name := file.relative_to(ROOT).as_posix()).startswith(PROVIDERS_OWN)
        for line in _literals(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert lines == []


def _texts() -> Iterator[tuple[str, str]]:
    """Each member in each table, and its words in the reader's language."""
    for enum, tables in SHOWN.items():
        for number, (prefix, table) in enumerate(tables):
            for member in enum:
                words_of = table.get(f"{prefix}{member}")
                text = words_of[0] if isinstance(words_of, tuple) else words_of
                yield f"{enum.__name__}.{member.name} in table {number}", str(text or "")


def _enums() -> Iterator[type[StrEnum]]:
    for module in pkgutil.iter_modules(campaign.domain.__path__, "campaign.domain."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, StrEnum) and value.__module__ == module.name:
                yield value


def _literals(tree: ast.AST) -> Iterator[int]:
    """The lines where a column of an enum is compared with a text."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
            case ast.Call(func=ast.Attribute(value=left, attr="in_" | "not_in"), args=[ast.Tuple() as values]):
                sides = [left, values]
            case _:
                continue
        if any(isinstance(side, ast.Attribute) and side.attr in COLUMNS for side in sides) and any(
            map(_has_text, sides)
        ):
            yield node.lineno


def _has_text(node: ast.expr) -> bool:
    elements = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in elements)
