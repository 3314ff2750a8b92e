"""Record a source by hand: confirmed from its page, or described when it has no address."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import slugify

from events.models import Decision, May, Publisher, Source, User
from events.models.dates import read_edtf
from events.moderation.acts import act
from events.moderation.step import ModerationError


@dataclass(frozen=True)
class NewSource:
    """What a person confirmed of a document."""

    title: str
    canonical_url: str = ""
    url: str = ""
    publisher_name: str = ""
    author: str = ""
    kind: str = Source.Kind.PRESS
    lang: str = ""
    published: str = ""  # EDTF
    note: str = ""
    text: str = ""


def add_source(new: NewSource, *, by: User | None, reason: str = "") -> tuple[Source, bool]:
    """The source at this address, and whether it is new. A known one is never doubled."""
    if new.published:
        read_edtf(new.published)
    if new.canonical_url:
        known = Source.objects.filter(canonical_url=new.canonical_url).first()
        if known:
            return known, False
    elif not (new.publisher_name and new.published and new.note):
        raise ModerationError(
            "A source without an address needs its title, publisher, date and a note, such as "
            "“Financial Times, print edition, page 3”."
        )
    elif known := _known_without_address(new):
        return known, False
    with act(Decision.Action.ADD_SOURCE, by=by, reason=reason, may=May.DRAFT) as current:
        source = Source.objects.create(
            canonical_url=new.canonical_url or None,
            url=new.url or new.canonical_url,
            title=new.title,
            publisher=publisher_named(new.publisher_name, new.canonical_url),
            author=new.author,
            kind=new.kind,
            lang=new.lang,
            published=new.published,
            note=new.note,
            text=new.text,
            url_seen=bool(new.text),
        )
        current.source(source)
    return source, True


def _known_without_address(new: NewSource) -> Source | None:
    return Source.objects.filter(
        canonical_url__isnull=True,
        publisher__name__iexact=new.publisher_name,
        title=new.title,
        published=new.published,
    ).first()


def publisher_named(name: str, url: str) -> Publisher | None:
    """The publisher of this name or of the page's host; a new name makes an unrated one."""
    host = url.split("/")[2].removeprefix("www.") if "://" in url else ""
    if host:
        found = Publisher.objects.filter(hosts__contains=[host]).first()
        if found:
            return found
    if not name:
        return None
    found = Publisher.objects.filter(name__iexact=name).first()
    if found:
        return found
    return Publisher.objects.create(
        name=name, slug=_free_slug(name), hosts=[host] if host else [], is_rated=False
    )


def _free_slug(name: str) -> str:
    stem = slugify(name)[:100] or "publisher"
    slug, number = stem, 1
    while Publisher.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
