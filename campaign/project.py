"""Where the program's files are, in a checkout and where the package is installed, and which version it is."""

import tomllib
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").is_file() else None
"""The repository; None where the package is installed from its wheel."""
HOME = CHECKOUT or Path.cwd()
"""The folder of `.env` and of relative paths in settings: the checkout, otherwise the directory of the start."""
MIGRATIONS = (CHECKOUT or PACKAGE) / "migrations"


@cache
def version() -> str:
    """The version of the running program, such as `0.1.0`."""
    if CHECKOUT is None:
        return version_of("kurak")
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
