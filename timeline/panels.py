"""The filter panel: what can be chosen, what is chosen, and how to undo it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline import labels
from timeline.filters import FACETS, Filter
from timeline.finding import Overview
from timeline.listing import list_url

SHOWN = 8
MOST_OPTIONS = 40


@dataclass(frozen=True)
class Option:
    """One value of a facet; `id` lets the focus survive a swap."""

    id: str
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    title: str
    options: list[Option]
    more: list[Option]
    is_open: bool


@dataclass(frozen=True)
class Chip:
    """A part of the filter, with the address of the list without it."""

    label: str
    url: str


def facets_of(filter: Filter, overview: Overview) -> list[Facet]:
    titles = {
        "category": _("Category"),
        "importance": _("Importance"),
        "region": _("Region"),
        "actor": _("Actor"),
        "claims": _("Claims"),
        "tag": _("Topic"),
    }
    return [facet_of(name, filter, overview, title) for name, title in titles.items()]


def facet_of(name: str, filter: Filter, overview: Overview, title: str = "") -> Facet:
    chosen = filter.values(name)
    options = [
        Option(
            f"f-{name}-{count.value}",
            count.value,
            label_of(name, count.value, count.name),
            count.count,
            count.value in chosen,
        )
        for number, count in enumerate(overview.facets[name])
        if number < MOST_OPTIONS or count.value in chosen
    ]
    found = {option.value for option in options}
    options += [
        Option(f"f-{name}-{v}", v, label_of(name, v, filter.name_of_actor(v)), 0, True)
        for v in chosen
        if v not in found
    ]
    if name == "importance":
        options.sort(key=lambda option: option.value, reverse=True)
    first = [o for n, o in enumerate(options) if n < SHOWN or o.is_chosen or name == "category"]
    rest = [option for option in options[:MOST_OPTIONS] if option not in first]
    return Facet(name, title, first, rest, is_open=bool(chosen) or name in ("category", "region"))


def label_of(facet: str, value: str, name: str = "") -> str:
    words = {
        "category": labels.CATEGORIES,
        "importance": labels.IMPORTANCE,
        "region": labels.REGIONS,
        "claims": labels.CLAIM_STATUS,
    }.get(facet)
    if words is None:
        return labels.topic(value) if facet == "tag" else name or value
    label = labels.word(words, value)
    return f"{labels.CLAIM_MARKS[value]} {label}" if facet == "claims" else label


def chips_of(filter: Filter, url: Callable[[Filter], str] = list_url) -> list[Chip]:
    """`url` gives the address of the page that the chips stand on."""
    chips = []
    if filter.text:
        chips.append(Chip(f"“{filter.text}”", url(filter.without("text"))))
    for name in FACETS:
        chips += [
            Chip(
                label_of(name, value, filter.name_of_actor(value)),
                url(filter.without(name, value)),
            )
            for value in filter.values(name)
        ]
    if filter.since:
        chips.append(Chip(_("from %s") % filter.since, url(filter.without("since"))))
    if filter.until:
        chips.append(Chip(_("to %s") % filter.until, url(filter.without("until"))))
    return chips


@dataclass(frozen=True)
class Doubt:
    """How many of the events shown carry a claim that does not stand, and where they are."""

    status: str
    mark: str
    text: str
    url: str


def doubts_of(overview: Overview, filter: Filter) -> list[Doubt]:
    if filter.claims:
        return []
    counts = {count.value: count.count for count in overview.facets["claims"]}
    texts = {
        "refuted": ngettext(
            "%d with a refuted claim", "%d with refuted claims", counts.get("refuted", 0)
        ),
        "disputed": ngettext(
            "%d with a disputed claim", "%d with disputed claims", counts.get("disputed", 0)
        ),
    }
    return [
        Doubt(
            status,
            labels.CLAIM_MARKS[status],
            text % counts[status],
            list_url(replace(filter, claims=(status,))),
        )
        for status, text in texts.items()
        if counts.get(status)
    ]


def title_of(filter: Filter) -> str:
    """What this list is, in words: for the title, the feeds and whoever shares the address."""
    parts = [f"“{filter.text}”"] if filter.text else []
    for name in ("actor", "category", "region", "tag", "importance", "claims"):
        parts += [label_of(name, v, filter.name_of_actor(v)) for v in filter.values(name)]
    if filter.since or filter.until:
        parts.append(f"{filter.since or '…'} – {filter.until or '…'}")
    return "\N{NO-BREAK SPACE}· ".join(parts)
