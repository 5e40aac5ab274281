"""The package as somebody installs it: `python -m tests.package` builds the wheel and starts Kurak from an empty folder.

The wheel goes into a new environment with the pinned packages of requirements/run.txt. What runs there sees nothing of
the checkout: it has another current directory, no PYTHONPATH and an instance folder of its own.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.bench.processes import free_port
from tests.support.tree import ROOT

MAX_START_SECONDS = 120
COMMANDS = (("--version",), ("--help",), ("db", "upgrade"))
PAGE = "/en/"


class PackageFailed(Exception):
    """The package does not work; the message says what failed, with the output."""


def main() -> int:
    """Build, install, run the commands and fetch a page; 1 with the reason when one of them fails."""
    with tempfile.TemporaryDirectory(prefix="kurak-package-") as name:
        folder = Path(name)
        empty = folder / "empty"
        empty.mkdir()
        try:
            kurak = _install(_build(folder / "dist"), folder / "environment")
            for command in COMMANDS:
                _run([str(kurak), *command], cwd=empty, environ=_environ(folder / "instance"))
            _serve(kurak, empty, folder / "served")
        except PackageFailed as failure:
            sys.stderr.write(f"kurak: {failure}\n")
            return 1
    sys.stdout.write("The package runs.\n")
    return 0


def _build(dist: Path) -> Path:
    """Build the wheel and return its path."""
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(dist)], cwd=ROOT)
    return next(dist.glob("*.whl"))


def _install(wheel: Path, environment: Path) -> Path:
    """Install the pinned packages and the wheel into a new environment; return the path of `kurak`."""
    _run([sys.executable, "-m", "venv", str(environment)])
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")])
    _run([*pip, "--no-deps", "--no-index", str(wheel)])
    return environment / "bin" / "kurak"


def _serve(kurak: Path, folder: Path, instance: Path) -> None:
    """Start `kurak serve` and fetch one page."""
    port = free_port()
    environ = _environ(instance) | {"PORT": str(port)}
    with (instance.parent / "log").open("w+") as log:
        server = subprocess.Popen(
            [str(kurak), "serve"], cwd=folder, env=environ, stdout=log, stderr=subprocess.STDOUT, text=True
        )
        try:
            _fetch(f"http://127.0.0.1:{port}{PAGE}", server)
        except PackageFailed as failure:
            log.seek(0)
            raise PackageFailed(f"{failure}\n{log.read()}") from failure
        finally:
            server.terminate()
            server.wait(timeout=60)


def _fetch(address: str, server: "subprocess.Popen[str]") -> None:
    """Wait until the page is there, and check that it is a page of Kurak."""
    sys.stdout.write(f"kurak serve: {address}\n")
    until = time.monotonic() + MAX_START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                page = answer.read().decode()
            break
        except OSError as error:
            if server.poll() is not None or time.monotonic() > until:
                raise PackageFailed(f"{address}: {error}") from error
            time.sleep(0.5)
    if 'data-campaign="' not in page:
        raise PackageFailed(f"{address} is no page of a campaign")


def _run(command: list[str], *, cwd: Path = ROOT, environ: dict[str, str] | None = None) -> None:
    sys.stdout.write(f"{' '.join(Path(part).name for part in command)}\n")
    sys.stdout.flush()
    ended = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise PackageFailed(f"{' '.join(command)} ended with {ended.returncode}\n{ended.stdout}{ended.stderr}")


def _environ(instance: Path) -> dict[str, str]:
    """The settings of an installation in the folder `instance`, and nothing else of this process but its system."""
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return inherited | {"INSTANCE_DIR": str(instance), "LC_ALL": "C.UTF-8"}


if __name__ == "__main__":
    sys.exit(main())
