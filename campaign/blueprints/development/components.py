"""Every component of the design system on one page, so that a page is put together from what there is."""

from datetime import UTC, datetime

from flask import render_template
from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from campaign.blueprints.development import bp
from campaign.domain import quilt
from campaign.domain.money import Money
from campaign.web.form_fields import AmountField, EmailField

WHEN = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
PATCHES = [f"{number:016}" for number in range(120)]


class SampleForm(Form):  # type: ignore[misc]  # WTForms is untyped
    """A field of each kind that a macro shows."""

    text = StringField("A text", description="A hint says what is expected.")
    note = StringField("A counted text", validators=[Length(max=200)])
    amount = AmountField("An amount")
    email = EmailField("An email address")
    choice = SelectField("A choice", choices=[SelectChoice("a", "First"), SelectChoice("b", "Second")], default="b")


@bp.get("/components")
def components() -> str:
    """Show every component once."""
    return render_template(
        "development/components.html",
        when=WHEN,
        days=_days(),
        quilt=quilt.draw(PATCHES),
        unsewn=quilt.draw([]),
        form=SampleForm(prefix="sample"),
    )


def _days() -> list[dict[str, object]]:
    """Thirty days of gifts, as the overview's chart takes them."""
    days: list[dict[str, object]] = []
    total = 0
    for number in range(30):
        minor = (number * 37 % 11) * 25_00
        total += minor
        label = f"{number + 1} Nov"
        days.append(
            {
                "label": label,
                "value": minor,
                "total": total,
                "cells": [label, str(Money(minor, "USD").decimal), str(Money(total, "USD").decimal)],
            }
        )
    return days
