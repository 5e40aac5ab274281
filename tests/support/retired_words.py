"""The words that names, prose and interface texts no longer use, each with the term to use, and a search for them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.tree import tree_of

DATA_WORDS = {
    "told": "what it is: reported, message, details",
    "asked": "requested, request, answers",
    "kept": "stored, saved, cached",
    "found": "what was found: row, match, results",
    "wanted": "filters, criteria, requested, expected",
    "held": "on_hold, claimed, reserved, locked",
    "seen": "visited, known, before",
    "now": "at, or the name of the moment",
}
"""No name of data has such a word in it; `now` only as the whole name, since a clock has a method `now`."""

STANDARD_NAMES = {
    "NotFound": "HTTP's and Werkzeug's term",
    "NOT_FOUND": "HTTP's term, in http.HTTPStatus",
    "FileNotFoundError": "Python's own",
    "ProcessLookupError": "Python's own",
    "ModuleNotFoundError": "Python's own",
    "PackageNotFoundError": "importlib.metadata's",
    "TemplateNotFound": "Jinja's",
    "NoResultFound": "SQLAlchemy's",
    "HELD": "the stored state of an email that is on hold",
    "LATE_NEWS": "the hold reason itself",
}
"""Names that stay although a word of theirs is retired, each with the reason."""

STAYS = {
    "tests/blueprints/admin/test_inbox.py": {"dead": "an address of older versions"},
    "tests/blueprints/admin/test_mails.py": {"dead": "an address of older versions"},
    "tests/blueprints/donations/test_pledge.py": {"mend": "a part of a permanent address"},
    "tests/migrations/test_reasons.py": {"dead": "stored states of older versions", "parked": "likewise"},
    "campaign/domain/mail.py": {"dead": "reads rows and addresses of older versions"},
    "campaign/domain/provider_events.py": {"dead": "reads addresses of older versions", "parked": "likewise"},
    "campaign/domain/pledge.py": {"mend": "a stored value, and a part of a permanent address"},
    "campaign/templates/donations/pledge.html": {"mend": "a part of a permanent address"},
    "docs/donation-states.md": {"mend": "a stored value"},
    "tests/services/inbox/test_listing.py": {"dead": "a word that the command still takes"},
    "docs/operations.md": {"dead": "keys of alarms, and words that commands still take", "parked": "likewise"},
}
"""Files in which a retired word stays, each with the reason."""

NAMES = {
    "KeptPage": "CachedPage",
    "Kept": "PageCache",
    "Front": "PageCacheMiddleware",
    "Gate": "RequestBodyMiddleware",
    "Door": "WebhookMiddleware, AbuseCheck",
    "Letter": "OutgoingMail, Email",
    "Demand": "Challenge",
    "Purse": "FundSummary",
    "GivenIn": "CurrencyTotals",
    "GivenGift": "DonorGiftView",
    "MonthGiven": "MonthlyPayment",
    "Afterwards": "ThankYouDetails",
    "ComingMonths": "NextCharges",
    "Concern": "AttentionItem",
    "SameHands": "SelfApproval",
    "NotYours": "NotProposer",
    "FiguresMoved": "BalancesChanged",
    "FormSpent": "FormReused",
    "KeepsMoving": "ConcurrentUpdates",
    "GoneAtProvider": "MissingAtProvider",
    "NothingGiven": "NoPayment",
    "AmountNotUnderstood": "InvalidAmount",
    "SpentTotp": "SingleUseTotp",
    "KeptMail": "NoMailer",
    "RehearsedMailer": "FaultyMailer",
    "Moment": "TimelineEntry",
    "FundReach": "FundTransferRule",
    "Chair": "StaffClient",
    "Errand": "one context object",
    "Outside": "one context object",
    "Helper": "one context object",
    "Stage": "what it is: CampaignStatus, a scenario",
    "lay_aside": "supersede_others",
    "laid_aside": "superseded_pages",
    "hold_form": "lock_form",
    "gift_papers": "gift_receipts",
    "print_papers": "render_receipts",
    "delayed_letters": "delay_mails",
    "hold_next": "claim_next",
    "take_next": "claim_next",
    "put_back": "reschedule",
    "mark_done": "complete",
    "apply_facts": "apply_payment",
    "settle_about": "settle_object",
    "look_at_checkout": "refresh_checkout",
    "is_quiet": "hold_mails",
    "LATE_NEWS": "a hold_reason",
    "put_away": "deactivate",
    "spike_in": "detect_spike",
    "mailbox_of": "normalized_email",
    "places_of": "network_keys",
    "sit_down": "load_staff_user",
    "record_reading": "record_access",
    "provider_books": "ledger_at_provider",
    "own_gifts": "gift_cookie",
    "walked_at": "itemized_at",
    "explained_by": "matched_by",
    "book_whole": "book_manual_payout",
    "in_three": "translations",
    "some_at_a_time": "chunked",
    "each_alone": "autocommit",
    "insert_once_alone": "insert_if_absent",
    "let_go": "end_read",
    "donation_story": "timeline",
    "set_wall": "set_visibility",
    "paid_again": "duplicate_payments",
}
"""Names that a standard term has replaced."""

WORDS = {
    r"worn": "exhausted",
    r"la(?:id|ys?)[ _]aside": "superseded",
    r"mend(?:s|ed|ing)?": "fix, repair, update",
    r"drawer": "inbox",
    r"papers": "receipts, documents",
    r"hindrance": "refund blocker",
    r"makeshift": "suspense account",
    r"(?<!\.)walk(?:s|ed|ing)?": "itemize",
    r"hurr(?:y|ies|ied)": "expedite",
    r"gives?[ _]way": "release identified",
    r"kept[ _]apart": "suspense account",
    r"machinery": "mails, audit, system",
    r"parked": "waiting for its parent",
    r"dead": "failed permanently; stopped",
}
"""Patterns of words that stand nowhere: not in code, docstrings, comments, templates, message ids and documentation."""

_LIMIT_NAME = re.compile(r"_(?:LEAST|MOST)$")
_WORDS = re.compile("|".join(rf"(?P<w{at}>\b{word}\b)" for at, word in enumerate(WORDS)), re.IGNORECASE)
_TERMS = list(WORDS.values())
_WORD_OF_A_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CAN_HAVE_NAMES = re.compile("|".join((*DATA_WORDS, *NAMES, "_LEAST", "_MOST")), re.IGNORECASE)


class RetiredWord(NamedTuple):
    """A retired word in a line, and the term to use."""

    line: int
    word: str
    term: str


def words_in(text: str) -> Iterator[RetiredWord]:
    """Find the retired words of a text of any kind."""
    for match in _WORDS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield RetiredWord(line, match[0], _TERMS[int((match.lastgroup or "w0")[1:])])


def names_in(file: Path) -> Iterator[RetiredWord]:
    """Find the retired words in the names that a Python file gives and uses."""
    if not _CAN_HAVE_NAMES.search(file.read_text(encoding="utf-8")):
        return
    for node in ast.walk(tree_of(file)):
        for name, is_method in _names_of(node):
            if term := _term_for(name, is_method=is_method):
                yield RetiredWord(getattr(node, "lineno", 1), name, term)


def _names_of(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield each name of a node, and whether it may be a method's; the name of a test is a sentence."""
    if isinstance(node, ast.Name):
        yield node.id, False
    elif isinstance(node, ast.arg) or (isinstance(node, ast.keyword) and node.arg):
        yield str(node.arg), False
    elif isinstance(node, ast.Attribute):
        yield node.attr, True
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("test_"):
        yield node.name, True


def _term_for(name: str, *, is_method: bool) -> str | None:
    """Return the term to use in place of a name, or None for a name that may stay."""
    if name in STANDARD_NAMES:
        return None
    if term := NAMES.get(name.lstrip("_")):
        return term
    if _LIMIT_NAME.search(name):
        return "MIN_…, MAX_…"
    if name == "now":
        return None if is_method else DATA_WORDS["now"]
    words = (word.lower() for word in _WORD_OF_A_NAME.findall(name))
    return next((DATA_WORDS[word] for word in words if word in DATA_WORDS and word != "now"), None)
