"""Rules that the database keeps against every writer, psql included."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from events.models import Citation, Decision, Edition, Event, Publisher, Revision, Source
from events.moderation.step import ModerationError, step

pytestmark = pytest.mark.django_db


def make_event(**fields: object) -> Event:
    values = {
        "slug": "deepseek-r1",
        "title": "DeepSeek releases R1",
        "date": "2025-01-20",
        "category": Event.Category.MODEL_RELEASE,
    }
    return Event.objects.create(**{**values, **fields})


def make_source(url: str = "https://example.org/r1") -> Source:
    publisher, _ = Publisher.objects.get_or_create(name="Example", slug="example")
    return Source.objects.create(canonical_url=url, url=url, title="R1", publisher=publisher)


def publish(event: Event) -> None:
    with step(by=None, reason="test"):
        Citation.objects.create(event=event, source=make_source())
        event.status = Event.Status.PUBLISHED
        event.first_published_at = timezone.now()
        event.save()


def test_published_event_without_citation_is_refused() -> None:
    event = make_event()
    with pytest.raises(ModerationError, match="needs at least one source"), step(by=None):
        event.status = Event.Status.PUBLISHED
        event.first_published_at = timezone.now()
        event.save()


def test_last_citation_of_a_published_event_cannot_be_deleted() -> None:
    event = make_event()
    publish(event)
    with pytest.raises(ModerationError), step(by=None):
        event.citations.all().delete()


def test_raw_sql_update_leaves_a_revision_and_moves_the_edition() -> None:
    event = make_event()
    publish(event)
    before = Edition.objects.get().number
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE events_event SET title = 'R1, renamed' WHERE id = %s", [event.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    newest = Revision.objects.filter(event=event).first()
    assert newest is not None
    assert newest.snapshot["event"]["title"] == "R1, renamed"
    assert newest.by_name.startswith("database: ")
    # The test runs in one transaction, in which the edition moves once.
    assert Edition.objects.get().number == before
    assert newest.edition == before


def test_saving_without_a_change_leaves_no_revision() -> None:
    event = make_event()
    with step(by=None):
        pass
    count = Revision.objects.count()
    with step(by=None):
        event.save()
    assert Revision.objects.count() == count == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE events_decision SET reason = 'x'",
        "DELETE FROM events_decision",
        "UPDATE events_revision SET reason = 'x'",
        "DELETE FROM events_revision",
        "DELETE FROM events_event",
        "UPDATE events_event SET public_id = 'zzzzzzz'",
    ],
)
def test_append_only_tables_refuse_raw_sql(sql: str) -> None:
    with step(by=None):
        event = make_event()
        Decision.objects.create(action=Decision.Action.DRAFT, by_name="test", event=event)
    with (
        pytest.raises((DatabaseError, IntegrityError), match="refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_an_old_slug_is_never_given_to_another_event() -> None:
    with step(by=None):
        event = make_event()
    with step(by=None):
        event.slug = "deepseek-releases-r1"
        event.save()
    with pytest.raises(ModerationError, match="belonged to another event"), step(by=None):
        make_event()


GROWING = ("source", "entry", "feedrun", "story", "storymembership", "termkey", "copykey")
# A plain index that a longer one over the same rows begins with: only one more to be written.
_SUPERFLUOUS = """
SELECT few.indexrelid::regclass::text, more.indexrelid::regclass::text
FROM pg_index few JOIN pg_index more ON more.indrelid = few.indrelid
    AND more.indexrelid <> few.indexrelid
WHERE few.indrelid = ANY(%s::regclass[]) AND NOT few.indisunique
    AND few.indexprs IS NULL AND more.indexprs IS NULL
    AND coalesce(pg_get_expr(few.indpred, few.indrelid), '')
        = coalesce(pg_get_expr(more.indpred, more.indrelid), '')
    AND array_to_string(more.indkey::int2[], ' ') || ' '
        LIKE array_to_string(few.indkey::int2[], ' ') || ' %%'
    AND split_part(few.indclass::text, ' ', 1) = split_part(more.indclass::text, ' ', 1)
"""


def test_no_table_that_grows_has_an_index_that_another_one_contains() -> None:
    tables = [f"events_{name}" for name in GROWING]
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX superfluous ON events_entry (feed_id)")
        cursor.execute(_SUPERFLUOUS, [tables])
        found = {few for few, _ in cursor.fetchall()}
    assert found == {"superfluous"}
