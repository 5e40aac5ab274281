"""`flask language`: the languages of the interface."""

import sys
from pathlib import Path

import click
from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

from campaign import languages
from campaign.languages import UnknownLanguage, catalogue_path, installed, language_facts
from campaign.project import PACKAGE

RECEIPTS = PACKAGE.parent / "receipts" / "texts"

language = AppGroup("language", help="Languages of the interface.")


@language.command("list")
def list_installed() -> None:
    """Print the installed languages."""
    for code in installed():
        click.echo(f"{code}  {language_facts(code).name}")


@language.command()
@click.argument("code")
def add(code: str) -> None:
    """Add a catalogue with empty texts, and the texts of a receipt, to be translated."""
    try:
        facts = language_facts(code)
    except UnknownLanguage:
        sys.exit(f"kurak: {code} is no language. Give its ISO 639 code of two or three letters, such as uz.")
    if code in installed():
        sys.exit(f"kurak: {facts.name} is installed already.")
    for path in (add_catalogue(code, languages.FOLDER), add_receipt_texts(code, RECEIPTS)):
        click.echo(f"Translate {path}")
    click.echo(f"{facts.name} is installed; restart to see it. A text that is not translated yet is shown in English.")


def add_catalogue(code: str, folder: Path) -> Path:
    """Write the catalogue of a language with every text of the template, none of them translated."""
    path = catalogue_path(code, folder)
    with (languages.FOLDER / "messages.pot").open("rb") as source:
        template = read_po(source)
    catalogue = Catalog(
        locale=code, project="Kurak", version="1", copyright_holder="The Kurak contributors", fuzzy=False
    )
    for message in template:
        if message.id:
            catalogue.add(message.id, context=message.context, auto_comments=message.auto_comments, flags=message.flags)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, no_location=True, sort_output=True)
    return path


def add_receipt_texts(code: str, folder: Path) -> Path:
    """Write the texts of a receipt: those in English, with the months and separators that CLDR has for the language."""
    locale = Locale.parse(code)
    source = (folder / "en.toml").read_text(encoding="utf-8")
    lines = []
    for line in source.splitlines():
        key = line.partition(" = ")[0]
        lines.append(_formats(locale).get(key, line))
    lines[0] = f"# The words of a receipt in {locale.get_display_name('en')}, to be translated from English."
    path = folder / f"{code}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _formats(locale: Locale) -> dict[str, str]:
    months = ", ".join(f'"{name}"' for name in locale.months["format"]["wide"].values())
    symbols = locale.number_symbols["latn"]
    return {
        "date": 'date = "{day} {month} {year}"',
        "months": f"months = [{months}]",
        "group": f'group = "{symbols["group"]}"',
        "decimal": f'decimal = "{symbols["decimal"]}"',
        "money": 'money = "{digits}\\u00a0{code}"',
    }
