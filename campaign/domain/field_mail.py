"""An email as an update: its title, its text and the files that came with it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from itertools import islice

MAX_MESSAGE_BYTES = 40_000_000
"""Of a whole email, as mail servers hand it on: a file of 25 MB is a third longer there."""
MAX_FILES = 10
MAX_RECIPIENTS = 50
MAX_HEADER = 2000
"""Letters of one header that are read: a parser of addresses takes minutes for a long one that is made for it."""
RECIPIENT_FIELDS = ("Delivered-To", "X-Original-To", "To", "Cc")
BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})
HIDDEN = frozenset({"script", "style", "head", "title"})
_RECIPIENT = re.compile(r"[^\s<>,;:()\[\]\"@]{1,64}@[^\s<>,;:()\[\]\"@]{1,255}")
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that came with an email."""

    name: str
    data: bytes
    is_picture: bool


@dataclass(frozen=True, slots=True)
class FieldMail:
    """What matters of an email."""

    message_id: str
    recipients: tuple[str, ...]
    is_automatic: bool
    """Written by a program, such as an answer during holidays: it is never answered."""
    title: str
    text: str
    files: tuple[MailFile, ...]
    has_more_files: bool


def read_headers(data: bytes) -> FieldMail:
    """Return an email without its text and files."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data[:200_000], headersonly=True)
    return _mail(message, "", ())


def read_mail(data: bytes) -> FieldMail:
    """Return an email; what cannot be read of it is left out."""
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
        files = tuple(_files(message))
        return _mail(message, _text_of(message), files)
    except RecursionError:  # parts within parts, a thousand deep
        return read_headers(data)


def _mail(message: EmailMessage, text: str, files: tuple[MailFile, ...]) -> FieldMail:
    fields = (value for name in RECIPIENT_FIELDS for value in _raw_values(message, name))
    addresses = dict.fromkeys(match[0] for field in fields for match in _RECIPIENT.finditer(field))
    automatic = "".join(_values(message, "Auto-Submitted")).strip().lower() not in {"", "no"}
    bulk = "".join(_values(message, "Precedence")).strip().lower() in {"bulk", "list", "junk", "auto_reply"}
    return FieldMail(
        message_id="".join(_values(message, "Message-ID")).strip()[:500],
        recipients=tuple(islice(addresses, MAX_RECIPIENTS)),
        is_automatic=automatic or bulk,
        title=" ".join("".join(_values(message, "Subject")).split()),
        text=text,
        files=files[:MAX_FILES],
        has_more_files=len(files) > MAX_FILES,
    )


def _values(message: EmailMessage, name: str) -> list[str]:
    raw = (value[:MAX_HEADER] for value in _raw_values(message, name))
    try:
        return [str(message.policy.header_fetch_parse(name, value)) for value in islice(raw, MAX_RECIPIENTS)]
    except (
        ValueError,
        IndexError,
        AttributeError,
        RecursionError,
    ):  # what the parser of the standard library raises on strange headers
        return []


def _raw_values(message: EmailMessage, name: str) -> Iterator[str]:
    return (str(value) for known, value in message.raw_items() if known.casefold() == name.casefold())


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        content = str(body.get_content())
    except (LookupError, ValueError, KeyError):
        payload = body.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    text = content.replace("\r\n", "\n")
    if body.get_content_subtype() == "html":
        text = _plain(text)
    return _LINES.sub("\n\n", _SIGNATURE.split(text, maxsplit=1)[0]).strip()


def _files(message: EmailMessage) -> Iterator[MailFile]:
    body = message.get_body(preferencelist=("plain", "html"))
    for part in message.walk():
        is_text = part.get_content_maintype() == "text" and not part.get_filename()
        if part is body or part.is_multipart() or is_text:
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        name = part.get_filename() or f"file.{part.get_content_subtype()}"
        yield MailFile(name[:200], data, part.get_content_maintype() == "image")


def _plain(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return "\n".join(lines)


class _Text(HTMLParser):
    """Collects the text of HTML, with an empty line where a block ends."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # as it is called
        self._hidden += tag in HIDDEN
        if tag in BLOCKS:
            self.pieces.append("\n" if tag == "br" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data.replace("\n", " "))
