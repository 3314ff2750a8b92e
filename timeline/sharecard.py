"""The pictures that stand for an event, or the record, where an address is shared: 1200 × 630."""

from __future__ import annotations

import datetime
import io
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from unicodedata import combining

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont

from events.models import Event
from timeline import labels
from timeline.dates import date_text, month_text
from timeline.markdown import language_of, plain
from timeline.rail import FEWEST_BINS, binned
from timeline.site import site_name

WIDTH, HEIGHT, EDGE = 1200, 630, 72
PAPER, INK, QUIET, ACCENT = "#fbfaf7", "#17181c", "#5b5e66", "#b83a1b"
# As the rail draws them on paper (timeline.css).
FAMILY_COLORS = {
    "models": "#17181c",
    "compute": "#767a85",
    "rules": "#b83a1b",
    "money": "#a9acb3",
    "voices": "#d0cfca",
}
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
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def site_card(months: Mapping[datetime.date, Mapping[str, int]], total: int) -> bytes:
    """The picture of the whole record: its name over its own histogram."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 10), fill=INK)
    draw.text((EDGE, 128), site_name(), font=_font(76), fill=INK, anchor="lm")
    text = ngettext("%d event", "%d events", total) % total
    if months:
        text += " · " + _("since %(since)s") % {"since": month_text(min(months))}
    draw.text((EDGE, 212), text, font=_font(38), fill=QUIET, anchor="lm")
    base = HEIGHT - EDGE
    bins = binned(months)
    highest = max((sum(families.values()) for families in bins.values()), default=1)
    first, count = min(bins, default=0), max(bins, default=0) - min(bins, default=0) + 1
    width = (WIDTH - 2 * EDGE) / max(count, FEWEST_BINS)
    for number, families in bins.items():
        left, y = EDGE + (number - first) * width, float(base)
        for family, color in FAMILY_COLORS.items():
            top = y - families.get(family, 0) * (base - 290) / highest
            if top < y:
                draw.rectangle((left, top, left + max(width * 0.8, 2), y), fill=color)
            y = top
    draw.line((EDGE, base, WIDTH - EDGE, base), fill=INK, width=3)
    return _png(image)


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
