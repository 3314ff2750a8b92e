"""Editing events in the admin: one act each, and nothing silently overwritten."""

from html import unescape

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from events.models import Claim, Decision, Event, Revision
from events.moderation import lifecycle
from tests.admin.forms import opened
from tests.moderation.making import make_event, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user())
    return client


def change(event: Event) -> str:
    return reverse("admin:events_event_change", args=[event.pk])


def state_of(page: str) -> str:
    return unescape(page).split('name="state" value="')[1].split('"')[0]


def test_a_save_is_one_decision_and_one_revision_with_who_and_why(desk: Client) -> None:
    event = make_event()
    count = Revision.objects.count()
    fields = opened(desk, change(event))
    desk.post(change(event), {**fields, "title": "R1 is released", "why": "our words"})
    decision, revision = Decision.objects.latest("pk"), Revision.objects.latest("pk")
    assert (decision.action, decision.reason) == ("edit", "our words")
    assert (revision.snapshot["event"]["title"], revision.reason) == ("R1 is released", "our words")
    assert Revision.objects.count() == count + 1


def test_confidence_is_chosen_and_another_word_that_is_stored_is_kept(desk: Client) -> None:
    event = lifecycle.amend(make_event(), by=None, confidence="hearsay")
    fields = opened(desk, change(event))
    desk.post(change(event), {**fields, "title": "R1 is out"})
    event.refresh_from_db()
    assert (event.title, event.confidence) == ("R1 is out", "hearsay")
    desk.post(change(event), {**opened(desk, change(event)), "confidence": "verified"})
    event.refresh_from_db()
    assert event.confidence == "verified"
    page = desk.post(change(event), {**opened(desk, change(event)), "confidence": "hearsay"})
    assert "hearsay is not one of the available choices" in unescape(page.content.decode())


def test_a_new_event_needs_a_sentence_and_a_source(desk: Client) -> None:
    address, source = reverse("admin:events_event_add"), make_source()
    fields = opened(desk, address) | {
        "title": "DeepSeek releases R1",
        "date": "2025-01",
        "category": "model-release",
        "importance": "2",
        "citations-TOTAL_FORMS": "1",
        "citations-0-source": source.pk,
        "citations-0-role": "report",
        "citations-0-stance": "supports",
        "citations-0-position": "0",
    }
    desk.post(address, fields)
    event = Event.objects.get()
    assert (event.slug, event.precision) == ("deepseek-releases-r1", "month")
    assert Decision.objects.get().event == event
    desk.post(change(event), {**opened(desk, change(event)), "_publish": "1"})
    event.refresh_from_db()
    assert event.status == "published"


def test_a_refused_step_keeps_what_was_typed(desk: Client) -> None:
    event = make_event()
    fields = {**opened(desk, change(event)), "title": "Typed", "citations-0-DELETE": "on"}
    page = unescape(desk.post(change(event), fields).content.decode())
    assert "A published event needs at least one source." in page
    assert 'value="Typed"' in page
    event.refresh_from_db()
    assert event.title != "Typed"


def test_retracting_needs_a_reason(desk: Client) -> None:
    event = make_event()
    fields = {**opened(desk, change(event)), "_retract": "1"}
    assert "Say publicly why" in desk.post(change(event), fields).content.decode()
    desk.post(change(event), {**fields, "why": "It was a hoax."})
    event.refresh_from_db()
    assert (event.status, event.status_reason) == ("retracted", "It was a hoax.")


def test_the_later_save_gets_both_values_and_chooses(desk: Client) -> None:
    event = make_event()
    mine = {**opened(desk, change(event)), "title": "My title", "summary": "My summary."}
    lifecycle.amend(event, by=make_user(), title="Their title", tags=["theirs"])
    response = desk.post(change(event), mine)
    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert "Their title" in page
    assert "My title" in page
    event.refresh_from_db()
    assert (event.title, event.summary) == ("Their title", "")
    choices = {"state": state_of(page), "event:title": "mine"}
    desk.post(reverse("admin:event_resolve", args=[event.pk]), choices)
    event.refresh_from_db()
    assert (event.title, event.summary, event.tags) == ("My title", "My summary.", ["theirs"])


def test_an_inline_that_came_too_late_is_asked_about_too(desk: Client) -> None:
    event, source = make_event(), make_source(title="Mine to cite")
    late = opened(desk, change(event)) | {
        "citations-TOTAL_FORMS": "2",
        "citations-1-source": source.pk,
        "citations-1-role": "analysis",
        "citations-1-stance": "supports",
        "citations-1-position": "1",
    }
    theirs = make_source(title="Theirs to cite")
    lifecycle.add_citation(event, theirs, "report", by=make_user())
    page = unescape(desk.post(change(event), late).content.decode())
    assert "Mine to cite · Analysis" in page
    state = {"state": state_of(page)}
    desk.post(reverse("admin:event_resolve", args=[event.pk]), state)
    titles = set(event.citations.values_list("source__title", flat=True))
    assert {"Mine to cite", "Theirs to cite"} < titles


