"""`campaign export` and `campaign import`: sentences for people, never a traceback."""

from pathlib import Path

import pytest
from flask import Flask

from tests.support.builders import a_campaign

pytestmark = pytest.mark.database("sqlite")


def test_a_campaign_is_exported_and_starts_the_next_one(app: Flask, tmp_path: Path) -> None:
    runner, folder = app.test_cli_runner(), str(tmp_path / "quilt")
    no_campaign = runner.invoke(args=["campaign", "export", folder])
    assert (no_campaign.exit_code, no_campaign.output) == (1, "kurak: there is no campaign yet.\n")
    a_campaign(slug="quilt")

    assert runner.invoke(args=["campaign", "export", folder]).output.startswith(f"quilt was written to {folder}: ")
    assert "is not empty" in runner.invoke(args=["campaign", "export", folder, "--campaign", "quilt"]).output
    assert (
        "no campaign other" in runner.invoke(args=["campaign", "export", folder + "-2", "--campaign", "other"]).output
    )

    assert "there is a campaign quilt already" in runner.invoke(args=["campaign", "import", folder]).output
    assert "cannot be replaced" in runner.invoke(args=["campaign", "import", folder, "--replace"]).output
    assert "small letters" in runner.invoke(args=["campaign", "import", folder, "--as", "../etc"]).output
    assert runner.invoke(args=["campaign", "import", folder, "--as", "next"]).output == f"next was made of {folder}.\n"

    (tmp_path / "quilt" / "funds.toml").write_text('[[funds]]\ncode = "GEN"\ntitle = 1\nname = 2\n')
    refused = runner.invoke(args=["campaign", "import", folder, "--as", "another"])
    assert refused.output.splitlines() == [
        "funds.toml:1: “goal_minor” is missing.",
        "funds.toml:3: “title” is not a text per language, such as title.en = “…”.",
        "funds.toml:4: “name” is no key of this row.",
        f"kurak: nothing was written; 3 to correct in {folder}.",
    ]
