"""What grouping read of sources: from a cache, else as it was stored, else from their texts.

Nothing here must fit one worker's memory: the database holds all, the cache what is in use.
"""

from __future__ import annotations

import datetime
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from django.db.models.functions import Left

from events.ingestion.group_keys import rare_terms
from events.ingestion.group_model import GroupModel, load_model
from events.ingestion.group_reading import Item, Reading, read_items
from events.ingestion.near_duplicates import BODY_CHARS, Copyable, copy_keys, prepare
from events.ingestion.relevance import relevances_of
from events.ingestion.shelf_rows import Head, New, heads, store, with_readings, with_texts
from events.language.background import HASH_SPACE, Floats
from events.models import Source, TermFrequency

CACHED = 20_000  # readings of some 6 KB each
# What was looked at so short a while ago is not looked at again, where it only ranks.
RECENT_SECONDS = 60.0


class Known(NamedTuple):
    """A source as grouping knows it."""

    pk: int
    title: str
    at: float  # seconds since 1970
    copy_of_id: int | None
    publisher_id: int | None
    stamp: int
    reading: Reading


_cache: OrderedDict[int, tuple[float, Known]] = OrderedDict()  # with the time of the last look
_frequency: dict[datetime.datetime | None, tuple[Floats, int, Floats]] = {}


class Shelf:
    """The model, with term weights as the window last had them."""

    def __init__(self) -> None:
        self.model: GroupModel = load_model()
        self.frequency, self.frequency_of, self.weight = _window_frequency(self.model)

    def recent(self, source_ids: Iterable[int]) -> dict[int, Known]:
        """As they are, or were within the last minute."""
        ids = set(source_ids)
        since = time.monotonic() - RECENT_SECONDS
        held = [_cache[pk] for pk in ids & _cache.keys()]
        known = {source.pk: source for at, source in held if at > since}
        for pk in known:
            _cache.move_to_end(pk)
        return known | self.read(ids - known.keys())

    def read(self, source_ids: Iterable[int], *, mend: bool = False) -> dict[int, Known]:
        """By id, in order of ids. With `mend`, what had to be read from its text is stored."""
        ids = set(source_ids)
        found = with_readings(ids, ids - _cache.keys()) if ids else []
        known: dict[int, Known] = {}
        unread: list[Head] = []
        for head, stored in found:
            if reading := stored or _cached(head):
                known[head.pk] = _keep(head, reading)
            else:
                unread.append(head)
        if unread:
            known = dict(sorted((known | self._read_unstored(unread, mend)).items()))
        while len(_cache) > CACHED:
            _cache.popitem(last=False)
        return known

    def read_new(self, source_ids: Iterable[int]) -> list[New]:
        """The texts themselves, with the words that explanations are made of."""
        return self._read_texts(heads(source_ids))

    def read_again(self, source_ids: Iterable[int]) -> dict[int, Known]:
        """With the words that explanations are made of."""
        return {new.head.pk: _known(new.head, new.reading) for new in self.read_new(source_ids)}

    def texts(self, source_ids: Collection[int]) -> dict[int, Copyable]:
        """What copies are recognised by."""
        found = with_texts(source_ids) if source_ids else []
        unread = self._read_texts([head for head, text in found if text is None])
        texts = {head.pk: text for head, text in found if text is not None}
        return texts | {new.head.pk: new.text for new in unread}

    def add(self, sources: Sequence[New]) -> dict[int, Known]:
        """Store what was read, so that the sources are found from now on."""
        store(sources)
        for new in sources:
            _keep(new.head, replace(new.reading, spelled={}))
        return {new.head.pk: _known(new.head, new.reading) for new in sources}

    def _read_unstored(self, unread: Sequence[Head], mend: bool) -> dict[int, Known]:
        """What nobody read yet, or read under another title."""
        sources = self._read_texts(unread)
        if mend:
            store(sources)
        return {new.head.pk: _keep(new.head, replace(new.reading, spelled={})) for new in sources}

    def _read_texts(self, wanted: Sequence[Head]) -> list[New]:
        if not wanted:
            return []
        # A text may be as long as a book: only its beginning is read.
        rows = (
            Source.objects.filter(pk__in=[head.pk for head in wanted])
            .order_by()
            .values_list("pk", Left("summary", BODY_CHARS), Left("text", BODY_CHARS), "url", "lang")
        )
        texts = {pk: rest for pk, *rest in rows}
        items = [_item(head, *texts[head.pk]) for head in wanted]
        readings = read_items(items, self.model)
        relevances = relevances_of([(item.title, item.summary) for item in items])
        prepared = [prepare(item) for item in items]
        keys = copy_keys(prepared)
        rare = [rare_terms(reading, self.weight) for reading in readings]
        columns = (wanted, map(_as_stored, readings), prepared, relevances, keys, rare)
        return [New(*row) for row in zip(*columns, strict=True)]


def _item(head: Head, summary: str, text: str, url: str, lang: str) -> Item:
    at = datetime.datetime.fromtimestamp(head.at, datetime.UTC)
    return Item(head.pk, head.title, summary, text, url, at=at, lang=lang)


def save_frequency(frequency: Floats, document_count: int, now: datetime.datetime) -> None:
    """Keep how common terms are in the window, for all workers."""
    terms = np.flatnonzero(frequency).astype(np.int32)
    TermFrequency.objects.update_or_create(
        pk=1,
        defaults={
            "terms": terms.tobytes(),
            "counts": np.minimum(frequency[terms], 65_535).astype(np.uint16).tobytes(),
            "document_count": document_count,
            "counted_at": now,
        },
    )


def _window_frequency(model: GroupModel) -> tuple[Floats, int, Floats]:
    """Counts and weights as last saved; read again only after they were counted anew."""
    counted_at = TermFrequency.objects.values_list("counted_at", flat=True).first()
    if counted_at not in _frequency:
        frequency, count = np.zeros(HASH_SPACE, np.float32), 0
        if counted_at is not None:
            row = TermFrequency.objects.get()
            frequency[np.frombuffer(row.terms, np.int32)] = np.frombuffer(row.counts, np.uint16)
            counted_at, count = row.counted_at, row.document_count
        weight = model.background.term_weight(frequency, count)
        _frequency.clear()
        _frequency[counted_at] = (frequency, count, weight)
    return _frequency[counted_at]


def _cached(head: Head) -> Reading | None:
    if head.pk not in _cache:
        return None
    known = _cache[head.pk][1]
    return known.reading if known.stamp == head.stamp else None


def _keep(head: Head, reading: Reading) -> Known:
    known = _known(head, reading)
    _cache[head.pk] = (time.monotonic(), known)
    _cache.move_to_end(head.pk)
    return known


def _known(head: Head, reading: Reading) -> Known:
    return Known(*head, reading)


def _as_stored(reading: Reading) -> Reading:
    """With a vector as coarse as the stored one: what is fresh and what is stored look alike."""
    return replace(reading, vector=reading.vector.astype(np.float16).astype(np.float32))
