"""Topic rules on what comes in, and again on what is stored."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from events import tasks
from events.ingestion import topic_rules
from events.ingestion.placing import place_sources
from events.models import Actor, Decision, Entry, Feed, Source, Story, TopicRule
from events.moderation.stories import reject_story
from tests.ingestion.conftest import NOW, Poll, item, rss
from tests.moderation.making import make_user

pytestmark = pytest.mark.django_db
SINCE = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
POKER = item("p", "Poker chips on sale", link="https://news.example.org/poker")
R1 = item("r", "DeepSeek releases R1", link="https://news.example.org/r1")


def drop(**fields: object) -> TopicRule:
    return TopicRule.objects.create(
        **{"verdict": "drop", "reason": "games", "words": ["poker"], **fields}
    )


def states() -> dict[str, tuple[str, str, bool]]:
    return {
        entry.title: (entry.state, entry.reason, entry.source_id is not None)
        for entry in Entry.objects.all()
    }


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("topic_rules", *arguments, "--days", "36500", stdout=out)
    return out.getvalue()


def test_a_dropped_entry_keeps_its_row_and_reason_and_becomes_no_source(
    feed: Feed, poll: Poll
) -> None:
    drop()
    result = poll(feed, rss(POKER, R1))
    assert states() == {
        "Poker chips on sale": ("dropped", "games (“Poker”)", False),
        "DeepSeek releases R1": ("accepted", "", True),
    }
    assert (result.new, result.rejected) == (1, 1)
    assert [source.title for source in Source.objects.all()] == ["DeepSeek releases R1"]


def test_a_dropped_entry_that_is_edited_stays_dropped_for_the_same_reason(
    feed: Feed, poll: Poll
) -> None:
    drop()
    poll(feed, rss(POKER))
    renamed = item("p", "Cards on sale", link="https://news.example.org/poker")
    poll(feed, rss(renamed), NOW + datetime.timedelta(hours=1))
    assert states() == {"Cards on sale": ("dropped", "games (“Poker”)", False)}


def test_an_entry_of_a_low_rule_becomes_a_source_and_says_why(feed: Feed, poll: Poll) -> None:
    drop(verdict="low")
    poll(feed, rss(POKER))
    assert states() == {"Poker chips on sale": ("low", "games (“Poker”)", True)}


def test_a_feeds_own_rule_counts_before_the_global_ones(feed: Feed, poll: Poll) -> None:
    drop(position=1)
    TopicRule.objects.create(feed=feed, verdict="accept", reason="ours", words=["chips"])
    poll(feed, rss(POKER))
    assert states()["Poker chips on sale"][0] == "accepted"


def test_a_rule_of_another_feed_and_one_switched_off_count_for_nothing(
    feed: Feed, poll: Poll
) -> None:
    drop(feed=Feed.objects.create(url="https://other.example.org/feed"))
    drop(is_enabled=False)
    poll(feed, rss(POKER))
    assert states()["Poker chips on sale"][0] == "accepted"


def test_a_rule_with_an_actor_fits_its_name_and_aliases_and_not_everything(
    feed: Feed, poll: Poll
) -> None:
    actor = Actor.objects.create(name="High-Flyer", slug="hf", kind="company", aliases=["DeepSeek"])
    drop(words=[], reason="too close").actors.add(actor)
    poll(feed, rss(POKER, R1))
    assert {title: state[0] for title, state in states().items()} == {
        "Poker chips on sale": "accepted",
        "DeepSeek releases R1": "dropped",
    }


def test_a_dry_run_shows_counts_and_samples_and_changes_nothing(feed: Feed, poll: Poll) -> None:
    poll(feed, rss(POKER, R1))
    rule = drop()
    before = states()
    said = run("--dry-run")
    assert "2 entries of 36500 days: 1 accepted, 1 dropped" in said
    assert f"1  rule {rule.pk}: drop: games" in said
    assert "accepted → dropped: 1" in said
    assert "Poker chips on sale  [games (“Poker”)]" in said
    assert states() == before


def test_only_entries_of_the_last_days_are_judged(feed: Feed, poll: Poll) -> None:
    poll(feed, rss(POKER))
    drop()
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    assert topic_rules.rehearse(tomorrow).judged == 0
    assert topic_rules.apply(tomorrow) == []
    assert topic_rules.rehearse(SINCE).judged == 1


def test_rules_made_later_drop_what_is_stored_and_reject_its_story(feed: Feed, poll: Poll) -> None:
    place_sources(poll(feed, rss(POKER, R1)).new_source_ids)
    drop()
    assert "1 stories rejected as off topic" in run()
    assert states()["Poker chips on sale"] == ("dropped", "games (“Poker”)", True)
    poker, r1 = Story.objects.order_by("title").reverse()
    assert (poker.state, poker.reject_reason, r1.state) == ("rejected", "off-topic", "open")
    assert poker.decisions.get().by_name == "timeline"


def test_rules_taken_back_bring_everything_back(feed: Feed, poll: Poll) -> None:
    place_sources(poll(feed, rss(POKER)).new_source_ids)
    drop()
    run()
    drop_on_arrival = item("q", "Poker night", link="https://news.example.org/night")
    poll(feed, rss(POKER, drop_on_arrival), NOW + datetime.timedelta(hours=1))
    assert states()["Poker night"] == ("dropped", "games (“Poker”)", False)
    TopicRule.objects.update(is_enabled=False)
    assert "1 restored" in run()
    assert states() == {
        "Poker chips on sale": ("accepted", "", True),
        "Poker night": ("accepted", "", True),
    }
    assert not Source.objects.filter(membership__isnull=True).exists()
    assert set(Story.objects.values_list("state", flat=True)) == {"open"}


def test_running_the_rules_again_changes_nothing(feed: Feed, poll: Poll) -> None:
    place_sources(poll(feed, rss(POKER, R1)).new_source_ids)
    drop()
    run()
    before = states(), Decision.objects.count()
    assert "Done: 0 sources concerned, 0 stories rejected" in run()
    assert (states(), Decision.objects.count()) == before


def test_what_people_decided_stays(feed: Feed, poll: Poll) -> None:
    place_sources(poll(feed, rss(POKER, R1)).new_source_ids)
    kept = Story.objects.get(title="Poker chips on sale")
    kept.memberships.update(is_confirmed=True)
    rejected = Story.objects.get(title="DeepSeek releases R1")
    reject_story(rejected, by=make_user(), why="off-topic")
    drop(words=["poker", "deepseek"])
    run()
    TopicRule.objects.all().delete()
    run()
    assert Story.objects.get(pk=kept.pk).state == "open"
    assert Story.objects.get(pk=rejected.pk).state == "rejected"


def test_the_task_says_who_had_the_rules_applied(feed: Feed, poll: Poll) -> None:
    place_sources(poll(feed, rss(POKER), timezone.now()).new_source_ids)
    drop()
    user = make_user()
    tasks.apply_topic_rules(1, user.pk)
    assert Decision.objects.get().by == user


def test_days_must_be_a_number_of_days() -> None:
    with pytest.raises(Exception, match="1 or more"):
        call_command("topic_rules", "--days", "0")
