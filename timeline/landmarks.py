"""The major events of the whole record, month by month: the front page in one glance.

The timeline is paged, newest first; what the record is about must not hide behind a "more".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.utils.translation import gettext as _

from events.models import Event
from timeline.cards import event_url, foreign, machine_date
from timeline.dates import date_text, month_text
from timeline.markdown import plain

MOST = 120
PUBLISHERS_NAMED = 3
LATEST = 4


@dataclass(frozen=True)
class Landmark:
    date: str
    machine_date: str
    title: str
    lang: str
    url: str
    publishers: str


@dataclass(frozen=True)
class LandmarkMonth:
    title: str
    landmarks: list[Landmark] = field(default_factory=list)


def front() -> dict[str, object]:
    """What only the front page shows: all turning points, and the latest above everything."""
    months = landmarks()
    each = [landmark for month in months for landmark in month.landmarks]
    return {
        "landmarks": months,
        "newest_landmarks": each[:LATEST],
        "landmark_count": len(each),
    }


def landmarks() -> list[LandmarkMonth]:
    """The newest MOST major events under their months, newest first. One query."""
    months: dict[str, LandmarkMonth] = {}
    # The newest first and their publishers then: the join is of MOST events, not of all.
    newest = (
        Event.objects.published()
        .filter(importance=Event.Importance.MAJOR, earliest__isnull=False)
        .order_by("-earliest", "-id")
        .values("pk")[:MOST]
    )
    events = (
        Event.objects.filter(pk__in=newest)
        .annotate(
            publisher_names=ArrayAgg(
                "sources__publisher__name",
                filter=Q(sources__copy_of__isnull=True, sources__publisher__isnull=False),
                distinct=True,
                default=[],
            )
        )
        .order_by("-earliest", "-id")
    )
    for event in events:
        assert event.earliest
        title = month_text(event.earliest)
        months.setdefault(title, LandmarkMonth(title)).landmarks.append(
            Landmark(
                date=date_text(event.date),
                machine_date=machine_date(event),
                title=plain(event.title),
                lang=foreign(event.title),
                url=event_url(event),
                publishers=_named(event.publisher_names),  # type: ignore[attr-defined]
            )
        )
    return list(months.values())


def _named(names: list[str]) -> str:
    named = ", ".join(plain(name) for name in names[:PUBLISHERS_NAMED])
    more = len(names) - PUBLISHERS_NAMED
    return (
        _("%(names)s and %(count)d more") % {"names": named, "count": more} if more > 0 else named
    )
