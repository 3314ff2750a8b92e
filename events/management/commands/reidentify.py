"""Run the rules of canonical addresses over the stored sources again; merge what is one by now."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Exists, OuterRef

from events.ingestion.reidentify import Addressed, Change, changes, moved
from events.models import Citation, Entry, Source
from events.moderation.named import merge_sources, readdress


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="print what would merge, and by which rule"
        )

    def handle(self, *, dry_run: bool, **_: Any) -> None:
        found = moved(_addressed())
        holders = {row.canonical_url: row for row in _addressed(list(found))}
        plan = changes(found, holders)
        for change in plan:
            if not dry_run:
                _apply(change)
            for line in _lines(change):
                self.stdout.write(line)
        merged = sum(len(change.merged) for change in plan)
        would = "would be" if dry_run else "were"
        self.stdout.write(f"{merged} sources {would} merged, {len(plan)} addresses renewed.")


def _addressed(addresses: list[str] | None = None) -> Iterator[Addressed]:
    """All sources with an address, or those with one of these."""
    rows = Source.objects.filter(canonical_url__isnull=False)
    if addresses is not None:
        rows = rows.filter(canonical_url__in=addresses)
    citations = Citation.objects.filter(source=OuterRef("pk"))
    of_original = Citation.objects.filter(source=OuterRef(OuterRef("copy_of")))
    alone = citations.exclude(
        Exists(of_original.filter(event=OuterRef("event")))
        | Exists(of_original.filter(claim=OuterRef("claim")))
    )
    rows = rows.order_by("pk").annotate(
        is_cited=Exists(citations),
        is_cited_alone=Exists(alone),
        is_brought=Exists(Entry.objects.filter(source=OuterRef("pk"))),
    )
    names = ("is_cited", "is_cited_alone", "is_brought", "copy_of__canonical_url")
    values = rows.values_list("pk", "canonical_url", *names)
    for pk, address, is_cited, is_cited_alone, is_brought, original in values.iterator():
        is_bare = not is_cited_alone and not is_brought
        yield Addressed(pk, address or "", is_cited, (original or "") if is_bare else "")


def _apply(change: Change) -> None:
    kept = Source.objects.get(pk=change.kept.id)
    reason = f"Two addresses of one document ({', '.join(change.rules)})."
    for row in change.merged:
        source = Source.objects.get(pk=row.id)
        merge_sources(source, into=kept, by=None, reason=reason)
    if change.kept.canonical_url != change.address:
        readdress(kept, change.address, by=None, reason=reason)


def _lines(change: Change) -> Iterator[str]:
    rules = ", ".join(change.rules)
    for row in change.merged:
        yield (
            f"source {row.id} {row.canonical_url} is source {change.kept.id} "
            f"{change.kept.canonical_url}: {rules}"
        )
    if not change.merged:
        yield f"source {change.kept.id} {change.kept.canonical_url} → {change.address}: {rules}"
