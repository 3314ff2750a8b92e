"""What events name: actors, publishers and sources. Changing one is a step like any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from events.models import Actor, Decision, Entry, Event, Publisher, Source, User
from events.moderation.acts import Act, act
from events.moderation.step import ModerationError

Named = Actor | Publisher | Source
KINDS: dict[str, type[Actor] | type[Publisher] | type[Source]] = {
    "actor": Actor,
    "publisher": Publisher,
    "source": Source,
}
# Kept by the machine, not decided by anybody.
LEFT_OUT = frozenset({"text", "content_hash", "first_seen_at", "archive_state", "archive_error"})


@contextmanager
def editing_named(named: Named, *, by: User | None, reason: str = "") -> Iterator[None]:
    """Change or add one within the block; the Decision says what was changed, and how it stood."""
    kind = type(named).__name__.lower()
    with act(Decision.Action.EDIT, by=by, reason=reason) as current:
        before = columns(named) if named.pk else {}
        yield
        after = columns(type(named)._default_manager.get(pk=named.pk))
        _note(current, kind, named, before, after)


def readdress(source: Source, canonical_url: str, *, by: User | None, reason: str) -> None:
    """Recognise a source by another address from now on."""
    with editing_named(source, by=by, reason=reason):
        source.canonical_url = canonical_url
        source.save(update_fields=["canonical_url"])


def merge_sources(source: Source, into: Source, *, by: User | None, reason: str) -> None:
    """Two addresses of one document: what cites `source`, or brought it, leads to `into`.

    The row stays, as a copy; undoing the step gives everything back.
    """
    if into.copy_of_id == source.pk:
        with editing_named(into, by=by, reason=reason):
            into.copy_of = None
            into.save(update_fields=["copy_of"])
    with act(Decision.Action.EDIT, by=by, reason=reason) as current:
        before = columns(source)
        _move_citations(current, source, into)
        current.about.clear()  # it is about the source, whatever cites it
        brought = list(Entry.objects.filter(source=source).values_list("pk", flat=True))
        Entry.objects.filter(pk__in=brought).update(source=into)
        source.copy_of = into
        source.save(update_fields=["copy_of"])
        _note(current, "source", source, before, columns(source), is_touched=True)
        current.detail["named"]["entries"] = brought


def _move_citations(current: Act, source: Source, into: Source) -> None:
    """A citation stays where the same event, or claim, cites the other already."""
    for citation in source.citations.select_related("claim").order_by("pk"):
        owner = {"event": citation.event_id, "claim": citation.claim_id}
        if into.citations.filter(**owner).exists():
            continue
        event_id = citation.event_id or (citation.claim.event_id if citation.claim else None)
        if event_id is not None:
            current.event(event_id)
        citation.source = into
        citation.save(update_fields=["source"])


def _note(
    current: Act,
    kind: str,
    named: Named,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    is_touched: bool = False,
) -> None:
    """`is_touched`: to be told although no column of it changed."""
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed and not is_touched:
        return
    current.is_public = is_shown(named)
    if isinstance(named, Source):
        current.source(named)
    current.detail["named"] = {
        "kind": kind,
        "id": named.pk,
        "name": str(named),
        "slug": "" if isinstance(named, Source) else named.slug,
        "before": {name: before.get(name) for name in changed} if before else None,
        "after": {name: after[name] for name in changed},
    }


def undo_named(current: Act, noted: dict[str, Any]) -> None:
    """Give back the columns that a decision changed; refused when they were changed since."""
    model = KINDS[noted["kind"]]
    named = model._default_manager.select_for_update().get(pk=noted["id"])
    stands = columns(named)
    if noted["before"] is None:
        raise ModerationError(f"“{named}” was added: what names it cannot be deleted. Change it.")
    if any(stands[name] != value for name, value in noted["after"].items()):
        raise ModerationError(f"“{named}” was changed since: undo the later step first.")
    for name, value in noted["before"].items():
        field = model._meta.get_field(name)
        setattr(named, field.attname, field.to_python(value))  # type: ignore[union-attr]
    named.save()
    if isinstance(named, Source):
        Entry.objects.filter(pk__in=noted.get("entries", ())).update(source=named)
    _note(current, noted["kind"], named, stands, columns(named))


def is_shown(named: Named) -> bool:
    """Whether readers see it somewhere."""
    public = Event.objects.once_public()
    if isinstance(named, Actor):
        return public.filter(participations__actor=named).exists()
    if isinstance(named, Publisher):
        return public.filter(citations__source__publisher=named).exists()
    return public.filter(citations__source=named).exists()


def columns(named: Named) -> dict[str, Any]:
    """The columns as JSON gives them back."""
    found = {
        field.attname: getattr(named, field.attname)
        for field in named._meta.concrete_fields
        if not field.primary_key
        and field.attname not in LEFT_OUT
        and not field.attname.startswith(("link_", "archive_next", "archive_tries"))
    }
    plain: dict[str, Any] = json.loads(json.dumps(found, cls=DjangoJSONEncoder))
    return plain


def stand_of(named: Named) -> str:
    """Changes whenever a column does: what two people who edit at once are told apart by."""
    return hashlib.sha256(json.dumps(columns(named), sort_keys=True).encode()).hexdigest()[:16]
