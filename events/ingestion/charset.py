"""Bytes of a feed to text: what it says it is, if that holds; else what it most likely is.

Order (RFC 7303, then practice): byte order mark, XML declaration, HTTP charset, UTF-8. The first
that decodes without an error wins, because each of them is wrong somewhere on the web. A document
that fits none is guessed by charset-normalizer; a handful of stray bytes is Windows-1252, as in
the WHATWG encoding standard's fallback.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first characters of a document, < and what may follow it, without a mark.
UNMARKED = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),  # <?xm in EBCDIC
)
# Labels of text with two or four bytes a character, which UNMARKED or a mark would have shown.
WIDE = ("utf-16", "utf16", "utf-32", "utf32", "ucs-", "iso-10646", "unicode")
WESTERN = (
    "cp1252",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-15",
    "latin1",
    "latin-1",
    "us-ascii",
    "ascii",
)
DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
HTTP_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# Below this many odd bytes a statistical guess is a lottery.
ENOUGH_TO_GUESS = 24
GUESS_FROM = 64 * 1024


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """Return the text and, when the label was wrong, a note that says so (else "")."""
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace"), ""
    for start, encoding in UNMARKED:
        if body.startswith(start):
            return body.decode(encoding, "replace"), ""
    labels = _labels(body, content_type)
    for label in _likely(labels, body):
        text = _strictly(body, label)
        if text is not None:
            note = "" if label == labels[0] else f"declared {labels[0]}, is {label}"
            return text, note
    if (text := _mostly_utf8(body)) is not None:
        return text, "not all of it is UTF-8"
    guess = _guess(body)
    return body.decode(guess, "replace"), f"declared {labels[0]}, read as {guess}"


def _labels(body: bytes, content_type: str) -> list[str]:
    declared = DECLARATION.match(body[:400])
    sent = HTTP_CHARSET.search(content_type)
    found = [declared.group(1).decode().lower()] if declared else []
    found += [sent.group(1).lower()] if sent else []
    found.append("utf-8")
    return list(dict.fromkeys(found))


def _likely(labels: list[str], body: bytes) -> list[str]:
    """What cannot be left out; what is valid UTF-8 beyond ASCII is UTF-8, not Latin-1."""
    found = [label for label in labels if not label.startswith(WIDE)]
    if found[0] in WESTERN and not body.isascii():
        found.sort(key=lambda label: label != "utf-8")
    return found


def _mostly_utf8(body: bytes) -> str | None:
    """A stray byte, or a last character cut in two, does not make it another charset."""
    text = body.decode("utf-8", "replace")
    strays = text.count("\ufffd")
    return text if sum(c > "\x7f" for c in text) > 2 * strays else None


def _strictly(body: bytes, label: str) -> str | None:
    # Browsers read the Latin-1 and ASCII labels as Windows-1252 (WHATWG encoding standard).
    name = "cp1252" if label in ("iso-8859-1", "latin1", "latin-1", "us-ascii") else label
    name = "gb18030" if label in ("gb2312", "gbk", "x-gbk") else name
    try:
        return body.decode(name)
    except (LookupError, UnicodeDecodeError):
        return None
    except ValueError:  # a label such as "idna" that is a codec but no charset
        return None


def _guess(body: bytes) -> str:
    odd = sum(byte > 0x7F for byte in body[:GUESS_FROM])
    if odd < ENOUGH_TO_GUESS:
        return "cp1252"
    guesses = from_bytes(body[:GUESS_FROM])
    best = guesses.best()
    if best is None:
        return "cp1252"
    # Between code pages that differ in a few accents, the common one.
    alike = [g for g in guesses if g.coherence >= best.coherence and g.chaos <= best.chaos]
    return "cp1252" if any(g.encoding == "cp1252" for g in alike) else best.encoding
