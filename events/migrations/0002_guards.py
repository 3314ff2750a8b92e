"""Rules that the database itself keeps: revisions, the edition, citations, append-only tables."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent / "0002_guards.sql").read_text()
REVERSE = """
DROP FUNCTION IF EXISTS record_refuse() CASCADE;
DROP FUNCTION IF EXISTS record_refuse_truncate() CASCADE;
DROP FUNCTION IF EXISTS record_on_change() CASCADE;
DROP FUNCTION IF EXISTS record_on_named_change() CASCADE;
DROP FUNCTION IF EXISTS record_on_source_change() CASCADE;
DROP FUNCTION IF EXISTS record_revise(bigint) CASCADE;
DROP FUNCTION IF EXISTS record_snapshot(bigint) CASCADE;
DROP FUNCTION IF EXISTS record_bump_edition() CASCADE;
DELETE FROM events_edition;
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_schema")]

    operations = [migrations.RunSQL(SQL, REVERSE)]
