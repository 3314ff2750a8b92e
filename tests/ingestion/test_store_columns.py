"""What ingestion writes by SQL stays complete when another part of the house adds a column."""

import re

import pytest
from django.db import connection, models

from events.ingestion import store, store_sources
from events.models import Entry, FeedRun, Source


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "sql"),
    [(Source, store_sources.INSERT), (Entry, store.INSERT), (FeedRun, store.FINISH)],
)
def test_columns_that_ingestion_does_not_write_have_a_default_in_the_database(
    model: type[models.Model], sql: str
) -> None:
    table = model._meta.db_table
    inserted = re.search(rf"INSERT INTO {table} \(([^)]*)\)", sql)
    assert inserted
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
            [table],
        )
        needed = {name for (name,) in cursor.fetchall()}
    assert needed - {name.strip() for name in inserted.group(1).split(",")} == set()
