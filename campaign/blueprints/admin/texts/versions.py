"""The versions of a text: the list, what one of them changed, and taking it up again."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.blueprints.admin import bp
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.texts import words
from campaign.domain.documents.fields import Draft
from campaign.domain.errors import DomainError, NotFound
from campaign.gateway_registry import current_context
from campaign.services.content import versions
from campaign.services.content.editing import document_state

MAX_DIGITS = 9


@bp.get("/texts/<document>/versions")
def text_versions(document: str) -> ResponseReturnValue:
    """Every version of a text, newest first."""
    rows = versions.versions_of(campaign().id, document)
    return render_template(
        "admin/texts/versions.html", document=document, published=_published(document), rows=rows, texts=words
    )


@bp.get("/texts/<document>/versions/<version>")
def text_version(document: str, version: str) -> ResponseReturnValue:
    """What a version changed."""
    comparison = versions.compare_version(campaign().id, document, _number(version))
    return render_template(
        "admin/texts/version.html",
        document=document,
        published=_published(document),
        comparison=comparison,
        texts=words,
    )


@bp.post("/texts/<document>/versions/<version>/restore")
def restore_version(document: str, version: str) -> ResponseReturnValue:
    """Take a version up again as the draft."""
    number = _number(version)
    try:
        versions.restore_version(campaign().id, document, number, actor_id=person().id, clock=current_context().clock)
    except DomainError as error:
        return refused(error, "admin.text_versions", document=document)
    return done(
        _("Version %(number)s is the draft now. The public page has not changed.", number=number),
        "admin.text",
        document=document,
    )


def _published(document: str) -> Draft:
    return document_state(campaign().id, document).published


def _number(version: str) -> int:
    """Return the number of a version in an address.

    Raises:
        NotFound: It is no number.
    """
    if not version.isdecimal() or len(version) > MAX_DIGITS:
        raise NotFound("version")
    return int(version)
