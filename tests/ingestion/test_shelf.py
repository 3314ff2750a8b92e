"""What is stored of a source that was read, and what may be forgotten."""

import datetime
from dataclasses import asdict, replace

import numpy as np
import pytest
from django.utils import timezone

from events.ingestion import shelf as shelves
from events.ingestion.group_reading import Reading
from events.ingestion.placing import place_sources
from events.ingestion.shelf import Shelf
from events.ingestion.shelf_rows import KEPT, forget
from events.models import CopyKey, Source, StoredReading, TermKey
from tests.ingestion.test_placing import NVIDIA_A, make_source, story_of

pytestmark = pytest.mark.django_db
LEDE = (
    "The chipmaker lost more than any company before it in one day, after a Chinese laboratory "
    "had shown a model that was trained for a fraction of what American ones cost, analysts said."
)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    shelves._cache.clear()


def assert_alike(one: Reading, other: Reading) -> None:
    np.testing.assert_equal(asdict(one), asdict(other))


def test_a_stored_reading_is_the_reading_without_its_spelling() -> None:
    source = make_source(NVIDIA_A, summary=LEDE, lang="en")
    [new] = Shelf().read_new([source.pk])
    place_sources([source.pk])
    shelves._cache.clear()
    Source.objects.update(summary="what stands here now is not read")
    assert_alike(Shelf().read([source.pk])[source.pk].reading, replace(new.reading, spelled={}))
    assert Shelf().texts([source.pk]) == {source.pk: new.text}


def test_a_source_that_got_another_title_is_read_anew() -> None:
    source = make_source(NVIDIA_A)
    place_sources([source.pk])
    Source.objects.update(title="EU court fines airline over refunds")
    [new] = Shelf().read_new([source.pk])
    assert_alike(Shelf().read([source.pk])[source.pk].reading, replace(new.reading, spelled={}))


def test_what_was_looked_at_within_a_minute_is_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = make_source(NVIDIA_A)
    place_sources([source.pk])
    before = Shelf().read([source.pk])[source.pk]
    Source.objects.update(title="Another title of the same article altogether")
    assert Shelf().recent([source.pk])[source.pk] is before
    monkeypatch.setattr(shelves, "RECENT_SECONDS", 0)
    assert Shelf().recent([source.pk])[source.pk].title.startswith("Another title")


def test_a_copy_is_recognised_long_after_the_reading_was_forgotten() -> None:
    original = make_source(NVIDIA_A, summary=LEDE)
    place_sources([original.pk])
    forget(timezone.now() + KEPT + datetime.timedelta(minutes=1))
    assert not StoredReading.objects.exists()
    assert not TermKey.objects.exists()
    assert CopyKey.objects.exists()
    shelves._cache.clear()
    copy = make_source(NVIDIA_A, publisher="Post", hours=24 * 40, summary=LEDE)
    place_sources([copy.pk])
    copy.refresh_from_db()
    assert copy.copy_of == original
    assert story_of(copy) == story_of(original)


def test_readings_of_the_window_are_not_forgotten() -> None:
    source = make_source(NVIDIA_A)
    place_sources([source.pk])
    forget(timezone.now() + KEPT - datetime.timedelta(minutes=1))
    assert StoredReading.objects.filter(source=source).exists()
    assert TermKey.objects.filter(source=source).exists()
