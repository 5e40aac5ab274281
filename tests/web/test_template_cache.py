"""The next server reuses compiled templates, and a page does not need them."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from campaign.web.template_cache import Compiled


def environment(folder: Path, text: str) -> Environment:
    return Environment(loader=DictLoader({"page.html": text}), bytecode_cache=Compiled(folder), autoescape=True)


def test_the_next_server_reuses_compiled_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "compiled"
    assert environment(folder, "Hello {{ name }}").get_template("page.html").render(name="Osh") == "Hello Osh"
    monkeypatch.setattr(Environment, "_generate", None)  # a second compilation would fail
    assert environment(folder, "Hello {{ name }}").get_template("page.html").render(name="Osh") == "Hello Osh"


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    environment(tmp_path, "before").get_template("page.html")
    assert environment(tmp_path, "after").get_template("page.html").render() == "after"


def test_a_page_is_rendered_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    folder = tmp_path / "a file" / "compiled"
    assert environment(folder, "Hello").get_template("page.html").render() == "Hello"
