"""`campaign export` and `campaign import`: sentences for people, never a traceback."""

from pathlib import Path

import pytest
from flask import Flask

from campaign.services.demo.content import load_plan
from campaign.services.demo.loader import load_campaign
from tests.support.fakes import SettableClock

pytestmark = pytest.mark.database("sqlite")


def test_a_campaign_is_exported_and_starts_the_next_one(app: Flask, tmp_path: Path, clock: SettableClock) -> None:
    runner, folder = app.test_cli_runner(), str(tmp_path / "quilt")
    no_campaign = runner.invoke(args=["campaign", "export", folder])
    assert (no_campaign.exit_code, no_campaign.output) == (1, "kurak: there is no campaign yet.\n")
    load_campaign(load_plan(), clock=clock)

    assert runner.invoke(args=["campaign", "export", folder]).output.startswith(
        f"women-creative-lab was written to {folder}: "
    )
    assert (
        "is not empty" in runner.invoke(args=["campaign", "export", folder, "--campaign", "women-creative-lab"]).output
    )
    assert (
        "no campaign other" in runner.invoke(args=["campaign", "export", folder + "-2", "--campaign", "other"]).output
    )

    assert "there is a campaign women-creative-lab already" in runner.invoke(args=["campaign", "import", folder]).output
    assert "cannot be replaced" in runner.invoke(args=["campaign", "import", folder, "--replace"]).output
    assert "small letters" in runner.invoke(args=["campaign", "import", folder, "--as", "../etc"]).output
    assert runner.invoke(args=["campaign", "import", folder, "--as", "next"]).output == f"next was made of {folder}.\n"

    (tmp_path / "quilt" / "milestones.toml").write_text("[[milestones]]\n\ntitle = 1\nname = 2\n")
    refused = runner.invoke(args=["campaign", "import", folder, "--as", "another"])
    assert refused.output.splitlines() == [
        "milestones.toml:1: “amount_minor” is missing.",
        "milestones.toml:3: “title” is not a text per language, such as title.en = “…”.",
        "milestones.toml:4: “name” is no key of this row.",
        f"kurak: nothing was written; 3 to correct in {folder}.",
    ]
