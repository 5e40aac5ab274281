"""The encodings in which answers are sent: Brotli or gzip, as the browser prefers, or none."""

import gzip
from dataclasses import dataclass, field
from functools import lru_cache

import brotli
from werkzeug.http import parse_accept_header

BROTLI, GZIP = "br", "gzip"
PAGE_QUALITY = 5
"""As quick as gzip, and smaller: a page is compressed anew after each change of its campaign."""
FILE_QUALITY = 11
"""The best: a file is compressed once."""


@lru_cache(maxsize=200)
def choose_encoding(accepted: str) -> str | None:
    """Return the encoding for an `Accept-Encoding` header, or None where the body is sent as it is.

    Brotli comes first where both are taken alike. `gzip; q=0` refuses gzip.
    """
    qualities = parse_accept_header(accepted)
    best = max((BROTLI, GZIP), key=lambda name: qualities[name])
    return best if qualities[best] > 0 else None


@dataclass(frozen=True, slots=True)
class EncodedBody:
    """The bytes of an answer, compressed once for each encoding that somebody takes."""

    plain: bytes
    brotli_quality: int = PAGE_QUALITY
    _compressed: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def in_encoding(self, encoding: str | None) -> bytes:
        """Return the bytes as they are sent in an encoding of `choose_encoding`."""
        if encoding is None:
            return self.plain
        compressed = self._compressed.get(encoding)
        if compressed is None:
            compressed = self._compressed[encoding] = self._compress(encoding)
        return compressed

    def _compress(self, encoding: str) -> bytes:
        if encoding == BROTLI:
            return bytes(brotli.compress(self.plain, quality=self.brotli_quality))
        return gzip.compress(self.plain, mtime=0)
