"""Templates: what is named exists, what exists is used."""

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from tests.support.tree import ROOT, TEMPLATES, sources

PARSER = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True)
NAMED = re.compile(r"""["']((?:[\w-]+/)+[\w.-]+\.(?:html|txt|svg|xml))["']""")


def templates() -> Iterator[tuple[str, str, nodes.Template]]:
    for file in sorted(TEMPLATES.rglob("*.*")):
        text = file.read_text(encoding="utf-8")
        yield str(file.relative_to(TEMPLATES)), text, PARSER.parse(text, filename=str(file))


def test_no_imported_macro_is_unused() -> None:
    unused = []
    for name, text, tree in templates():
        imported = [item for node in tree.find_all(nodes.FromImport) for item in node.names]
        expected = [item[1] if isinstance(item, tuple) else item for item in imported]
        expected += [node.target for node in tree.find_all(nodes.Import)]
        unused += [f"{name}: {word}" for word in expected if len(re.findall(rf"\b{word}\b", text)) < 2]
    assert not unused


def test_no_macro_is_unused() -> None:
    everything = "\n".join(text for _, text, _ in templates())
    unused = [
        f"{name}: {macro.name}"
        for name, _, tree in templates()
        for macro in tree.find_all(nodes.Macro)
        if len(re.findall(rf"\b{macro.name}\(", everything)) < 2
    ]
    assert not unused


def test_every_named_template_exists() -> None:
    texts = [text for _, text, _ in templates()]
    texts += [file.read_text(encoding="utf-8") for file in sources("campaign/blueprints", "campaign/services")]
    named = {name for text in texts for name in NAMED.findall(text) if (TEMPLATES / name).parent.is_dir()}
    assert named
    assert {name for name in named if not (TEMPLATES / name).exists()} == set()


def test_staff_pages_stand_in_the_same_rooms_as_their_views() -> None:
    pages = {file.parent.name for file in (TEMPLATES / "admin").glob("*/*.html")}
    rooms = {file.parent.name for file in (ROOT / "campaign/blueprints/admin").glob("*/__init__.py")}
    assert pages == rooms


def test_no_text_is_hidden_from_the_translators() -> None:
    """An f-string inside `_()` is never extracted."""
    hidden = re.compile(r"\b_?(?:n|p|np)?(?:_|gettext|lazy_gettext)\(\s*f[\"']")
    files = [*sources("campaign"), *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    assert [str(Path(f).relative_to(ROOT)) for f in files if hidden.search(f.read_text(encoding="utf-8"))] == []


def test_staff_pages_write_amounts_with_all_decimals() -> None:
    """`exact` and `exact_money` write `$70.00`; `money` writes `$70`, which cannot stand in a column with `$70.50`."""
    short = [
        f"{name}: {node.name}"
        for name, _, tree in templates()
        if name.startswith("admin/")
        for node in tree.find_all(nodes.Filter)
        if node.name in {"money", "money_in_text"}
    ]
    desk = ROOT / "campaign/blueprints/admin"
    short += [
        file.name
        for file in sorted(desk.rglob("*.py"))
        if re.search(r"i18n import .*\bmoney\b", file.read_text("utf-8"))
    ]
    assert not short


PROSE = re.compile(r"<textarea|rows=(?!none\b)|texts_field\(")
OWN_STORAGE = {
    "admin/field/field.html": "field mode stores what is typed by itself",
    "admin/texts/_fields.html": "the form of a text is saved while somebody types, and stored by `editor.js`",
    "donations/_form.html": "one optional sentence, which browsers bring back; a shared phone stores nothing of a donor",
}


def test_what_is_typed_into_a_form_with_prose_outlives_line_and_session() -> None:
    layout = (TEMPLATES / "admin" / "layout.html").read_text(encoding="utf-8")
    assert "js/typed.js" in layout
    assert "_typed_offer.html" in layout
    lost = {
        name
        for name, text, _ in templates()
        if name.startswith(("admin/", "donations/", "public/")) and PROSE.search(text)
        if 'extends "admin/layout.html"' not in text and not ("js/typed.js" in text and "_typed_offer.html" in text)
    }
    assert lost == OWN_STORAGE.keys()
    assert [name for name, text, _ in templates() if 'data-typed="off"' in text] == []
