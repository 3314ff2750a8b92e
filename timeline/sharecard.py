"""The picture that stands for an event where its address is shared: 1200 × 630, drawn here."""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from pathlib import Path
from unicodedata import combining

from PIL import Image, ImageDraw, ImageFont

from events.models import Event
from timeline import labels
from timeline.dates import date_text
from timeline.markdown import language_of, plain
from timeline.site import site_name

WIDTH, HEIGHT, EDGE = 1200, 630, 72
PAPER, INK, QUIET, ACCENT = "#fbfaf7", "#17181c", "#5b5e66", "#b83a1b"
FONT = Path(__file__).parent / "fonts" / "card-serif.otf"
# The largest size at which the title fits above the foot.
SIZES = (76, 66, 58, 50, 42)
LINE = 1.22
TITLE_HEIGHT = 320


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def card_of(event: Event, publishers: str) -> bytes:
    """PNG. Characters the font lacks are drawn as its box, never an error."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 10), fill=INK)
    draw.line((EDGE, 0, EDGE, HEIGHT), fill=INK, width=2)
    radius = {1: 9, 2: 13, 3: 20}[event.importance]
    left = EDGE + 56
    draw.ellipse((EDGE - radius, 124 - radius, EDGE + radius, 124 + radius), fill=ACCENT)
    draw.text((left, 124), date_text(event.date), font=_font(38), fill=QUIET, anchor="lm")
    size, lines = fitted(drawable(plain(event.title)), WIDTH - left - EDGE)
    for number, line in enumerate(lines):
        draw.text((left, 186 + number * size * LINE), line, font=_font(size), fill=INK)
    category = labels.word(labels.CATEGORIES, event.category)
    foot = " · ".join([category, *event.regions, publishers])
    draw.text((left, HEIGHT - 92), foot, font=_font(30), fill=QUIET, anchor="lm")
    draw.text((left, HEIGHT - 46), site_name(), font=_font(30), fill=INK, anchor="lm")
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


# The font sets these as wide as a Chinese character, which tears Latin words apart.
_LATIN_QUOTES = str.maketrans("“”‘’", "\"\"''")


def drawable(title: str) -> str:
    """`title` in characters that the font has, as far as they can be told without accents."""
    if language_of(title) != "zh":
        title = title.translate(_LATIN_QUOTES)
    return "".join(
        character if character.isascii() or has_glyph(character) else _without_accents(character)
        for character in unicodedata.normalize("NFC", title)
    )


def _without_accents(character: str) -> str:
    base = "".join(c for c in unicodedata.normalize("NFD", character) if not combining(c))
    return base if base and all(map(has_glyph, base)) else character


@lru_cache(maxsize=4096)
def has_glyph(character: str) -> bool:
    font = _font(30)
    return bytes(font.getmask(character)) != bytes(font.getmask("\U0010ffff"))


def fitted(title: str, width: int) -> tuple[int, list[str]]:
    """The largest size whose lines fit, and the lines; what fits at no size ends with “…”."""
    for size in SIZES:
        lines = _wrapped(title, _font(size), width)
        most = int(TITLE_HEIGHT / (size * LINE))
        if len(lines) <= most:
            return size, lines
    return size, [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break between words, and anywhere in text without spaces such as Chinese."""
    lines, line = [], ""
    for word in _unbroken(text[:400]):
        if font.getlength(line + word.rstrip()) <= width:
            line += word
            continue
        lines.append(line.rstrip())
        line = word
        while font.getlength(line.rstrip()) > width:
            cut = next(
                n for n in range(len(line), 0, -1) if n == 1 or font.getlength(line[:n]) <= width
            )
            lines.append(line[:cut])
            line = line[cut:]
    return [line for line in [*lines, line.rstrip()] if line]


def _unbroken(text: str) -> list[str]:
    pieces: list[str] = []
    for word in text.split():
        is_cjk = [ord(character) > 0x2E7F for character in word]
        start = 0
        for position in range(1, len(word)):
            if is_cjk[position] or is_cjk[position - 1]:
                pieces.append(word[start:position])
                start = position
        pieces.append(word[start:] + " ")
    return pieces
