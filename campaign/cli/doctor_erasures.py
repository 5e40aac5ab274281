"""What `flask doctor` says of the list of erasures outside the database."""

from collections.abc import Iterator
from pathlib import Path

from campaign.cli.findings import CheckResult, Verdict
from campaign.services.privacy.reapplying import FILE_NAME, UnreadableErasures, missing_in_file


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
