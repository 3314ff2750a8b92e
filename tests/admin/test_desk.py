"""The queue page over HTTP."""

from html import unescape
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from events.admin.menu import sections
from events.models import Decision, Event, Source, Story
from events.moderation import lifecycle
from tests.moderation.making import make_draft, make_event, make_story, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user())
    return client


def shown(client: Client, query: str = "") -> str:
    response = client.get(reverse("admin:index") + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def draft_fields(story_id: int, **changes: str) -> dict[str, str]:
    fields = {
        "title": "DeepSeek releases R1",
        "date": "2025-01-20",
        "category": "model-release",
        "importance": "3",
        "then": "publish",
    }
    sources = Source.objects.filter(membership__story=story_id)
    return {**fields, **{f"cite-{source.pk}": "report" for source in sources}, **changes}


def test_the_start_page_shows_the_story_of_most_publishers_with_sources_and_draft(
    desk: Client,
) -> None:
    make_story(1, title="A smaller story")
    story = make_story(3)
    page = shown(desk)
    for source in story.sources.all():
        assert source.title in page
        assert f'name="cite-{source.pk}"' in page
    assert page.index("DeepSeek releases R1") < page.index("A smaller story")


def test_a_waiting_story_is_published_by_one_form(desk: Client) -> None:
    story = make_story(3)
    response = desk.post(reverse("admin:story_promote", args=[story.pk]), draft_fields(story.pk))
    assert response.headers["Location"] == reverse("admin:index")
    event = Event.objects.get()
    assert (event.status, event.citations.count(), event.importance) == ("published", 3, 3)


def test_a_wrong_draft_keeps_what_was_typed_and_says_what_would_be_right(desk: Client) -> None:
    story = make_story(2)
    fields = draft_fields(story.pk, date="next week", title="My words")
    response = desk.post(reverse("admin:story_promote", args=[story.pk]), fields)
    page = unescape(response.content.decode())
    assert "My words" in page
    assert "“next week” is not a date. Write a date such as 2025-01-20" in page
    assert not Event.objects.exists()


def test_a_story_is_attached_by_the_address_of_an_event(desk: Client) -> None:
    story, event = make_story(2), make_event()
    address = f"https://timeline.example{event.get_absolute_url()}"
    desk.post(reverse("admin:story_attach", args=[story.pk]), {"event": address})
    assert event.citations.count() == 3


def test_a_retracted_event_is_named_as_alike_but_takes_no_story(desk: Client) -> None:
    event = make_event()
    story = make_story(1, looks_like=lifecycle.retract_event(event, by=None, reason="A hoax."))
    page = shown(desk, f"?story={story.pk}")
    assert "A hoax." in page
    assert f'name="event" value="{event.public_id}"' not in page


def test_attaching_to_nothing_known_says_so(desk: Client) -> None:
    story = make_story(1)
    response = desk.post(reverse("admin:story_attach", args=[story.pk]), {"event": "zzz"})
    assert "No event is called “zzz”" in unescape(response.content.decode())


@pytest.mark.parametrize(
    ("step", "fields", "typed"),
    [
        pytest.param("attach", {"event": "nothing", "reason": "words"}, "nothing", id="attach"),
        pytest.param("reject", {"why": "bored", "reason": "many words"}, "many words", id="reject"),
        pytest.param("assign", {"to": "nobody"}, "nobody", id="assign"),
        pytest.param("arrange", {"how": "merge", "story": "0 words"}, "0 words", id="arrange"),
    ],
)
def test_a_refused_step_is_open_again_with_what_was_typed(
    desk: Client, step: str, fields: dict[str, str], typed: str
) -> None:
    story = make_story(2)
    response = desk.post(reverse(f"admin:story_{step}", args=[story.pk]), fields)
    page = response.content.decode()
    assert f'value="{typed}"' in page
    opened = page.split('role="alert"')[0].rsplit("<details", 1)[1].split(">")[0]
    assert " open" in opened


def test_a_rejected_story_is_found_again_and_restored(desk: Client) -> None:
    story = make_story(1)
    desk.post(reverse("admin:story_reject", args=[story.pk]), {"why": "off-topic"})
    assert story.title not in shown(desk, "?state=open").split("<main", 1)[-1].split("Rejected")[0]
    page = shown(desk, f"?state=rejected&story={story.pk}")
    assert "rejected: Not about the AI race" in page
    desk.post(reverse("admin:story_restore", args=[story.pk]))
    story.refresh_from_db()
    assert story.state == "open"


def undo_offered(page: str) -> str:
    """The decisions that the page offers to take back."""
    return page.split('name="decisions" value="')[1].split('"')[0]


def test_publishing_is_taken_back_as_a_whole_by_the_button_beside_what_was_said(
    desk: Client,
) -> None:
    story = make_story(3)
    desk.post(reverse("admin:story_promote", args=[story.pk]), draft_fields(story.pk))
    wanted = undo_offered(shown(desk))
    assert len(wanted.split()) == 2  # drafted, then published
    response = desk.post(reverse("admin:undo_steps"), {"decisions": wanted})
    assert response.headers["Location"] == f"{reverse('admin:index')}?story={story.pk}"
    story.refresh_from_db()
    assert (story.state, Event.objects.get().status) == ("open", "retracted")


def test_what_was_drafted_and_undone_is_not_what_a_story_looks_like(desk: Client) -> None:
    event, story = make_event(title="DeepSeek releases R1"), make_story(2)
    for _ in range(6):
        desk.post(reverse("admin:story_promote", args=[story.pk]), draft_fields(story.pk))
        desk.post(reverse("admin:undo_steps"), {"decisions": undo_offered(shown(desk))})
    page = shown(desk, f"?story={story.pk}")
    assert f'name="event" value="{event.public_id}"' in page
    assert "Its creation was undone" not in page


def test_undoing_what_was_changed_since_is_refused_whole(desk: Client) -> None:
    story = make_story(1)
    desk.post(reverse("admin:story_promote", args=[story.pk]), draft_fields(story.pk))
    wanted = undo_offered(shown(desk))
    lifecycle.amend(Event.objects.get(), by=None, title="Another title")
    page = desk.post(reverse("admin:undo_steps"), {"decisions": wanted}, follow=True)
    assert "undo the later step first" in page.content.decode()
    assert Event.objects.get().status == "published"


def test_ticked_stories_are_rejected_together_and_come_back_together(desk: Client) -> None:
    ticked = [make_story(1).pk, make_story(2).pk]
    kept = make_story(1)
    fields = {"story": ticked, "why": "off-topic"}
    desk.post(reverse("admin:stories_reject"), fields)
    states = Story.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["rejected", "rejected", "open"]
    assert Decision.objects.filter(action="reject", story__in=ticked).count() == 2
    desk.post(reverse("admin:undo_steps"), {"decisions": undo_offered(shown(desk))})
    assert set(states.all()) == {"open"}
    assert kept.pk not in ticked


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"why": "off-topic"}, "Tick the stories", id="none ticked"),
        pytest.param({"story": "1", "why": ""}, "Choose why", id="no reason"),
    ],
)
def test_rejecting_together_says_what_is_missing(
    desk: Client, fields: dict[str, str], said: str
) -> None:
    story = make_story(1)
    fields = {name: str(story.pk) if name == "story" else value for name, value in fields.items()}
    assert said in desk.post(reverse("admin:stories_reject"), fields).content.decode()
    story.refresh_from_db()
    assert story.state == "open"


