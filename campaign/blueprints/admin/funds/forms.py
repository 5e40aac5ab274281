"""Forms about the money of funds: a proposal, its approval and rejection, and a payment with its evidence."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from campaign.blueprints.admin.forms import (
    MAX_NAME,
    CurrencyField,
    DayField,
    FundField,
    LongTextField,
    PreviewedForm,
    StaffForm,
)
from campaign.domain.journal import EntryKind
from campaign.domain.typed_text import one_line
from campaign.services.funds.allocations import Move
from campaign.services.funds.disbursements import NewDisbursement
from campaign.web.form_fields import TOO_LONG, AmountField


class MoneyForm(PreviewedForm):
    """A form with the fields `currency` and `amount`; `own_currency` is meant where no currency was chosen."""

    main_field = "amount"
    currency: CurrencyField
    amount: AmountField

    def __init__(self, own_currency: str, **settings: Any) -> None:  # as Flask-WTF types them
        super().__init__(**settings)
        self.own_currency = own_currency

    def validate_amount(self, field: AmountField) -> None:
        if not self.currency.errors:
            field.read(self.currency.data or self.own_currency)


class AllocationForm(MoneyForm):
    """Money that is to move from one fund to another; which of the two is chosen depends on the page."""

    source = FundField(lazy_pgettext("fund", "From"), sentence=_("Choose where the money comes from."))
    target = FundField(lazy_pgettext("fund", "To"), sentence=_("Choose where the money goes."))
    currency = CurrencyField()
    amount = AmountField(_("Amount"))
    reason = LongTextField(_("Why"), description=_("It is recorded with the entry."))

    def move(self, campaign_id: int, kind: EntryKind) -> Move:
        """The valid form as a move of money."""
        return Move(
            campaign_id=campaign_id,
            kind=kind,
            source=self.source.data,
            target=self.target.data,
            amount=self.amount.money,
        )


class ApprovalForm(StaffForm):
    """The balances that the page showed to the person who approves."""

    figures = HiddenField(default="")


class RejectionForm(StaffForm):
    """Why a proposal is rejected."""

    note = LongTextField(_("Why not"))


class DisbursementForm(MoneyForm):
    """What was paid, to whom, when, and the document that shows it."""

    fund = FundField(
        _("What was paid for"),
        sentence=_("Choose what was paid for."),
        description=_("Only funds that hold money are shown."),
    )
    currency = CurrencyField()
    amount = AmountField(_("Amount"))
    paid_on = DayField(_("Paid on"), validators=[InputRequired(_("Enter the day of the payment."))])
    payee = StringField(
        _("Who was paid"),
        filters=[one_line],
        validators=[DataRequired(_("Enter who was paid.")), Length(max=MAX_NAME, message=TOO_LONG)],
        description=_("An organisation’s name; for a private person, initials are enough."),
    )
    evidence = StringField(
        _("Number of the invoice, act or statement"),
        filters=[one_line],
        validators=[
            DataRequired(_("Enter the number of the invoice, act or statement.")),
            Length(max=MAX_NAME, message=TOO_LONG),
        ],
    )

    def payment(self, campaign_id: int) -> NewDisbursement:
        """The valid form as a payment."""
        return NewDisbursement(
            campaign_id=campaign_id,
            fund=self.fund.data,
            amount=self.amount.money,
            paid_on=self.paid_on.data,
            payee=self.payee.data,
            evidence=self.evidence.data,
        )
