"""What `flask doctor` says of the lists of erasures outside the database."""

from collections.abc import Iterator
from pathlib import Path

from campaign.cli.findings import CheckResult, Verdict
from campaign.config import Config
from campaign.gateways.file_store import FileStore, FileStoreUnavailable
from campaign.services.privacy.reapplying import FILE_NAME, UnreadableErasures, missing_in_file
from campaign.services.privacy.second_list import missing_in_copy


def examine_erasures(folder: Path) -> Iterator[CheckResult]:
    """Yield a result where a restored backup could bring somebody back who was erased."""
    try:
        missing = len(missing_in_file(folder))
    except (OSError, UnreadableErasures, UnicodeDecodeError):
        yield CheckResult(
            Verdict.UNSAFE, f"{folder / FILE_NAME} cannot be read: it says who was erased after a backup."
        )
        return
    if missing:
        yield CheckResult(
            Verdict.UNSAFE,
            f"Erasures that are not in {folder / FILE_NAME}: {missing}. A restored backup could bring them back: make "
            "the folder writable, then flask --app wsgi privacy note.",
        )


def examine_second_list(config: Config, store: FileStore | None) -> Iterator[CheckResult]:
    """Yield a result where the second copy is not chosen, not apart from the first one, or not complete."""
    if store is None or not config.erasures_url:
        if config.payment_mode == "live" and not config.erasures_url:
            yield CheckResult(
                Verdict.MISSING,
                f"ERASURES_URL is not set: {config.instance_dir / FILE_NAME} is the only list of who was erased after a "
                "backup, and is lost with this machine.",
            )
        return
    scheme, _separator, folder = config.erasures_url.partition("://")
    if scheme == "file" and Path(folder).resolve().is_relative_to(config.instance_dir.resolve()):
        yield CheckResult(Verdict.UNSAFE, "ERASURES_URL is in the instance folder: name a place on another machine.")
    try:
        missing = missing_in_copy(store)
    except (FileStoreUnavailable, UnreadableErasures, UnicodeDecodeError):
        yield CheckResult(Verdict.UNSAFE, "The list of erasures at ERASURES_URL cannot be read.")
        return
    if missing:
        yield CheckResult(
            Verdict.UNSAFE, f"Erasures that are not at ERASURES_URL: {missing}. Try flask --app wsgi privacy note."
        )
