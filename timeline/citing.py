"""An event as others cite it: plain text, BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Event
from timeline.cards import event_url
from timeline.dates import day_text
from timeline.markdown import plain
from timeline.site import site_name

FORMATS = {
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
}


@dataclass(frozen=True)
class CitedEvent:
    """What a citation says. The date cited is the last change: that is what was read."""

    key: str
    title: str
    site: str
    url: str
    changed: datetime.date
    seen: datetime.date

    @classmethod
    def of(cls, event: Event, seen: datetime.date) -> CitedEvent:
        assert event.last_changed_at
        return cls(
            f"airace-{event.public_id}",
            plain(event.title),
            site_name(),
            settings.SITE_URL + event_url(event),
            event.last_changed_at.date(),
            seen,
        )

    def written(self, format: str) -> str:
        return {"txt": self.text, "bib": self.bibtex, "ris": self.ris, "json": self.csl}[format]()

    def text(self) -> str:
        return _("“%(title)s”, %(site)s, as of %(changed)s, %(url)s (seen %(seen)s).") % {
            "title": self.title,
            "site": self.site,
            "changed": day_text(self.changed),
            "url": self.url,
            "seen": day_text(self.seen),
        }

    def bibtex(self) -> str:
        return (
            f"@misc{{{self.key},\n"
            f"  title = {{{{{_tex(self.title)}}}}},\n"
            f"  author = {{{{{_tex(self.site)}}}}},\n"
            f"  year = {{{self.changed.year}}},\n"
            f"  month = {{{self.changed.month}}},\n"
            f"  howpublished = {{\\url{{{self.url}}}}},\n"
            f"  note = {{seen {self.seen.isoformat()}}}\n}}\n"
        )

    def ris(self) -> str:
        lines = {
            "TY": "ELEC",
            "TI": self.title,
            "AU": self.site,
            "DA": self.changed.strftime("%Y/%m/%d"),
            "PY": str(self.changed.year),
            "UR": self.url,
            "Y2": self.seen.strftime("%Y/%m/%d"),
            "ID": self.key,
            "ER": "",
        }
        return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines.items())

    def csl(self) -> str:
        item = {
            "id": self.key,
            "type": "webpage",
            "title": self.title,
            "container-title": self.site,
            "author": [{"literal": self.site}],
            "URL": self.url,
            "issued": {"date-parts": [_parts(self.changed)]},
            "accessed": {"date-parts": [_parts(self.seen)]},
        }
        return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def cite_links(event: Event) -> list[tuple[str, str]]:
    names = {"txt": _("plain text"), "bib": "BibTeX", "ris": "RIS", "json": "CSL-JSON"}
    return [
        (name, reverse("timeline:event_cite", args=[event.public_id, event.slug, format]))
        for format, name in names.items()
    ]


def _parts(day: datetime.date) -> list[int]:
    return [day.year, day.month, day.day]


def _one_line(text: str) -> str:
    return " ".join(text.split())


_TEX = re.compile(r"[\\{}$&#%_^~]")


def _tex(text: str) -> str:
    def escaped(match: re.Match[str]) -> str:
        character = match[0]
        words = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\textasciitilde{}"}
        return words.get(character, "\\" + character)

    return _TEX.sub(escaped, _one_line(text))
