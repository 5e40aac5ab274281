"""The field for the sender of a campaign's emails."""

from typing import Any

from campaign.blueprints.admin.texts_field import TextsField
from campaign.blueprints.admin.words import sentence_of
from campaign.domain.campaign_settings import BadSenderName


class SenderNameField(TextsField):
    """The name in which emails leave; a line break in it would begin another header, so it is refused."""

    def process(self, formdata: Any, *args: Any, **more: Any) -> None:  # as WTForms types it
        """Take the typed names, and note which are more than one line."""
        super().process(formdata, *args, **more)
        typed = {code: formdata.get(self.name_in(code), "") for code in self.languages} if formdata else {}
        self.broken = [code for code, text in typed.items() if not text.replace("\t", " ").isprintable()]

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no single line."""
        self.wrong |= dict.fromkeys(self.broken, sentence_of(BadSenderName()))
        super().pre_validate(form)