def test_after_a_step_the_next_story_is_open_and_the_filters_stay(desk: Client) -> None:
    story, following = make_story(3), make_story(1)
    fields = {"why": "off-topic", "next": following.pk, "back": "sort=newest"}
    response = desk.post(reverse("admin:story_reject", args=[story.pk]), fields)
    assert response.headers["Location"].endswith(f"?sort=newest&story={following.pk}")


def test_a_draft_is_seen_as_readers_will_before_anything_is_kept(desk: Client) -> None:
    story = make_story(2)
    fields = draft_fields(story.pk, summary="Open *weights*.")
    page = desk.post(reverse("preview_story", args=[story.pk]), fields).content.decode()
    assert "Open <em>weights</em>." in page
    assert (Event.objects.count(), Decision.objects.count()) == (0, 0)
    story.refresh_from_db()
    assert story.state == "open"


def test_a_story_is_given_to_somebody_for_a_day(desk: Client) -> None:
    story, to = make_story(1), make_user("contributor")
    desk.post(reverse("admin:story_assign", args=[story.pk]), {"to": to.username})
    story.refresh_from_db()
    assert story.assigned_to == to
    page = desk.post(reverse("admin:story_assign", args=[story.pk]), {"to": "nobody-such"})
    assert "Nobody here is called “nobody-such”" in page.content.decode()


