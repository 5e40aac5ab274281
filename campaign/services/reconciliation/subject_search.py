"""The search by subject in the journal: by any number that people know, as in the list of donations."""

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.folding import MAX_QUERY, MAX_WORDS
from campaign.models.donation import Donation
from campaign.services import search_index
from campaign.services.ledger.subject_words import subject_typed
from campaign.services.reconciliation import ledger_at_provider

KINDS = ("donation", "allocation", "disbursement", "payout", "transaction")
"""What an entry of the journal can be about."""
SOURCES = ("charge", "txn", "lost", "fee", "unidentified", "identified")
"""The words before an id of the provider's in the source of an entry."""


def subjects_about(campaign_id: int, text: str) -> tuple[str, ...]:
    """Return the subjects of entries that a text names: a number of ours, a receipt's, or an id of the provider's.

    A text such as "Donation 3kd7…" names one thing; an unknown text is a subject that no entry has.
    """
    typed = subject_typed(text.strip())
    kind, _sep, number = typed.rpartition(":")
    if kind in KINDS:
        return (typed,)
    rest = number if kind else text
    known = [word.replace("\x00", "")[:MAX_QUERY] for word in rest.split()[:MAX_WORDS]]
    gifts = select(Donation.public_id).where(Donation.campaign_id == campaign_id, search_index.by_numbers(rest))
    sources = [f"{source}:{word}" for word in known for source in SOURCES]
    with reading() as session:
        subjects = [f"donation:{public_id}" for public_id in session.execute(gifts).scalars()]
        subjects.extend(ledger_at_provider.subjects_of(session, sources, campaign_id=campaign_id))
    own = (f"{kind}:{word}" for word in known for kind in KINDS)
    return tuple(dict.fromkeys((*own, *subjects)))
