"""Check the subjects of commits since the last tag: `component: what it does`, at most 72 characters."""

import re
import subprocess
import sys

from tests.support.tree import ROOT

START = "3f8ce50"
"""Where the rule begins, as long as there is no tag."""
MAX_LENGTH = 72
SUBJECT = re.compile(r"[a-z][\w /.,-]*: \S.*[^.\s]")


def is_good(subject: str) -> bool:
    """Whether a subject names its component first, fits on a line and does not end in a full stop."""
    return len(subject) <= MAX_LENGTH and SUBJECT.fullmatch(subject) is not None


def main() -> int:
    """Print every bad subject; 1 if there is one. Without the history nothing is checked."""
    tag = _git("describe", "--tags", "--abbrev=0").strip() or START
    bad = [s for s in _git("log", "--no-merges", "--format=%s", f"{tag}..HEAD").splitlines() if not is_good(s)]
    sys.stderr.writelines(f"Not `component: what it does` in {MAX_LENGTH} characters: {subject}\n" for subject in bad)
    return bool(bad)


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
