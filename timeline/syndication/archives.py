"""Which items a document of a feed holds: the newest, or one archive of older ones (RFC 5005).

An archive begins after a place in the order of publication and always holds SIZE items. The
document that readers poll holds what is left over, so that its size changes with every item and
the archives do not: whoever has read one need never read it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from timeline.queries import Place

SIZE = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Stretch(Generic[Row]):
    """`older` is where the archive before begins. `newer` is where the archive after begins;
    without one the document that readers poll comes next."""

    rows: list[Row]
    older: Place | None
    newer: Place | None


def stretch_of(found: QuerySet[Row], moment: str, after: Place | None) -> Stretch[Row]:
    """The newest of `found` by the field `moment`, or the archive after a place."""
    ordered = found.order_by(f"-{moment}", "-pk")
    if after is None:
        count = ordered.count()
        size = count if count < SIZE else SIZE + count % SIZE
        rows = list(ordered[:size])
        return Stretch(rows, _place(rows[-1], moment) if count > size else None, None)
    rows = list(ordered.filter(_beyond(after, moment, "lt"))[: SIZE + 1])
    # Fewer than that many stand before an archive: they are the document that readers poll.
    ahead = list(found.filter(_beyond(after, moment, "gt")).order_by(moment, "pk")[: 2 * SIZE - 1])
    return Stretch(
        rows[:SIZE],
        _place(rows[SIZE - 1], moment) if len(rows) > SIZE else None,
        _place(ahead[SIZE - 1], moment) if len(ahead) == 2 * SIZE - 1 else None,
    )


def _place(row: Any, moment: str) -> Place:
    return Place(getattr(row, moment).isoformat(), 0, row.pk)


def _beyond(place: Place, moment: str, side: str) -> Q:
    beyond, same = {f"{moment}__{side}": place.at}, {moment: place.at, f"pk__{side}": place.pk}
    return Q(**beyond) | Q(**same)
