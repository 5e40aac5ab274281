"""Names for things that the public may see: short, unguessable, without look-alike letters."""

import hashlib
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Digits and Latin letters without 0/o, 1/i/l and u, which are misread or spell words."""


LENGTH = 16


def new_public_id(length: int = LENGTH) -> str:
    """A random name of about 4.9 bits a letter; 16 letters (78 bits) are never guessed and never collide."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def derived_public_id(name: str, number: int) -> str:
    """Return the public id of the further things that one form makes: always the same for the same form and number."""
    if not number:
        return name
    digest = hashlib.sha256(f"{name}:{number}".encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def is_public_id(name: str) -> bool:
    """Whether this could be one of ours: 16 letters of the alphabet."""
    return len(name) == LENGTH and set(name) <= set(ALPHABET)
