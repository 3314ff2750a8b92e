"""Poll feeds by hand, or read feed files as if they had been polled."""

from __future__ import annotations

import datetime
import json
import logging
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from events.ingestion import claims
from events.ingestion.fetch import readable_address
from events.ingestion.normalize import normalize
from events.ingestion.outgoing import door
from events.ingestion.pipeline import ingest_feed
from events.ingestion.placing import place_sources
from events.ingestion.sandbox import Sandbox
from events.ingestion.topic_rules import judge_for
from events.ingestion.types import (
    EntryDraft,
    FeedRequest,
    Fetched,
    FetchError,
    HostBusy,
    IngestResult,
    NotModified,
    ParsedFeed,
    ParseError,
)
from events.models import Feed

MAX_FILE_BYTES = 20_000_000


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("feeds", nargs="+", metavar="URL_OR_FILE")
        parser.add_argument(
            "--json", action="store_true", help="print what was understood, an object per entry"
        )
        parser.add_argument(
            "--as", dest="feed_url", metavar="URL", help="the files are polls of this feed"
        )
        parser.add_argument("--dry-run", action="store_true", help="store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verbosity"] < 2:  # the line per feed says the same
            logging.getLogger("events.ingestion").setLevel(logging.WARNING)
        self.as_json, self.dry_run = options["json"], options["dry_run"]
        if not self.dry_run and Feed._meta.db_table not in connection.introspection.table_names():
            self.stderr.write(
                "The database has no tables yet (manage.py migrate): nothing is stored."
            )
            self.dry_run = True
        self.sandbox = Sandbox()
        try:
            failed = [name for name in options["feeds"] if not self._ingest(name, options)]
        finally:
            self.sandbox.close()
        if failed:
            count = f"{len(failed)} of {len(options['feeds'])}" if options["feeds"][1:] else "The"
            raise CommandError(f"{count} feed could not be read: {', '.join(failed)}")

    def _ingest(self, name: str, options: dict[str, Any]) -> bool:
        is_address = "://" in name and not Path(name).exists()
        url = name if is_address else options["feed_url"] or Path(name).resolve().as_uri()
        fetch = door() if is_address else _FileFetch(Path(name), url)
        reader = _Reader(self.sandbox)
        try:
            if is_address:
                readable_address(url)
            if self.dry_run:
                result = self._look(url, fetch, reader)
            else:
                result = self._store(url, fetch, reader)
        except (FetchError, ParseError, HostBusy) as error:
            result = IngestResult(url=url, outcome="failed", error=str(error))
        result.url = name
        if self.as_json:
            for draft in reader.drafts():
                self.stdout.write(json.dumps(entry_object(draft), ensure_ascii=False))
            if result.outcome == "failed":
                self.stderr.write(result.line())
        else:
            self.stdout.write(result.line())
        return result.outcome != "failed"

    def _store(self, url: str, fetch: Any, reader: _Reader) -> IngestResult:
        # A feed asked for by hand is not polled on and on: that is what adding a feed is for.
        feed, _ = Feed.objects.get_or_create(url=url, defaults={"is_enabled": False})
        if isinstance(fetch, _FileFetch) or self.as_json:
            # What lies in a file may have been read before; it is to be read again.
            feed.body_hash = feed.etag = feed.last_modified = ""
            feed.save(update_fields=["body_hash", "etag", "last_modified"])
        now = timezone.now()
        claimed = claims.claim(feed.pk, now)
        taken = claims.take([feed.pk], claimed, now) if claimed else []
        if not taken:
            return IngestResult(url=url, outcome="failed", error="a worker is polling it just now")
        judge = judge_for(feed.pk)
        result = ingest_feed(
            taken[0], fetch=fetch, parse=reader.parse, now=timezone.now, judge=judge
        )
        place_sources(result.new_source_ids)
        return result

    def _look(self, url: str, fetch: Any, reader: _Reader) -> IngestResult:
        answer = fetch(FeedRequest(url))
        reader.parse(answer.body, answer.url, answer.content_type)
        drafts = list(reader.drafts())
        rejected = sum(1 for draft in drafts if draft.rejected)
        return IngestResult(url=url, new=len(drafts) - rejected, rejected=rejected)


class _FileFetch:
    """A file in the place of the network."""

    def __init__(self, path: Path, url: str) -> None:
        self._path = path
        self._url = url

    def __call__(self, request: FeedRequest) -> Fetched | NotModified:
        try:
            with self._path.open("rb") as file:
                body = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise FetchError(f"cannot be read: {error.strerror}", kind="file") from error
        if len(body) > MAX_FILE_BYTES:
            message = f"larger than {MAX_FILE_BYTES // 1_000_000} MB"
            raise FetchError(message, kind="too-large")
        return Fetched(url=self._url, body=body, byte_count=len(body))


class _Reader:
    """The parser, remembering what it understood."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._parsed: ParsedFeed | None = None

    def parse(self, body: bytes, url: str, content_type: str) -> ParsedFeed:
        self._parsed = self._sandbox.parse(body, url, content_type)
        return self._parsed

    def drafts(self) -> Iterator[EntryDraft]:
        """In the order of the document."""
        if self._parsed is not None:
            yield from reversed(normalize(self._parsed, timezone.now()))


def entry_object(draft: EntryDraft) -> dict[str, str | None]:
    return {
        "guid": draft.guid,
        "url": draft.url,
        "canonical_url": draft.canonical_url,
        "title": draft.title,
        "summary": draft.summary,
        "published": _iso(draft.published_at),
        "updated": _iso(draft.updated_at),
        "rejected": draft.rejected or None,
    }


def _iso(moment: datetime.datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
