"""`flask campaign`: campaigns as folders of files, and their languages."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.domain.campaign_settings import BadSlug, SeriesTaken
from campaign.domain.errors import DomainError, NotFound
from campaign.domain.picture import PicturesBusy
from campaign.gateway_registry import current_context
from campaign.languages import UnknownLanguage, language_name
from campaign.services.campaigns.cards import featured_campaign
from campaign.services.campaigns.languages import set_languages
from campaign.services.plan_folders.exporting import FolderNotEmpty, export_campaign
from campaign.services.plan_folders.importing import ImportOptions, import_campaign
from campaign.services.plan_folders.pictures import PictureLost
from campaign.services.plan_folders.problems import FolderRefused
from campaign.services.plan_folders.writing import CampaignExists, NotReplaceable

campaign = AppGroup("campaign", help="Campaigns: as folders of files, and their languages.")


@campaign.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--campaign", "slug", default=None, metavar="SLUG", help="The campaign of the start page otherwise.")
def export(folder: Path, slug: str | None) -> None:
    """Write a campaign's texts, funds and plans into a folder that is new or empty."""
    try:
        name = slug or featured_campaign().slug
        count = export_campaign(folder, name, store=current_context().files)
    except FolderNotEmpty:
        sys.exit(f"kurak: {folder} is not empty; name a folder that is new or empty.")
    except PictureLost as error:
        sys.exit(
            f"kurak: the file of the picture {error} is lost; restore it, or remove the picture at the staff desk."
        )
    except (NotFound, DomainError):
        sys.exit(f"kurak: there is no campaign {slug}." if slug else "kurak: there is no campaign yet.")
    except OSError as error:
        sys.exit(f"kurak: {folder} cannot be written: {error.strerror}.")
    click.echo(f"{name} was written to {folder}: {count} files.")


@campaign.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--as", "slug", default=None, metavar="SLUG", help="Start another campaign from it: a draft without updates."
)
@click.option("--replace", is_flag=True, help="Put it in the place of a draft that has no gifts.")
def import_(folder: Path, slug: str | None, replace: bool) -> None:  # as click hands options over
    """Make a campaign of a folder. Nothing is written when anything is wrong with a file."""
    context = current_context()
    try:
        name = import_campaign(
            folder,
            ImportOptions(slug=slug, replace=replace),
            context=context,
        )
    except FolderRefused as refusal:
        for problem in refusal.problems:
            click.echo(str(problem), err=True)
        sys.exit(f"kurak: nothing was written; {len(refusal.problems)} to correct in {folder}.")
    except PicturesBusy:
        sys.exit("kurak: other pictures are being prepared; try again in a minute. Nothing was written.")
    except BadSlug:
        sys.exit("kurak: a campaign is named by small letters, digits and single hyphens, such as school-library.")
    except SeriesTaken:
        sys.exit(
            "kurak: another campaign took the prefix of its receipts at this moment; try again. Nothing was written."
        )
    except CampaignExists as error:
        sys.exit(f"kurak: there is a campaign {error} already; --replace puts the folder in the place of a draft.")
    except NotReplaceable as error:
        sys.exit(f"kurak: it cannot be replaced: it has gifts or is no draft any more, or more hangs on it ({error}).")
    click.echo(f"{name} was made of {folder}.")


@campaign.command("languages")
@click.argument("slug")
@click.argument("codes", nargs=-1, required=True)
def languages(slug: str, codes: tuple[str, ...]) -> None:
    """Choose the languages that a campaign's pages offer, the default one first: uz ru ky."""
    try:
        set_languages(slug, codes, clock=current_context().clock)
    except UnknownLanguage as error:
        sys.exit(f"kurak: {error} is no language. Give ISO 639 codes of two or three letters, such as uz.")
    except NotFound:
        sys.exit(f"kurak: there is no campaign {slug}.")
    click.echo(f"{slug} is offered in {', '.join(language_name(code) for code in codes)}.")
