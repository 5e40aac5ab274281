"""What somebody typed to check a receipt: a number and a code, or the whole address of the check."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from campaign.domain.receipt_number import TYPED_MAX, read_code, read_number

_CODE_AFTER = re.compile(r"\b(?P<code>[0-9A-Za-z]{10})\W*$")


@dataclass(frozen=True, slots=True)
class TypedReceipt:
    """What somebody typed to check a receipt, as it was printed; empty where nothing can be read from it."""

    number: str
    code: str


def read_typed_receipt(number: str, code: str, *, host: str) -> TypedReceipt:
    """Read number and code as typed: any dashes, spaces, № sign, look-alike letters, or the whole address of the check.

    `host` is the site's own; an address of another site gives no number. A code in what was pasted counts where the code
    was left empty.
    """
    number, code = number.strip()[:TYPED_MAX], code.strip()[:TYPED_MAX]
    for text in (number, code):
        if re.match(r"(?i)^(https?://|[\w.-]+(:\d+)?/)", text):
            pasted = _from_address(text, host=host)
            return TypedReceipt(pasted.number, pasted.code or ("" if text == code else read_code(code)))
    head, comma, tail = number.partition(",")
    beside = _CODE_AFTER.search(tail) if comma else None
    return TypedReceipt(read_number(head), read_code(code) or (read_code(beside["code"]) if beside else ""))


def _from_address(address: str, *, host: str) -> TypedReceipt:
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
    except ValueError:  # no address at all, such as http://[::1
        return TypedReceipt("", "")
    before, found, number = unquote(parts.path).partition("/verify/")
    if not found or parts.netloc.lower() != host.lower() or not re.fullmatch(r"/\w\w", before):
        return TypedReceipt("", "")
    return TypedReceipt(read_number(number), read_code(parse_qs(parts.query).get("code", [""])[0]))
