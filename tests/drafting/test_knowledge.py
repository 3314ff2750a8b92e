"""What drafting knows, and how long it goes on knowing it."""

import datetime

import pytest
from django.db.models import F

from events.drafting.knowledge import LEARNED_AGAIN, Knowledge, likely_events, source_text
from events.drafting.rarity import Rarity
from events.drafting.texts import SourceText
from events.models import Actor, Edition, Source
from events.moderation import lifecycle
from tests.moderation.making import make_event, make_user

pytestmark = pytest.mark.django_db


def test_a_new_name_is_known_at_once_and_nothing_else_is_read_again() -> None:
    make_event(title="One")
    before = Knowledge.current()
    actor = Actor.objects.create(name="DeepSeek", slug="deepseek", kind="lab")
    after = Knowledge.current()
    assert after.who.kinds == {actor.pk: "lab"}
    assert after.learned is before.learned


def test_the_record_is_learned_anew_after_some_editions() -> None:
    event, by = make_event(title="One"), make_user()
    before = Knowledge.current()
    lifecycle.amend(event, by=by, title="Two")
    assert Knowledge.current().learned is before.learned
    Edition.objects.update(number=F("number") + LEARNED_AGAIN)
    assert Knowledge.current().learned is not before.learned


def test_a_name_with_a_hyphen_finds_the_events_that_have_it() -> None:
    event = make_event(title="TII releases Falcon-Mamba", date="2023-03-14")
    make_event(title="Meta opens a site in Texas", date="2023-03-14")
    asked = [SourceText("Falcon-Mamba")]
    assert likely_events(asked, Rarity.of([])) == [event]


def test_a_title_that_says_nothing_finds_events_of_its_days() -> None:
    make_event(title="Long before", date="2025-11-30")
    event = make_event(title="Zhipu releases a model", date="2025-12-22")
    asked = [SourceText("Form 8-K", published=datetime.date(2025, 12, 23))]
    assert likely_events(asked, Rarity.of([])) == [event]


def test_a_source_whose_month_alone_is_known_came_out_some_day_of_it() -> None:
    vague = Source(title="Report", published="2025-07")
    dated = Source(title="Report", published="2025-07", published_at=vague.first_seen_at)
    assert source_text(vague).days == (datetime.date(2025, 7, 1), datetime.date(2025, 7, 31))
    assert source_text(dated).days == (vague.first_seen_at.date(),) * 2
