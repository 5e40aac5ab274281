"""Email addresses as people type them into a form: read, or refused with a sentence that names what is wrong."""

from flask_babel import gettext as _

from campaign.domain.email_address import MAX_ADDRESS, MAX_LOCAL, EmailProblem, InvalidEmail, parse_email
from campaign.domain.errors import DomainError


class EmailRefused(DomainError):
    """A typed address cannot be taken.

    Attributes:
        sentence: What is wrong and what to do, in the reader's language.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read_email(text: str) -> str:
    """Read a typed address.

    Returns:
        The address with an international domain in its own letters.

    Raises:
        EmailRefused: No mail server would take it.
    """
    try:
        return parse_email(text)
    except InvalidEmail as error:
        raise EmailRefused(_sentence_of(error)) from error


def _sentence_of(error: InvalidEmail) -> str:
    sentence: str
    letters = ", ".join(_("“%(letter)s”", letter=letter) for letter in error.letters)
    match error.problem:
        case EmailProblem.LOOK_ALIKE:
            sentence = _(
                "This looks Latin but is Cyrillic: %(letters)s. Type it again with a Latin keyboard.", letters=letters
            )
        case EmailProblem.CYRILLIC:
            sentence = _(
                "There can be no Cyrillic letters before the @: %(letters)s. Type the address with a Latin keyboard.",
                letters=letters,
            )
        case EmailProblem.LETTER:
            sentence = _(
                "Use Latin letters, digits, dots and dashes before the @. This cannot be there: %(letters)s.",
                letters=letters,
            )
        case EmailProblem.LOCAL_TOO_LONG:
            sentence = _("Shorten the part before the @ to %(most)s characters.", most=MAX_LOCAL)
        case EmailProblem.TOO_LONG:
            sentence = _("Shorten the address to %(most)s characters.", most=MAX_ADDRESS)
        case EmailProblem.SYNTAX:
            sentence = _("Enter an email address, like name@example.com.")
    return sentence
