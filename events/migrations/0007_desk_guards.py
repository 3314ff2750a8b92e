"""Corrections are part of an event's revisions and are kept as they were written."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "0007_desk_guards.sql").read_text()
REVERSE = """
DROP TRIGGER correction_append_only ON events_correction;
DROP TRIGGER correction_no_truncate ON events_correction;
DROP TRIGGER correction_revised ON events_correction;
DROP FUNCTION record_snapshot(bigint);
ALTER FUNCTION record_snapshot_without_corrections(bigint) RENAME TO record_snapshot;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0006_corrections")]

    operations = [migrations.RunSQL(SQL, REVERSE)]