def test_a_claim_that_came_too_late_is_asked_about_too(desk: Client) -> None:
    event = make_event()
    with lifecycle.editing(event, by=None):
        claim = Claim.objects.create(event=event, text="It cost $6M.", said_by="DeepSeek")
    address = reverse("admin:events_claim_change", args=[claim.pk])
    late = opened(desk, address) | {"status": "disputed", "reason": "Only the last run."}
    with lifecycle.editing(event, by=make_user()):
        Claim.objects.filter(pk=claim.pk).update(text="It cost $5.6M.")
    response = desk.post(address, late)
    page = unescape(response.content.decode())
    assert response.status_code == 409
    assert "It cost $5.6M." in page
    chosen = {"state": state_of(page), f"claims:{claim.pk}": "mine"}
    desk.post(reverse("admin:event_resolve", args=[event.pk]), chosen)
    claim.refresh_from_db()
    assert (claim.text, claim.status) == ("It cost $6M.", "disputed")


def test_a_choice_made_over_a_third_change_is_asked_again(desk: Client) -> None:
    event = make_event()
    mine = {**opened(desk, change(event)), "title": "Mine"}
    lifecycle.amend(event, by=make_user(), title="Theirs")
    page = desk.post(change(event), mine).content.decode()
    lifecycle.amend(event, by=make_user(), title="Theirs again")
    choices = {"state": state_of(page), "event:title": "mine"}
    response = desk.post(reverse("admin:event_resolve", args=[event.pk]), choices)
    assert response.status_code == 409
    assert "Theirs again" in response.content.decode()


def test_no_list_is_editable_in_place() -> None:
    assert [a for a in admin.site._registry.values() if a.list_editable] == []


def test_any_two_revisions_are_compared_and_any_is_restored(desk: Client) -> None:
    event = make_event()
    lifecycle.amend(event, by=make_user(), title="DeepSeek releases R1 weights")
    address = reverse("admin:event_revisions", args=[event.pk])
    page = desk.get(f"{address}?old=2&new=3").content.decode()
    assert "<ins> weights</ins>" in page
    restore = reverse("admin:event_revision_restore", args=[event.pk])
    page = desk.post(restore, {"number": "2", "reason": "shorter"}, follow=True).content.decode()
    event.refresh_from_db()
    assert (event.title, event.revision_number) == ("DeepSeek releases R1", 4)
    wanted = page.split('name="decisions" value="')[1].split('"')[0]
    desk.post(reverse("admin:undo_steps"), {"decisions": wanted})
    event.refresh_from_db()
    assert event.title == "DeepSeek releases R1 weights"


def test_a_choice_between_two_edits_that_was_not_offered_is_refused(desk: Client) -> None:
    event = make_event()
    stood = event.revision_number
    answer = desk.post(reverse("admin:event_resolve", args=[event.pk]), {"state": "made up"})
    assert answer.status_code == 400
    event.refresh_from_db()
    assert event.revision_number == stood


def test_a_decision_is_undone_from_the_events_history(desk: Client) -> None:
    event = make_event()
    lifecycle.amend(event, by=make_user(), title="Wrong")
    edit = Decision.objects.latest("pk")
    desk.post(reverse("admin:decision_undo", args=[edit.pk]))
    event.refresh_from_db()
    assert event.title == "DeepSeek releases R1"


def test_an_edit_is_seen_as_readers_will_before_it_is_saved(desk: Client) -> None:
    event = make_event()
    fields = {**opened(desk, change(event)), "title": "Not saved yet"}
    page = desk.post(reverse("preview_edit", args=[event.pk]), fields).content.decode()
    assert "Not saved yet" in page
    stood = event.revision_number
    event.refresh_from_db()
    assert (event.title, event.revision_number) == ("DeepSeek releases R1", stood)
    assert "changed successfully" not in desk.get("/admin/").content.decode()


def test_a_save_is_taken_back_by_the_button_beside_what_was_said(desk: Client) -> None:
    event = make_event(publish=False)
    fields = {**opened(desk, change(event)), "title": "Better", "_publish": "1"}
    page = desk.post(change(event), fields, follow=True).content.decode()
    assert "is published" in page
    wanted = page.split('name="decisions" value="')[1].split('"')[0]
    desk.post(reverse("admin:undo_steps"), {"decisions": wanted})
    event.refresh_from_db()
    assert (event.title, event.status) == ("DeepSeek releases R1", "draft")


