"""What drafting knows, and how long it goes on knowing it."""

import pytest
from django.db.models import F

from events.drafting.knowledge import LEARNED_AGAIN, Knowledge
from events.models import Actor, Edition
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
