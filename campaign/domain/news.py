"""Updates of a campaign: their states, their limits, and what may become of one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from campaign.domain.documents.fields import specs
from campaign.domain.documents.kinds import UpdateDocument
from campaign.domain.documents.links import bad_links
from campaign.domain.errors import Conflict, DomainError

MAX_TITLE, MAX_BODY, MAX_AUTHOR = (specs(UpdateDocument)[name].max_length for name in ("title", "body", "author"))
"""Characters in one language."""


class UpdateState(StrEnum):
    """Who can read an update."""

    DRAFT = "draft"  # staff
    SCHEDULED = "scheduled"  # staff until `publish_at`, then everybody
    PUBLISHED = "published"  # everybody
    WITHDRAWN = "withdrawn"  # staff again; its address answers 410


class SubscriberState(StrEnum):
    """Whether a reader gets updates by email."""

    WAITING = "waiting"  # has not opened the link in the confirmation email
    CONFIRMED = "confirmed"
    LEFT = "left"  # unsubscribed


class SubscriptionSource(StrEnum):
    """The page on which a reader entered their address."""

    UPDATES = "updates"
    CAMPAIGN = "campaign"


class MailingState(StrEnum):
    """What becomes of the sending of an update by email."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"  # every reader has an email in the outbox, or is left out
    STOPPED = "stopped"  # the update was withdrawn


NEWS_KIND, CONFIRM_KIND = "update", "news_confirm"
"""Folders of mail templates: of an update, and of the link that confirms a subscription."""

EDITABLE = frozenset({UpdateState.DRAFT, UpdateState.SCHEDULED, UpdateState.PUBLISHED})
PUBLISHABLE = frozenset({UpdateState.DRAFT, UpdateState.SCHEDULED, UpdateState.WITHDRAWN})


class UpdateChanged(Conflict):
    """Somebody else changed the update after this person opened it."""


class NewsLinkBroken(DomainError):
    """A link to a subscription is none of ours, or its subscription is deleted."""


class NewsLinkExpired(DomainError):
    """A link that confirms a subscription is too old, or older than the reader's unsubscribing."""


class UpdateNotPublic(Conflict):
    """An update that is not published is not emailed."""


class UpdateWithdrawn(DomainError):
    """The update was published and is withdrawn."""


class WrongUpdateState(Conflict):
    """The act does not fit what became of the update meanwhile."""


class UpdateEmpty(DomainError):
    """No language has a title and a text."""


class UpdateIncomplete(DomainError):
    """A language has a title without a text, or a text without a title.

    Attributes:
        languages: Their codes.
    """

    def __init__(self, languages: tuple[str, ...]) -> None:
        super().__init__(", ".join(languages))
        self.languages = languages


class UpdateBadLinks(DomainError):
    """A text has a link that leads nowhere.

    Attributes:
        links: Language → its first such address.
    """

    def __init__(self, links: Mapping[str, str]) -> None:
        super().__init__(", ".join(links))
        self.links = links


class PublicationInPast(DomainError):
    """The moment for which the update is scheduled has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateText:
    """What an update says, by language; an empty text counts as missing."""

    title: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    author: Mapping[str, str] = field(default_factory=dict)

    def filled(self) -> "UpdateText":
        """Return the same text without its empty parts."""
        title, body, author = (
            {language: text for language, text in part.items() if text} for part in (self.title, self.body, self.author)
        )
        return UpdateText(title=title, body=body, author=author)


def refuse_unpublishable(text: UpdateText) -> None:
    """Return if everybody may read this text.

    Raises:
        UpdateEmpty: no language has a title and a text.
        UpdateIncomplete: a language has only one of them.
        UpdateBadLinks: a link leads nowhere.
    """
    filled = text.filled()
    if halves := tuple(sorted(set(filled.title) ^ set(filled.body))):
        raise UpdateIncomplete(halves)
    if not filled.title:
        raise UpdateEmpty
    if links := first_bad_links(filled.body):
        raise UpdateBadLinks(links)


def first_bad_links(texts: Mapping[str, str]) -> dict[str, str]:
    """Return language → the first address of a Markdown text that no reader can follow."""
    return {language: addresses[0] for language, text in texts.items() if (addresses := bad_links(text))}
