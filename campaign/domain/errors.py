"""What every refusal of the domain has in common: a name for the broken rule, and facts to tell it by."""


class DomainError(Exception):
    """A rule of the field was about to be broken; nothing has been done.

    Subclasses are named after the rule. `web/error_pages.py` turns each into a page and a status, in the reader's language.
    """


class NotFound(DomainError):
    """There is no such thing, or the reader may not know that there is."""


class NoCampaign(NotFound):
    """There is no campaign yet: the installation is being set up."""


class UnreadableFilter(DomainError):
    """An address asks for a day or an amount that does not exist, or for a period that ends before it begins."""


class Conflict(DomainError):
    """The thing has moved on since the reader looked at it."""


class FormReused(Conflict):
    """The form was sent before with something else in it, and that was done."""


class GiftNotKnownYet(DomainError):
    """The provider names a gift of ours that has no row (yet): the event waits for it, and is retried after every success."""


class ConcurrentUpdates(DomainError):
    """Others kept applying answers to this gift; trying later is safe."""
