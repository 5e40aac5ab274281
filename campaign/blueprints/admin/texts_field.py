"""A form field for a text in every language, with an error beside each."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import LazyString
from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from campaign.blueprints.admin.frame import campaign
from campaign.blueprints.admin.texts.words import bad_link_in_words
from campaign.domain.documents.links import bad_links
from campaign.domain.typed_text import one_line, paragraphs
from campaign.i18n import LANGUAGES
from campaign.languages import language_name
from campaign.web.form_fields import TOO_LONG


def languages_of_campaign() -> Mapping[str, str]:
    """Return the languages of the campaign that is shown, with their names in themselves."""
    return {code: language_name(code) for code in campaign().languages}


def languages_of_interface() -> Mapping[str, str]:
    """Return the languages of the interface, where there is no campaign yet."""
    return dict(LANGUAGES)


class TextsField(Field):  # type: ignore[misc]  # WTForms is untyped
    """A text per language; `data` is a dictionary that leaves empty ones out.

    Attributes:
        languages: Code of each language → its name.
        wrong: Language → the sentence for what is wrong with its text.
        rows: The height of the text area; None for one line.
        is_markdown: Whether it is shown with its format and links.
    """

    data: dict[str, str]

    def __init__(
        self,
        label: LazyString,
        *,
        maximum: int,
        missing: LazyString | None = None,
        rows: int | None = None,
        is_markdown: bool = False,
        languages: Callable[[], Mapping[str, str]] = languages_of_campaign,
        **settings: Any,
    ) -> None:
        """Describe the field.

        Args:
            label: What the text is.
            maximum: Characters in one language.
            missing: The sentence for a language without text; None where it may be empty.
            rows: The height of the text area; None for one line.
            is_markdown: Whether it is shown with its format and links.
            languages: Returns the languages in which the text is written.
            **settings: As every WTForms field takes them.
        """
        super().__init__(label, **settings)
        self.maximum, self.missing, self.rows, self.is_markdown = maximum, missing, rows, is_markdown
        self.languages = languages()
        self.wrong: dict[str, str] = {}

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ARG002  # as WTForms calls it
        """Take the typed texts, or those that are known."""
        self.process_errors: list[str] = []
        self.object_data = self.default if data is unset_value else data
        self.data = dict(self.object_data or {})
        if formdata is not None and any(self.name_in(code) in formdata for code in self.languages):
            clean = paragraphs if self.rows else one_line
            typed = {code: clean(formdata.get(self.name_in(code), "")) for code in self.languages}
            self.data = {code: text for code, text in typed.items() if text}

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  # WTForms' signature
        """Find in each language what is missing, too long, or a link that leads nowhere."""
        for code in self.languages:
            text = self.data.get(code, "")
            if len(text) > self.maximum:
                self.wrong[code] = str(TOO_LONG) % {"max": self.maximum}
            elif self.missing and not text:
                self.wrong[code] = str(self.missing)
            elif self.is_markdown and (addresses := bad_links(text)):
                self.wrong[code] = bad_link_in_words(addresses[0])
        if self.wrong:
            raise StopValidation(next(iter(self.wrong.values())))

    def name_in(self, code: str) -> str:
        """Return the name and id of the input of one language."""
        return f"{self.name}-{code}"

    def is_missing(self, code: str) -> bool:
        """Whether this language has no text, and another one has."""
        return bool(self.data) and not self.data.get(code)

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """(id of the input, sentence) for each error."""
        by_language = [(self.name_in(code), sentence) for code, sentence in self.wrong.items()]
        return by_language or [(self.name_in(next(iter(self.languages))), str(sentence)) for sentence in self.errors]
