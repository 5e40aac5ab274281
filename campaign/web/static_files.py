"""Static files: addresses with a hash of the content, responses that may be cached for a year."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, make_response, request, url_for
from werkzeug.security import safe_join

from campaign.web.compression import FILE_QUALITY, EncodedBody, choose_encoding

COMPRESSIBLE = ("text/", "image/svg+xml", "application/json")
YEAR_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: its bytes, and the hash that its address carries."""

    body: EncodedBody
    is_compressible: bool
    version: str
    mimetype: str
    modified_ns: int


class Assets:
    """The files of one folder, read once and cached; a changed file is read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._assets: dict[str, Asset] = {}

    def find(self, name: str) -> Asset | None:
        """The file under `name`, or None where there is none inside the folder."""
        path = safe_join(str(self._folder), name)
        try:
            modified = Path(path).stat().st_mtime_ns if path else None
        except OSError:
            modified = None
        if path is None or modified is None or not Path(path).is_file():
            return None
        asset = self._assets.get(name)
        if asset is None or asset.modified_ns != modified:
            asset = self._assets[name] = _read(Path(path), modified)
        return asset


def init_app(app: Flask) -> None:
    """Serve the static folder through `Assets` and give templates `static_url`."""
    app.extensions["assets"] = assets = Assets(Path(app.static_folder or "static"))

    def static_url(name: str) -> str:
        """The address of a static file, with the hash of what is in it."""
        asset = assets.find(name)
        if asset is None:
            raise FileNotFoundError(name)
        return url_for("static", filename=name, v=asset.version)

    def serve(filename: str) -> Response:
        return _answer(assets.find(filename))

    app.view_functions["static"] = serve
    app.jinja_env.globals["static_url"] = static_url


def _read(path: Path, modified_ns: int) -> Asset:
    body = path.read_bytes()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(
        body=EncodedBody(body, FILE_QUALITY),
        is_compressible=mimetype.startswith(COMPRESSIBLE),
        version=hashlib.sha256(body).hexdigest()[:12],
        mimetype=mimetype,
        modified_ns=modified_ns,
    )


def _answer(asset: Asset | None) -> Response:
    if asset is None:
        abort(404)
    encoding = choose_encoding(request.headers.get("Accept-Encoding", "")) if asset.is_compressible else None
    answer = make_response(asset.body.in_encoding(encoding))
    answer.mimetype = asset.mimetype
    if encoding:
        answer.content_encoding = encoding
    answer.set_etag(asset.version, weak=asset.is_compressible)  # weak: the bytes differ with the encoding
    if asset.is_compressible:
        answer.vary.add("Accept-Encoding")
    answer.cache_control.public = True
    return cached_by_version(answer, asset.version)


def cached_by_version(answer: Response, version: str) -> Response:
    """Let a file be cached for a year under an address that names its version, and be compared at each use otherwise."""
    if request.args.get("v") == version:
        answer.cache_control.max_age = YEAR_SECONDS
        answer.cache_control.immutable = True
    else:
        answer.cache_control.no_cache = True
    answer.make_conditional(request)
    return answer
