"""Short public ids: easy to read aloud, never reused because rows are never deleted."""

import hashlib
import secrets

# No vowels (no words by accident), no 0/1/l/o (no mistakes when typed).
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 7


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def public_id_for(name: str) -> str:
    """The same id for the same name in every installation: used for the initial record."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
    letters = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(letters)
