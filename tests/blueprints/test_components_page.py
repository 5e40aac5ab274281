"""The page of components is complete: it shows every macro of the design system."""

import re
from pathlib import Path

from flask.testing import FlaskClient

from tests.support.pages import fetch

COMPONENTS = Path(__file__).parents[2] / "campaign" / "templates" / "components"
OF_EVERY_PAGE = {"mark", "logo", "colophon", "brand", "language_list", "language_buttons", "default_button"}
LANGUAGES_OF_A_CAMPAIGN = {"texts_field"}
WITH_A_CAMPAIGN = {"giving.html", "news.html"}


def test_every_component_is_shown(client: FlaskClient) -> None:
    page = fetch(client, "development.components")
    shown = set(re.findall(r"\w+", " ".join(page.texts("h2 code"))))
    macros = {
        name
        for file in COMPONENTS.glob("*.html")
        if file.name not in WITH_A_CAMPAIGN
        for name in re.findall(r"{% macro ([a-z]\w*)\(", file.read_text(encoding="utf-8"))
    }
    assert macros - OF_EVERY_PAGE - LANGUAGES_OF_A_CAMPAIGN - shown == {"as_table", "goal_chart", "plan_bars"}
