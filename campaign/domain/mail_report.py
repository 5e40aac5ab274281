"""Reports about an email that we sent: it came back (RFC 3464), or its reader complained about it (RFC 5965). Pure.

Whoever knows the address can write such a report, so nothing in it is believed here: it says of which email it claims to
be, and of which address. Only the outer parts are split, and of each part only headers are parsed: a report costs the same
however deep its parts are nested.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from enum import StrEnum
from itertools import islice

MAX_REPORT_BYTES = 1_000_000
"""Bytes of a report that are read. The returned email, which may have a big attachment, comes last."""
MAX_HEADER_BYTES = 100_000
"""Bytes of the headers of a report, of one of its parts, and of the returned email."""
MAX_PARTS = 10
MAX_BLOCKS = 20
"""Recipients of a report that are read; an email of ours has one."""
MAX_VALUE = 2000
"""Letters of one header that are read."""
RETURNED_TYPES = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"}
)
STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
ADDRESS_SUBJECTS = frozenset("0124")
"""Second digits of a status that are about the address, its mailbox or the way to it. The others are about the email."""
_STATUS = re.compile(r"([245])\.(\d{1,3})\.\d{1,3}(?!\d)")
_BLOCKS = re.compile(rb"\r?\n[ \t]*\r?\n")
_ADDRESS = re.compile(r"[^\s<>,;:()\[\]\"@]{1,64}@[^\s<>,;:()\[\]\"@]{1,255}")
_MESSAGE_ID = re.compile(r"<([A-Za-z0-9._-]{1,64}@[A-Za-z0-9._-]{1,255})>")


class ReportKind(StrEnum):
    """What a report says of an email."""

    ADDRESS = "address"  # returned for good: nothing arrives at this address
    REFUSED = "refused"  # returned for good, because of what it is or who sent it
    DELAYED = "delayed"  # not delivered for a reason that passes
    COMPLAINT = "complaint"  # its reader called it unwanted


@dataclass(frozen=True, slots=True)
class MailReport:
    """What a report claims: of which email, of which of its recipients."""

    kind: ReportKind
    message_id: str  # without its angle brackets
    recipients: tuple[str, ...]


def is_mail_report(data: bytes) -> bool:
    """Return whether an email is a report of either kind, readable or not."""
    return _report_type(_headers(data)) is not None


def read_mail_reports(data: bytes) -> tuple[MailReport, ...]:
    """Return what a report claims; nothing where it names no email of which it is."""
    data = data[:MAX_REPORT_BYTES].replace(b"\r\n", b"\n")
    headers = _headers(data)
    report_type = _report_type(headers)
    parts = list(_parts(data, _boundary(headers)))
    returned = next((_headers(_body(part)) for kind, part in parts if kind in RETURNED_TYPES), None)
    match = _MESSAGE_ID.search(_value(returned, "Message-ID")) if returned is not None else None
    if returned is None or match is None or report_type is None:
        return ()
    if report_type == "feedback-report":
        blocks = _blocks(parts, frozenset({"message/feedback-report"}))
        return tuple(_complaints(blocks, match[1], _addresses(_value(returned, "To"))))
    return tuple(_returns(_blocks(parts, STATUS_TYPES), match[1]))


def _complaints(blocks: Iterator[Message], message_id: str, to: tuple[str, ...]) -> Iterator[MailReport]:
    for block in blocks:
        if _value(block, "Feedback-Type").strip().lower() in {"abuse", "fraud", "opt-out"}:
            named = _addresses(_value(block, "Original-Rcpt-To"))
            yield MailReport(ReportKind.COMPLAINT, message_id, named or to)


def _returns(blocks: Iterator[Message], message_id: str) -> Iterator[MailReport]:
    for block in blocks:
        kind = _kind(_value(block, "Action").strip().lower(), _value(block, "Status").strip())
        recipients = _addresses(f"{_value(block, 'Final-Recipient')} {_value(block, 'Original-Recipient')}")
        if kind is not None and recipients:
            yield MailReport(kind, message_id, recipients)


def _kind(action: str, status: str) -> ReportKind | None:
    match = _STATUS.match(status)
    if action == "delayed" or (action == "failed" and match is not None and match[1] == "4"):
        return ReportKind.DELAYED
    if action != "failed" or match is None or match[1] != "5":
        return None
    return ReportKind.ADDRESS if match[2] in ADDRESS_SUBJECTS else ReportKind.REFUSED


def _report_type(headers: Message) -> str | None:
    content = _content(headers)
    kind = str(content.get_param("report-type", "")).strip().lower()
    is_report = content.get_content_type() == "multipart/report"
    return kind if is_report and kind in {"delivery-status", "feedback-report"} else None


def _boundary(headers: Message) -> bytes:
    boundary = _content(headers).get_boundary("") or ""
    return boundary.encode("ascii", "replace")[:200]


def _parts(data: bytes, boundary: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the content type and the bytes of each outer part."""
    if not boundary:
        return
    pieces = re.split(
        rb"^--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\n|\Z)", data, maxsplit=MAX_PARTS, flags=re.MULTILINE
    )
    for piece in pieces[1:]:
        yield _content(_headers(piece)).get_content_type(), piece


def _body(part: bytes) -> bytes:
    """Return the content of a part, whose encoding some servers set against the standard."""
    headers = _headers(part)
    holder = Message()
    holder["Content-Transfer-Encoding"] = _value(headers, "Content-Transfer-Encoding").strip()
    body = b"" if part.startswith(b"\n") else part.partition(b"\n\n")[2]
    holder.set_payload(body.decode("ascii", "surrogateescape"))
    payload = holder.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _blocks(parts: list[tuple[str, bytes]], types: frozenset[str]) -> Iterator[Message]:
    """Yield the groups of fields in the first part of these types."""
    body = next((_body(part) for kind, part in parts if kind in types), b"")
    for block in islice(filter(None, map(bytes.strip, _BLOCKS.split(body, maxsplit=MAX_BLOCKS))), MAX_BLOCKS):
        yield _headers(block)


def _headers(data: bytes) -> Message:
    return BytesParser().parsebytes(data[:MAX_HEADER_BYTES], headersonly=True)


def _content(headers: Message) -> Message:
    """Return a message with the content type alone, cut to a length at which its parameters are quickly read."""
    content = Message()
    if value := _value(headers, "Content-Type"):
        content["Content-Type"] = value
    return content


def _value(headers: Message, name: str) -> str:
    return " ".join(str(headers.get(name, ""))[:MAX_VALUE].split())


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(match[0] for match in _ADDRESS.finditer(text))
