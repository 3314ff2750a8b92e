import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# Terms bound to days were numbered downwards from -1, far from where the hashes of copies lie.
KEEP_KEYS = """
CREATE TEMPORARY TABLE old_key ON COMMIT DROP AS
    SELECT DISTINCT unnest(keys) AS key, source_id FROM events_fingerprint;
INSERT INTO events_copykey (key, source_id)
    SELECT key, source_id FROM old_key WHERE key NOT BETWEEN -(1::bigint << 40) AND -1;
INSERT INTO events_termkey (key, source_id)
    SELECT key, source_id FROM old_key WHERE key BETWEEN -(1::bigint << 40) AND -1;
"""


def key_table(name: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            ('key', models.BigIntegerField()),
            ('source', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.source')),
            ('pk', models.CompositePrimaryKey('key', 'source_id', blank=True, editable=False, primary_key=True, serialize=False)),
        ],
    )


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0010_topics'),
    ]

    operations = [
        key_table('CopyKey'),
        key_table('TermKey'),
        migrations.CreateModel(
            name='StoredReading',
            fields=[
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='stored_reading', serialize=False, to='events.source')),
                ('stamp', models.BigIntegerField()),
                ('reading', models.BinaryField()),
                ('text', models.BinaryField()),
                ('term_keys', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['stored_at'], name='stored_reading_at')],
            },
        ),
        migrations.RunSQL(KEEP_KEYS, migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name='fingerprint',
            name='fingerprint_keys',
        ),
        migrations.RemoveIndex(
            model_name='fingerprint',
            name='fingerprint_at',
        ),
        migrations.RemoveField(
            model_name='fingerprint',
            name='keys',
        ),
        migrations.AddField(
            model_name='fingerprint',
            name='relevance',
            field=models.FloatField(help_text='Probability that the source is about the AI race.', null=True),
        ),
    ]
