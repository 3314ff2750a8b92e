"""What a reader may have meant when a search finds nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection
from rapidfuzz import fuzz, process

LEAST_ALIKE = 72
_WORD = re.compile(r"[^\W_]{3,}")


def respelled(text: str, vocabulary: Sequence[str]) -> str:
    """`text` with unknown words replaced by the nearest of the vocabulary.

    Empty when every word is known or none comes near.
    """
    words = _WORD.findall(text)
    if not words:
        return ""
    replaced = text
    for word in words:
        if word.casefold() in vocabulary:
            continue
        best = process.extractOne(
            word.casefold(), vocabulary, scorer=fuzz.ratio, score_cutoff=LEAST_ALIKE
        )
        if best:
            replaced = re.sub(rf"\b{re.escape(word)}\b", best[0], replaced)
    return replaced if replaced != text else ""


def read_vocabulary() -> list[str]:
    """Names as they are written: weight A of the search index, most used first. One query, which
    reads the whole index: at 100,000 events it takes a second."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT word FROM ts_stat(
                'SELECT document FROM events_eventsearch s JOIN events_event e ON e.id = s.event_id
                 WHERE e.status = ''published''', 'a')
            WHERE length(word) > 2 ORDER BY ndoc DESC, word LIMIT 20000
            """
        )
        return [word for (word,) in cursor.fetchall()]
