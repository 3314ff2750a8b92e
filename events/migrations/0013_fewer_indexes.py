"""Indexes that others made superfluous on the tables that grow by the million.

Each goes by its name: Django would drop and check anew the foreign key of a field that loses its
index. The names come from the table and the column, so they are the same everywhere.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def without_index(
    model: str, field: models.ForeignKey, name: str, index: str
) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"DROP INDEX IF EXISTS {index}",
                f"CREATE INDEX {index} ON events_{model} ({name}_id)",
            )
        ],
        state_operations=[migrations.AlterField(model, name, field)],
    )


class Migration(migrations.Migration):
    dependencies = [("events", "0012_plural_of_entry")]

    operations = [
        migrations.AddIndex(
            "source",
            models.Index(
                condition=Q(copy_of__isnull=False), fields=["copy_of"], name="source_copies"
            ),
        ),
        migrations.AlterField(
            "source", "public_id", models.CharField(editable=False, max_length=16, null=True)
        ),
        migrations.AddConstraint(
            "source",
            models.UniqueConstraint(
                condition=Q(public_id__isnull=False),
                fields=("public_id",),
                name="source_public_id_once",
            ),
        ),
        without_index(
            "source",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="copies",
                to="events.source",
            ),
            "copy_of",
            "events_source_copy_of_id_3639a59d",
        ),
        without_index(
            "entry",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="events.feed",
            ),
            "feed",
            "events_entry_feed_id_a9fcfdaf",
        ),
        without_index(
            "feedrun",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="runs",
                to="events.feed",
            ),
            "feed",
            "events_feedrun_feed_id_2cbbeae6",
        ),
        without_index(
            "story",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assigned_stories",
                to=settings.AUTH_USER_MODEL,
            ),
            "assigned_to",
            "events_story_assigned_to_id_30450617",
        ),
    ]
