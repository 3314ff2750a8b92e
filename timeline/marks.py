"""Numbers that lead from what is said to the source that says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Mark:
    """A reference to a source by number; `disputes` when the source speaks against."""

    number: int
    disputes: bool


def with_marks(summary: SafeString, marks: Iterable[Mark]) -> SafeString:
    """The summary with the numbers of its sources at its end, inside the last paragraph."""
    notes = format_html_join("", " {}", ((_sup(mark),) for mark in marks))
    body, paragraph, rest = summary.rpartition("</p>")
    if rest.strip() or not paragraph:
        return format_html("{}<p>{}</p>", summary, notes)
    return format_html("{}{}{}", mark_safe(body), notes, mark_safe(paragraph))


def _sup(mark: Mark) -> SafeString:
    against = format_html('<span aria-hidden="true">≠</span>') if mark.disputes else ""
    word = _("Against it: source") if mark.disputes else _("Source")
    return format_html(
        '<sup><a href="#s{}"><span class="unseen">{} </span>{}{}</a></sup>',
        mark.number,
        word,
        against,
        mark.number,
    )
