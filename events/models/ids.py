"""Short public ids: easy to read aloud, never reused because rows are never deleted. And numbers of
rows, as addresses and forms name them.
"""

import hashlib
import secrets
from collections.abc import Iterable

# No vowels (no words by accident), no 0/1/l/o (no mistakes when typed).
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 7
DIGITS = 18  # any number of so many fits into a bigint


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


def row_number(text: str) -> int | None:
    """The number that somebody sent; None for what no row can have, such as “²” or 5,000 nines."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None


def row_numbers(texts: Iterable[str]) -> list[int]:
    """Those that are numbers of rows."""
    return [number for text in texts if (number := row_number(text)) is not None]
