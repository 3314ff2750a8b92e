"""What the queue leaves out as off topic, and who may move the line."""

import pytest
from django.test import Client
from django.urls import reverse

from events.models import RelevanceRule, Story
from tests.admin.test_desk import shown
from tests.moderation.making import make_story, make_user

pytestmark = pytest.mark.django_db
RELEVANT, OFF_TOPIC, SAMPLED = 5_003, 5_001, 5_050


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user("administrator"))
    make_story(1, title="A lab opens its weights", relevance=0.93, pk=RELEVANT)
    make_story(1, title="A pie wins a prize", relevance=0.02, pk=OFF_TOPIC)
    return client


def test_a_story_below_the_threshold_waits_only_where_it_is_asked_for(desk: Client) -> None:
    assert "A pie wins" not in shown(desk)
    assert "A lab opens" in shown(desk)
    dropped = shown(desk, "?about=dropped")
    assert "A pie wins" in dropped
    assert "A lab opens" not in dropped
    assert "A pie wins" in shown(desk, "?about=all")
    assert "A pie wins" in shown(desk, "?q=pie")


def test_a_story_nobody_has_judged_waits_like_a_relevant_one(desk: Client) -> None:
    make_story(1, title="Not judged yet", relevance=None)
    assert "Not judged yet" in shown(desk)


def test_a_sample_of_what_is_dropped_waits_and_says_so(desk: Client) -> None:
    make_story(1, title="A goat on a roof", relevance=0.02, pk=SAMPLED)
    page = shown(desk)
    assert page.index("sample of what is dropped") > page.index("A goat on a roof")
    assert page.count("sample of what is dropped") == 1


def test_an_administrator_moves_the_threshold_and_the_queue_follows(desk: Client) -> None:
    add = reverse("admin:events_relevancerule_add")
    assert desk.post(add, {"threshold": "0.01", "sample_every": "10"}).status_code == 302
    assert "A pie wins" in shown(desk)
    change = reverse("admin:events_relevancerule_change", args=[1])
    page = desk.post(change, {"threshold": "0.95", "sample_every": "10"}, follow=True)
    assert page.status_code == 200
    assert Story.objects.filter(relevance__lt=RelevanceRule.current().threshold).count() == 2
    assert "A lab opens" not in shown(desk)
    assert desk.get(add).status_code == 403  # there is one rule


def test_a_moderator_sees_the_threshold_but_does_not_move_it(desk: Client) -> None:
    desk.force_login(make_user("moderator"))
    assert desk.get(reverse("admin:events_relevancerule_changelist")).status_code == 200
    assert desk.get(reverse("admin:events_relevancerule_add")).status_code == 403
