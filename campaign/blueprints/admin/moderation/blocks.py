"""Blocked words and addresses: the list, adding one with a count of what it hides first, and removal."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.blueprints.admin import bp, words
from campaign.blueprints.admin.frame import campaign, done, refused
from campaign.blueprints.admin.guard import person
from campaign.blueprints.admin.moderation.forms import BLOCK_KINDS, BlockForm
from campaign.domain.blocks import Block, NothingToBlock
from campaign.domain.errors import DomainError
from campaign.gateway_registry import current_context
from campaign.services.campaigns import blocks
from campaign.services.campaigns.gift_texts import GiftTexts, gift_texts


@bp.get("/moderation/blocks")
def moderation_blocks() -> ResponseReturnValue:
    """Everything that is blocked, and the form that adds to it."""
    return render_template(
        "admin/moderation/blocks.html", campaign=campaign(), rows=blocks.blocks_of(campaign().id), kinds=BLOCK_KINDS
    )


@bp.get("/moderation/blocks/new")
def block_form() -> ResponseReturnValue:
    """The form, filled in with the address of a gift of the queue where it is opened from there."""
    gift = _gift()
    form = BlockForm(data={"kind": "word", "value": ""})
    return _form_page(form, gift)


@bp.post("/moderation/blocks/new")
def add_block() -> ResponseReturnValue:
    """First show how many names it hides, then, confirmed, block it."""
    form, gift = BlockForm(), _gift()
    block = _read(form) if form.is_ready else None
    if block is None:
        return _form_page(form, gift), form.status
    try:
        if not form.is_confirmed:
            effect = blocks.effect_of(campaign().id, block)
            return render_template(
                "admin/moderation/block_preview.html", campaign=campaign(), form=form, effect=effect, gift=gift
            )
        hidden = blocks.add_block(
            campaign().id,
            block,
            typed=form.value.data,
            hides_approved=bool(form.hides_approved.data),
            actor_id=person().id,
            clock=current_context().clock,
        )
    except DomainError as error:
        return refused(error, "admin.moderation_blocks")
    count = hidden.waiting + hidden.approved
    message = ngettext(
        "Blocked. %(num)s name is off the supporters list.",
        "Blocked. %(num)s names are off the supporters list.",
        count,
    )
    return done(message, "admin.moderation" if gift else "admin.moderation_blocks")


@bp.post("/moderation/blocks/<public_id>/remove")
def remove_block(public_id: str) -> ResponseReturnValue:
    """Stop blocking; what was hidden stays hidden."""
    blocks.remove_block(campaign().id, public_id, actor_id=person().id, clock=current_context().clock)
    return done(_("No longer blocked. What was hidden stays hidden until you approve it."), "admin.moderation_blocks")


def _gift() -> GiftTexts | None:
    public_id = request.args.get("gift", "")
    return gift_texts(campaign().id, public_id) if public_id else None


def _read(form: BlockForm) -> Block | None:
    try:
        return form.block
    except NothingToBlock as error:
        form.refuse("value", words.sentence_of(error))
        return None


def _form_page(form: BlockForm, gift: GiftTexts | None) -> str:
    return render_template(
        "admin/moderation/block_form.html", campaign=campaign(), form=form, gift=gift, kinds=BLOCK_KINDS
    )
