"""The renderer's only access to files: those of this package and of the fonts' package, and the pictures of the receipt."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse

from receipts.fonts import FONT_FOLDER
from receipts.pictures import PrintedPicture, printed

ASSETS = Path(__file__).resolve().parent / "assets"
_OPEN_FOLDERS = (ASSETS, FONT_FOLDER.resolve())
_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
_OWN_PICTURE = "data:image/png;base64,"


class ClosedAddress(ValueError):
    """A receipt refers to something outside its own files."""


class PackageFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Opens package files, pictures inside the page itself and those of the receipt; refuses everything else."""

    pictures: Mapping[str, PrintedPicture] = {}
    """Address → the picture of the receipt that is rendered."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002  WeasyPrint's own signature
        """Open a package file.

        Raises:
            ClosedAddress: the address is any other.
        """
        if url.startswith(_OWN_PICTURE):
            return super().fetch(url)
        if url in self.pictures:
            picture = self.pictures[url]
            return URLFetcherResponse(url, printed(picture), {"Content-Type": picture.media_type})
        address = urlsplit(url)
        path = Path(unquote(address.path)).resolve()
        inside = any(path.is_relative_to(folder) for folder in _OPEN_FOLDERS)
        if address.scheme != "file" or address.netloc or not inside:
            raise ClosedAddress(url)
        content_type = _TYPES.get(path.suffix, "application/octet-stream")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})
