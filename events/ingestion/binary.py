"""Many numbers and bytes to and from the database in its own binary form.

Django's cursor writes every value into the text of a statement and reads text back. Grouping
sends thousands of keys a second and reads kilobytes of packed readings a source; writing those
as text and parsing them, on both sides, took a seventh of its time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

# PostgreSQL's numbers of the types that an array is made of.
_ELEMENTS = {"int64": 20, "float32": 700, "float64": 701}
_HEAD, _SIZE = struct.Struct("!III"), struct.Struct("!II")


@contextmanager
def binary_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """Within Django's transaction and with Django's errors.

    A parameter that is an array of numpy needs a cast in the statement: `%s::bigint[]`.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.format = Format.BINARY
        cursor.adapters.register_dumper(np.ndarray, _ArrayDumper)
        yield cursor


def bigints(numbers: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(numbers, np.int64)


def by_key(
    ids: NDArray[np.int64], keys: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both in the order of the keys: an index is faster walked along than jumped about in."""
    order = np.argsort(keys)
    return ids[order], keys[order]


class _ArrayDumper(Dumper):
    """An array of one dimension; each number stands behind its size in bytes."""

    format = Format.BINARY

    def dump(self, obj: NDArray[Any]) -> bytes:
        element = _ELEMENTS[obj.dtype.name]
        if not len(obj):
            return _HEAD.pack(0, 0, element)
        kind = [("size", ">i4"), ("value", obj.dtype.newbyteorder(">"))]
        numbers = np.empty(len(obj), kind)
        numbers["size"], numbers["value"] = obj.dtype.itemsize, obj
        return _HEAD.pack(1, 0, element) + _SIZE.pack(len(obj), 1) + numbers.tobytes()
