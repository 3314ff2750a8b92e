"""Serve recorded feeds on loopback, day by day, and let the running worker poll them."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from events.ingestion import replaying, workers
from events.ingestion.grants import GrantRefused, grant
from events.ingestion.recordings import Recordings, RecordingsError, RecordingServer, serve
from events.models import Feed, Story

EXCERPT = Path(__file__).resolve().parents[2] / "recordings"
PORT = 8765
LOOK_SECONDS = 0.2
SAY_SECONDS = 5
NO_WORKER = (
    "No worker is running, so nobody would poll: start the site in another terminal (make run), "
    "then run this again."
)


class Command(BaseCommand):
    help = "Replay recorded feeds through the running worker, with no network."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=EXCERPT,
            help="holds YYYY-MM-DD/<host>.xml; without it the excerpt of the repository",
        )
        parser.add_argument("--port", type=int, default=PORT, help=f"loopback port ({PORT})")
        parser.add_argument(
            "--patience",
            type=float,
            default=300,
            help="seconds without any progress after which the replay gives up (300)",
        )

    def handle(self, *, folder: Path, port: int, patience: float, **_: Any) -> None:
        try:
            recordings = Recordings(folder)
            with serve(recordings, port) as server, grant(server.address):
                if not workers.count_workers():
                    raise CommandError(NO_WORKER)
                self._replay(server, patience)
        except (RecordingsError, GrantRefused) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped; what was polled is kept.") from None

    def _replay(self, server: RecordingServer, patience: float) -> None:
        feeds = replaying.replay_feeds(server)
        days = server.recordings.days
        self._say(f"Replaying {len(days)} days of {len(feeds)} feeds from {server.url('')} …")
        try:
            for day in days:
                self._replay_day(server, day, feeds, patience)
        finally:
            replaying.retire(list(feeds.values()))
        waiting = Story.objects.filter(state=Story.State.OPEN).count()
        desk = settings.SITE_URL + reverse("admin:index")
        self._say(f"Done: {waiting} stories wait for a moderator at {desk}")

    def _replay_day(
        self, server: RecordingServer, day: str, feeds: dict[str, Feed], patience: float
    ) -> None:
        everything = list(feeds.values())
        sources, stories = replaying.source_count(everything), replaying.story_count(everything)
        since = replaying.newest_run(everything)
        due = [feeds[name] for name in server.show(day)]
        replaying.make_due(due)
        workers.ask_for_polls()
        self._wait(
            lambda: len(replaying.waiting_for_poll(due, since)), f"{day}: feeds to poll", patience
        )
        self._wait(
            lambda: replaying.unplaced_count(everything), f"{day}: sources to place", patience
        )
        counts = replaying.counts_since(everything, since)
        new_sources = replaying.source_count(everything) - sources
        new_stories = replaying.story_count(everything) - stories
        self._say(
            f"{day}  {counts.polled:3} polled  {counts.unchanged:3} unchanged"
            f"  {counts.new:4} new entries"
            f"  {counts.known:4} known  {counts.updated:4} updated"
            f"  {new_sources:4} new sources  {new_stories:4} new stories"
            + (f"  {counts.rejected} rejected" if counts.rejected else "")
        )
        for failure in replaying.failures_since(everything, since):
            self._say(f"  failed: {failure}")

    def _wait(self, count_left: Callable[[], int], what: str, patience: float) -> None:
        """Return when nothing is left; say now and then that it goes on; give up when it does not.

        Every look is a query of its own: the workers' progress is in the database.
        """
        left = count_left()
        progress_at = said_at = time.monotonic()
        while left:
            time.sleep(LOOK_SECONDS)
            before, left = left, count_left()
            now = time.monotonic()
            if left < before:
                progress_at = now
            if now - said_at > SAY_SECONDS:
                said_at = now
                self._say(f"  {what}: {left} left …")
            if now - progress_at > patience:
                raise CommandError(
                    f"{what}: still {left} left after {patience:g} seconds without progress; "
                    "the worker's log says why."
                )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
