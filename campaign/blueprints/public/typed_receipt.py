"""What somebody typed to check a receipt: a number and a code, or the whole address of the check."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from campaign.domain.receipt import MAX_TYPED, read_code, read_number

_BETWEEN = re.compile(r"[\s,;|]+")
_GLUED_WORD = re.compile(r"(?<=\d)(?=(?:code|коду?)\b)", re.IGNORECASE)
CODE_LENGTH = 10
MAX_WORDS = 12
"""More words than a number and a code have."""


@dataclass(frozen=True, slots=True)
class TypedReceipt:
    """What somebody typed to check a receipt, as it was printed; empty where nothing can be read from it."""

    number: str
    code: str


def read_typed_receipt(number: str, code: str, *, host: str) -> TypedReceipt:
    """Read number and code as typed: any dashes, spaces, № sign, look-alike letters, or the whole address of the check.

    `host` is the site's own; an address of another site gives no number. Number and code may be pasted together into
    one field; a code beside the number counts where the code was left empty.
    """
    number, code = number.strip()[:MAX_TYPED], code.strip()[:MAX_TYPED]
    for text in (number, code):
        if re.match(r"(?i)^(https?://|[\w.-]+(:\d+)?/)", text):
            pasted = _from_address(text, host=host)
            return TypedReceipt(pasted.number, pasted.code or ("" if text == code else read_code(code)))
    beside_number, beside_code = _take_apart(number), _take_apart(code)
    return TypedReceipt(
        beside_number.number or read_number(number) or beside_code.number,
        beside_code.code or read_code(code) or beside_number.code,
    )


def _take_apart(text: str) -> TypedReceipt:
    """Number and code that were pasted together, in any order; both empty where the text is not both."""
    words = _BETWEEN.split(_GLUED_WORD.sub(" ", text).strip())[:MAX_WORDS]
    for place in range(1, len(words)):
        halves = " ".join(words[:place]), " ".join(words[place:])
        for first, second in (halves, halves[::-1]):
            receipt = TypedReceipt(read_number(first), read_code(second))
            if receipt.number and len(receipt.code) == CODE_LENGTH:
                return receipt
    return TypedReceipt("", "")


def _from_address(address: str, *, host: str) -> TypedReceipt:
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
    except ValueError:  # no address at all, such as http://[::1
        return TypedReceipt("", "")
    before, separator, number = unquote(parts.path).partition("/verify/")
    if not separator or parts.netloc.lower() != host.lower() or not re.fullmatch(r"/\w\w", before):
        return TypedReceipt("", "")
    return TypedReceipt(read_number(number), read_code(parse_qs(parts.query).get("code", [""])[0]))
