"""What grouping sends to the database in binary form arrives as it is."""

import numpy as np
import pytest
from django.db import DataError, transaction

from events.ingestion.binary import bigints, binary_cursor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("numbers", [[], [1, -(2**63), 2**63 - 1]])
def test_numbers_come_back_as_they_were_sent(numbers: list[int]) -> None:
    with binary_cursor() as cursor:
        cursor.execute("SELECT %s::bigint[]", [bigints(numbers)])
        assert cursor.fetchall() == [(numbers,)]


def test_fractions_and_bytes_come_back_as_they_were_sent() -> None:
    sent = [np.array([0.1, -1e300]), np.array([0.5, 3], np.float32), [b"\0\xff", b""]]
    with binary_cursor() as cursor:
        cursor.execute("SELECT %s::float[], %s::real[], %s::bytea[]", sent)
        assert cursor.fetchall() == [([0.1, -1e300], [0.5, 3], [b"\0\xff", b""])]


def test_a_failure_is_djangos_error_and_ends_only_its_transaction() -> None:
    with pytest.raises(DataError), transaction.atomic(), binary_cursor() as cursor:
        cursor.execute("SELECT 1 / %s", [0])
    with binary_cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]
