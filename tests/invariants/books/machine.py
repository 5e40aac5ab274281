"""Random histories over the real services: everything that donors, the provider, staff and bad luck can do.

After every step the books are compared with the model, whole: each gift's entries must be those of one moment of the
provider's knowledge, and that moment never goes back.
"""

from tests.invariants.books.dispute_rules import DisputeRules
from tests.invariants.books.month_rules import MonthRules
from tests.invariants.books.payout_rules import PayoutRules


class Books(MonthRules, DisputeRules, PayoutRules):
    """One history, whole."""
