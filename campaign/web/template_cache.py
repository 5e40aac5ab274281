"""Templates compiled once per installation: a server that has just started does not compile them again.

Compiling is most of what the first pages cost, and a server's first visitors would all wait for it together.
"""

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from campaign.config import Config


def init_app(app: Flask) -> None:
    """Keep compiled templates in the instance folder, apart for each release of Jinja."""
    config: Config = app.config["KURAK"]
    app.jinja_env.bytecode_cache = Compiled(config.instance_dir / f"compiled-by-jinja-{version('jinja2')}")


class Compiled(FileSystemBytecodeCache):
    """Files named after the template and checked against its text; where none can be written, pages work all the same."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Written aside and renamed, so that another process finds all of it or nothing."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