def test_names_are_offered_while_they_are_typed(desk: Client) -> None:
    event, story = make_event(title="DeepSeek releases R1"), make_story(1, title="Chip bans bite")

    def offered(what: str, text: str) -> list[str]:
        answer = desk.get(reverse(f"admin:lookup_{what}"), {"q": text})
        return [one["value"] for one in answer.json()["found"]]

    assert offered("events", "r1 deeps") == [event.public_id]
    assert offered("events", event.public_id[:3]) == [event.public_id]
    assert offered("stories", "bans chi") == [str(story.pk)]
    assert offered("stories", "' & !") == []


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        pytest.param("", ["Big", "Small"], id="most publishers first"),
        pytest.param("?sort=oldest", ["Small", "Big"], id="oldest first"),
        pytest.param("?voices=3", ["Big"], id="three publishers and more"),
        pytest.param("?q=small", ["Small"], id="words of the title"),
        pytest.param("?sort=nonsense&age=x", ["Big", "Small"], id="unknown values are ignored"),
    ],
)
def test_the_queue_filters_and_orders(desk: Client, query: str, titles: list[str]) -> None:
    make_story(1, title="Small")
    make_story(4, title="Big")
    listed = shown(desk, query).split('class="desk-list"')[1].split("</nav>")[0]
    found = [part.split("<")[0] for part in listed.split('class="desk-title">')[1:]]
    assert found == titles


def test_long_queues_go_on_where_the_page_ended(desk: Client) -> None:
    for number in range(33):
        make_story(1, title=f"Story {number}")
    first = shown(desk)
    more = first.split('class="desk-more" href="')[1].split('"')[0]
    second = shown(desk, more)
    assert first.count('class="desk-title"') == 30
    assert second.count('class="desk-title"') == 3


def test_the_queue_takes_as_many_queries_for_many_stories_as_for_few(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    make_event(title="DeepSeek releases R1")  # alike
    make_story(1)
    shown(desk)  # the first page of a process also learns from the record
    for stories in (1, 12):
        for number in range(stories):
            make_story(3, title=f"Story {number}")
        with django_assert_max_num_queries(15):
            shown(desk)


def test_every_draft_waits_in_the_admin(desk: Client) -> None:
    make_event(publish=False, title="Waiting draft")
    page = desk.get(reverse("admin:events_event_changelist") + "?status__exact=draft")
    assert "Waiting draft" in page.content.decode()


def test_the_desk_evaluates_its_own_scripts_only_and_readers_pages_none(desk: Client) -> None:
    policy = desk.get(reverse("admin:index")).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "default-src 'none'" in policy
    make_draft()
    assert "unsafe" not in desk.get("/").headers["Content-Security-Policy"]


def test_signing_in_by_name_and_password_leads_to_the_queue(client: Client) -> None:
    user = make_user("contributor")
    user.set_password("a long password")
    user.save()
    fields = {"username": user.username, "password": "a long password", "next": "/admin/"}
    response = client.post(reverse("admin:login"), fields)
    assert response.headers["Location"] == "/admin/"
    assert "Every story has been looked at" in shown(client)


@pytest.mark.parametrize("role", ["", None])
def test_without_a_role_nobody_enters(client: Client, role: str | None) -> None:
    if role is not None:
        client.force_login(make_user(role))
    response = client.get(reverse("admin:index"))
    assert response.headers["Location"].startswith("/admin/login/")
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("", "Queue"),
        ("events/event/", "Events"),
        ("events/event/?status__exact=draft", "Drafts"),
        ("events/event/add/", "Events"),
        ("sources/add/", "Add a source"),
        ("password_change/", ""),
    ],
)
def test_the_menu_marks_one_item_as_open(rf: RequestFactory, path: str, title: str) -> None:
    request = rf.get(f"/admin/{path}")
    request.user = make_user()
    marked = [i["title"] for section in sections(request) for i in section["items"] if i["active"]]
    assert marked == [title] * bool(title)
