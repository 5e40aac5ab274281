"""Prepares a bare machine for the other programs: `.venv`, the pinned packages, the libraries for PDFs.

Run by path with any Python, `python3 -I campaign/cli/environment.py run`, before anything is installed: it imports only
the standard library and prints sentences. What exists already is not made again.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MIN_PYTHON = (3, 11)

RUN = ("run.txt",)
TEST = ("dev.txt", "contract.txt")
NO_DEPENDENCIES = frozenset({"contract.txt"})
"""Installed without what they would drag in."""

LIBRARIES = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "HarfBuzz subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}
"""What WeasyPrint loads to set text: a library and its file names, by system."""
LIBRARY_FOLDERS = ("", "/opt/homebrew/lib/", "/usr/local/lib/")
APT_LIBRARIES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig")
COMMANDS = {
    "apt-get": "sudo apt-get install -y " + " ".join(APT_LIBRARIES),
    "dnf": "sudo dnf install -y pango harfbuzz fontconfig",
    "brew": "brew install pango harfbuzz",
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NODE_LIBRARY = "libatomic.so.1"
"""What the program that drives the browser is linked with; Debian's smallest systems lack it."""


class Missing(Exception):
    """Something is missing and cannot be made here; the message says what to do."""


def main(purpose: str) -> int:
    """Prepare the environment to `run` the product, or to `test` it; return 1 with one sentence when that fails."""
    try:
        _require_python()
        _make_venv()
        if purpose == "test":
            _install(TEST, stamp=VENV / ".kurak-test")
        _install(RUN, stamp=VENV / ".kurak-run", is_there=purpose == "test")
        _require_libraries()
        if purpose == "test":
            _look_for_test_programs()
    except Missing as problem:
        sys.stderr.write(f"kurak: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _require_python() -> None:
    if sys.version_info < MIN_PYTHON:
        raise Missing(f"Kurak needs Python 3.11 or newer, not {sys.version.split()[0]}: name one with PYTHON=….")


def _make_venv() -> None:
    if PYTHON.exists() and _works(PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        return
    _say("Making the environment in .venv …")
    try:
        import ensurepip  # noqa: F401  # Debian keeps it in a package of its own
    except ImportError:
        _apt("python3-venv", otherwise="Python's venv is missing: sudo apt-get install -y python3-venv")
    try:
        shutil.rmtree(VENV, ignore_errors=True)
        done = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Missing(f"{VENV} cannot be made ({error.strerror}).") from None
    if done.returncode:
        raise Missing(f"{VENV} cannot be made: {_last_line(done.stderr or done.stdout)}")


def _install(lists: "tuple[str, ...]", *, stamp: Path, is_there: bool = False) -> None:
    """Install pinned lists, unless the stamp says that exactly these are installed; `is_there`: another list had them."""
    files = [ROOT / "requirements" / name for name in lists]
    checksum = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == checksum:
        return
    if not _works(PYTHON, "-m", "pip", "--version"):
        subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True, check=False)
    for file in () if is_there else files:
        _say(f"Installing requirements/{file.name}; the first time takes a minute or two …")
        options = ["--no-deps"] if file.name in NO_DEPENDENCIES else []
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        command = [*pip, "--require-hashes", *options, "-r", str(file)]
        done = subprocess.run(command, env=_quiet(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"requirements/{file.name} could not be installed: {_reason(done.stderr)}")
    stamp.write_text(checksum, encoding="ascii")


def _require_libraries() -> None:
    missing = missing_libraries()
    if missing:
        names = " and ".join(missing)
        commands = "; ".join(COMMANDS[tool] for tool in _package_tools())
        _apt(*APT_LIBRARIES, otherwise=f"{names} must be installed, for receipts are made with it: {commands}")
    if missing_libraries():
        raise Missing(f"{' and '.join(missing_libraries())} cannot be loaded even after installing.")


def missing_libraries() -> "list[str]":
    """Return the names of the libraries that this machine cannot load."""
    return [name for name, files in LIBRARIES.items() if not any(_loads(file) for file in files)]


def _loads(file: str) -> bool:
    for folder in LIBRARY_FOLDERS:
        try:
            ctypes.CDLL(folder + file)
        except OSError:
            continue
        return True
    return False


def _package_tools() -> "list[str]":
    """Return the package tool of this machine, or all of them when it is unknown."""
    return [tool for tool in COMMANDS if shutil.which(tool)][:1] or list(COMMANDS)


def _look_for_test_programs() -> None:
    """Install what only tests need, where possible; otherwise those tests are skipped and say so."""
    programs = {"pdftotext": "poppler-utils", "exiftool": "libimage-exiftool-perl"}
    missing = [*missing_for_browser(), *(package for name, package in programs.items() if not shutil.which(name))]
    if not missing:
        return
    try:
        _apt(*missing, otherwise="")
    except Missing:
        _say(f"Without {' and '.join(missing)} some tests are skipped: sudo apt-get install -y {' '.join(missing)}")


def missing_for_browser() -> "list[str]":
    """Return the Debian packages that a browser test needs and this machine lacks."""
    missing = [] if any(shutil.which(name) for name in CHROMIUM) else ["chromium"]
    if sys.platform == "linux" and not _loads(NODE_LIBRARY):
        missing.append("libatomic1")
    return missing


def _apt(*packages: str, otherwise: str) -> None:
    """Install Debian packages as root; print the command for anybody else."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(otherwise)
    _say(f"Installing {', '.join(packages)} …")
    update = ["apt-get", "update", "-qq"]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (update, install):
        done = subprocess.run(command, env=_quiet(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{' '.join(install)} failed: {_last_line(done.stderr)}")


def _quiet() -> "dict[str, str]":
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PIP_ROOT_USER_ACTION": "ignore"}


def _works(*command: "str | Path") -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _reason(pip_output: str) -> str:
    """Return why pip failed: its last line says that it found no such package, even when it reached no index at all."""
    unreached = next((line for line in pip_output.splitlines() if "after connection broken by" in line), None)
    return f"the package index was not reached: {unreached}" if unreached else _last_line(pip_output)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason was given"])[-1]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
