"""Names for things that the public may see: short, unguessable, without look-alike letters."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
"""Digits and Latin letters without 0/o, 1/i/l and u, which are misread or spell words."""


def new_public_id(length: int = 16) -> str:
    """A random name of about 4.9 bits a letter; 16 letters (78 bits) are never guessed and never collide."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
