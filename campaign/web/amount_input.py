"""Amounts as people type them into a form: read, or refused with a sentence and the readings to choose from."""

from flask_babel import gettext as _

from campaign.domain.amount_text import AmbiguousAmount, AmountInOtherCurrency, InvalidAmount, ZeroAmount, parse_amount
from campaign.domain.errors import DomainError
from campaign.domain.money import Money


class AmountRefused(DomainError):
    """A typed amount cannot be taken.

    Attributes:
        sentence: What is wrong and what to do, in the reader's language.
        readings: The amounts that the text can mean, where it can mean two.
        is_zero: Whether the amount is 0.
        is_other_currency: Whether the text names another currency.
    """

    def __init__(
        self,
        sentence: str,
        *,
        readings: tuple[Money, ...] = (),
        is_zero: bool = False,
        is_other_currency: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.readings = readings
        self.is_zero = is_zero
        self.is_other_currency = is_other_currency


def read_amount(text: str, currency: str, *, meant: str = "") -> Money:
    """Read a typed amount.

    Args:
        text: What was typed.
        currency: The currency of the form, three capitals.
        meant: Which of two readings the person chose, as `Money.plain` writes it; ignored where the text has one.

    Returns:
        An amount of more than 0.

    Raises:
        AmountRefused: The text is no amount, is 0, names another currency, or has two readings and none is chosen.
    """
    try:
        return parse_amount(text, currency)
    except AmbiguousAmount as error:
        for reading in error.readings:
            if reading.plain == meant:
                return reading
        sentence = _("“%(typed)s” can mean two amounts. Choose the one you mean.", typed=text.strip())
        raise AmountRefused(sentence, readings=error.readings) from None
    except ZeroAmount:
        raise AmountRefused(_("Enter an amount of more than 0."), is_zero=True) from None
    except AmountInOtherCurrency:
        sentence = _("That amount is in a different currency. Enter only the number.")
        raise AmountRefused(sentence, is_other_currency=True) from None
    except InvalidAmount:
        raise AmountRefused(_("Enter an amount, like 35 or 35.50.")) from None
