"""The search index of the public record: one row per event, written by triggers."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Coalesce

SQL = (Path(__file__).parent / "0003_search.sql").read_text()
REVERSE = """
DROP FUNCTION IF EXISTS record_index_on_revision() CASCADE;
DROP FUNCTION IF EXISTS record_index_on_actor() CASCADE;
DROP FUNCTION IF EXISTS record_index_on_source() CASCADE;
DROP FUNCTION IF EXISTS record_index(bigint[]) CASCADE;
DROP FUNCTION IF EXISTS record_document(bigint) CASCADE;
DROP FUNCTION IF EXISTS record_words(text) CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="EventSearch",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="events.event",
                    ),
                ),
                ("document", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["document"], name="event_search"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.F("status"),
                Coalesce("earliest", "latest").desc(),
                models.F("importance").desc(),
                models.F("id").desc(),
                name="event_reading_order",
            ),
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
