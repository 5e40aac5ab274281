"""Blocked words and addresses: a gift with one is accepted, and its name and message are not shown. Pure.

A word is compared whole, in every form that `word_forms` makes of a text: neither case nor a Latin «a» in a Russian word, nor
dots between its letters, nor a digit at its end gets around it. An address is compared without what stands after a plus.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from campaign.domain.email_address import InvalidEmail, email_key, parse_email
from campaign.domain.errors import Conflict, DomainError
from campaign.domain.typed_text import one_line
from campaign.domain.visitor_keys import key_of, normalized_email
from campaign.domain.word_forms import LOOK_ALIKES, MIN_SPELLED, forms_of, words_of

MAX_BLOCK = 60
"""Characters of a word or a phrase."""
MAX_BLOCKS = 500
"""Words and addresses of one campaign."""


NAMELESS = "digest:"
"""Before the digest of an address; no address begins so."""


class NothingToBlock(DomainError):
    """No letter or digit is left of what was typed, or it is too long."""


class AlreadyBlocked(Conflict):
    """The campaign blocks it already."""


class TooManyBlocks(DomainError):
    """The campaign has as many blocks as it may have."""


class BlockKind(StrEnum):
    """What is blocked."""

    WORD = "word"  # in a name or a message
    ADDRESS = "address"  # a donor's mailbox
    DOMAIN = "domain"  # all mailboxes of a domain


@dataclass(frozen=True, slots=True)
class Block:
    """Something that is blocked; `value` is what is compared."""

    kind: BlockKind
    value: str


def read_word(text: str) -> Block:
    """Read a word or a phrase.

    Raises:
        NothingToBlock: It has no letter and no digit, or more than 60 characters.
    """
    line = one_line(text)
    words = words_of(line)
    if not words or len(line) > MAX_BLOCK:
        raise NothingToBlock(text)
    return Block(BlockKind.WORD, " ".join(words))


def read_address(text: str) -> Block:
    """Read an email address, or a domain with or without @.

    Raises:
        NothingToBlock: It is neither.
    """
    line = one_line(text)
    name, _at, host = line.rpartition("@")
    try:
        address = parse_email(line if name else f"anybody@{host}")
    except InvalidEmail as error:
        raise NothingToBlock(text) from error
    if name:
        return Block(BlockKind.ADDRESS, normalized_email(address))
    return Block(BlockKind.DOMAIN, email_key(address).rpartition("@")[2])


def is_blocked(blocks: Collection[Block], texts: Iterable[str | None], email: str | None, *, secret: str = "") -> bool:
    """Return whether one of the texts has a blocked word, or the address is blocked, or its domain or one above it.

    Args:
        blocks: What the campaign blocks.
        texts: The public name and the message.
        email: The donor's address.
        secret: The installation's, with which a block of an erased donor's address finds it again.
    """
    if not blocks:
        return False
    if email and not {*_addresses(email), nameless_block(email, secret=secret)}.isdisjoint(blocks):
        return True
    forms = frozenset().union(*(forms_of(text) for text in texts if text))
    words = [_compared(block.value) for block in blocks if block.kind is BlockKind.WORD]
    return any(word in form for form in forms for word in words)


def nameless_block(email: str, *, secret: str) -> Block:
    """Return the block of an address that names nobody: a keyed digest, for a donor who was erased."""
    return Block(BlockKind.ADDRESS, NAMELESS + key_of("blocked", normalized_email(email), secret=secret))


def _compared(value: str) -> str:
    """Return a stored word as it is looked for; one that was typed letter by letter is one word."""
    words = value.translate(LOOK_ALIKES).split()
    is_spelled = len(words) >= MIN_SPELLED and all(len(word) == 1 for word in words)
    return f" {('' if is_spelled else ' ').join(words)} "


def _addresses(email: str) -> set[Block]:
    """Return every block that an address meets: itself, its domain and the domains above it."""
    address = normalized_email(email)
    labels = address.rpartition("@")[2].split(".")
    domains = {Block(BlockKind.DOMAIN, ".".join(labels[start:])) for start in range(len(labels))}
    return {Block(BlockKind.ADDRESS, address), *domains}
