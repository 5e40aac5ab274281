"""Names for things that the public may see: short, unguessable, without look-alike letters."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Digits and Latin letters without 0/o, 1/i/l and u, which are misread or spell words."""


LENGTH = 16


def new_public_id(length: int = LENGTH) -> str:
    """A random name of about 4.9 bits a letter; 16 letters (78 bits) are never guessed and never collide."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def is_public_id(name: str) -> bool:
    """Whether this could be one of ours: 16 letters of the alphabet."""
    return len(name) == LENGTH and set(name) <= set(ALPHABET)
