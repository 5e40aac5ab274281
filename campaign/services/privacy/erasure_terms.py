"""What this installation says about erasures: how long receipts are stored, and the secret of the digests."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from campaign.domain.retention import DAYS, RetentionName

if TYPE_CHECKING:
    from campaign.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureTerms:
    """What this installation says: how long receipts are stored, and the secret of the digests."""

    retention_days: Mapping[RetentionName, int]
    secret: str

    def days_of(self, name: RetentionName) -> int:
        """Return how many days something is stored."""
        return self.retention_days.get(name, DAYS[name])

    def digest(self, email_key: str) -> str:
        """Return what finds a mailbox again without naming it."""
        return hmac.digest(f"erasure:{self.secret}".encode(), email_key.encode(), "sha256").hex()


def current_terms() -> ErasureTerms:
    """Return the terms of this installation."""
    config: Config = current_app.config["KURAK"]
    return ErasureTerms(retention_days=config.retention_days, secret=config.secret_key)