def test_a_source_that_is_added_to_an_event_stands_last(desk: Client) -> None:
    event, source = make_event(), make_source()
    lifecycle.add_citation(event, make_source(), "report", by=None)
    fields = opened(desk, change(event))
    row = {"source": source.pk, "role": "report", "stance": "supports", "event": event.pk}
    fields |= {f"citations-2-{name}": value for name, value in row.items()}
    desk.post(change(event), {**fields, "citations-TOTAL_FORMS": "3"})
    assert event.citations.order_by("position").last().source == source  # type: ignore[union-attr]


def with_claim(fields: dict[str, object], **claim: object) -> dict[str, object]:
    """The form with one claim more."""
    row = {"text": "It is open.", "said_by": "DeepSeek", "status": "supported", **claim}
    return {**fields, **{f"claims-0-{k}": v for k, v in row.items()}, "claims-TOTAL_FORMS": "1"}


def test_a_claim_is_written_with_its_sources_in_one_form(desk: Client) -> None:
    event, sources = make_event(), [make_source(), make_source()]
    ids = [source.pk for source in sources]
    desk.post(change(event), with_claim(opened(desk, change(event)), backed_by=ids))
    claim = Claim.objects.get()
    assert [citation.source_id for citation in claim.citations.order_by("position")] == ids
    claim.citations.filter(source=sources[1]).update(quote="“open weights”")
    again = opened(desk, change(event))
    assert again["claims-0-backed_by"] == ids
    desk.post(change(event), {**again, "claims-0-backed_by": ids[1:]})
    assert claim.citations.get().quote == "“open weights”"


def test_a_quantity_stands_in_the_form_as_it_was_written(desk: Client) -> None:
    event = make_event()
    quantity = {"quantity_value": "1000000000", "quantity_unit": "USD"}
    desk.post(change(event), with_claim(opened(desk, change(event)), **quantity))
    own = reverse("admin:events_claim_change", args=[Claim.objects.get().pk])
    for address in (change(event), own):
        assert 'value="1000000000"' in desk.get(address).content.decode()
    number = event.revisions.count()
    desk.post(own, opened(desk, own))
    assert event.revisions.count() == number, "nothing was changed"
    history = desk.get(reverse("admin:event_revisions", args=[event.pk])).content.decode()
    assert "1000000000 USD" in history


def test_a_disputed_claim_needs_a_reason_and_keeps_what_was_typed(desk: Client) -> None:
    event = make_event()
    fields = with_claim(opened(desk, change(event)), status="disputed")
    page = unescape(desk.post(change(event), fields).content.decode())
    assert "Say why the claim is disputed or refuted." in page
    assert "It is open." in page
    assert not Claim.objects.exists()
    desk.post(change(event), {**fields, "claims-0-reason": "The licence says otherwise."})
    assert Claim.objects.get().status == "disputed"


def test_a_list_action_over_an_older_list_asks_first(desk: Client) -> None:
    event, other = make_event(title="One"), make_event(title="Two")
    address = reverse("admin:events_event_changelist")
    fields = {
        "action": "change_together",
        "_selected_action": [event.pk, other.pk],
        f"seen-{event.pk}": event.revision_number,
        f"seen-{other.pk}": other.revision_number,
        "importance": "3",
        "reason": "both matter",
        "apply": "1",
    }
    lifecycle.amend(other, by=make_user(), importance=2)
    late = desk.post(address, fields)
    assert late.status_code == 409
    assert "somebody else changed these" in late.content.decode()
    found = Event.objects.order_by("pk").values_list("importance", flat=True)
    assert list(found) == [1, 2]
    other.refresh_from_db()
    now = {**fields, f"seen-{other.pk}": other.revision_number}
    page = desk.post(address, now, follow=True).content.decode()
    assert "Changed 2 events." in page
    assert list(found.all()) == [3, 3]
    wanted = page.split('name="decisions" value="')[1].split('"')[0]
    desk.post(reverse("admin:undo_steps"), {"decisions": wanted})
    assert list(found.all()) == [1, 2]


def test_a_list_offers_to_show_all_only_when_something_is_left_out(desk: Client) -> None:
    make_event()
    address = reverse("admin:events_event_changelist")
    for query, is_offered in (("", False), ("?q=r1", True), ("?status__exact=draft", True)):
        assert ("Show all" in desk.get(address + query).text) == is_offered, query


def test_whoever_may_not_decide_is_offered_no_deciding(client: Client) -> None:
    client.force_login(make_user("contributor"))
    page = client.get(change(make_event(publish=False))).content.decode()
    assert "See it as readers will" in page
    assert "Merge …" not in page
    assert "Correct publicly" not in page
