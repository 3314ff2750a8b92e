"""The queue page at 1,000 and at 100,000 waiting stories with 1,000,000 sources.

Run by `make bench-queue`; prints as JSON lines the queries and the median time of each page, and
by what factor the larger queue takes longer. Fails if a page misses the bar.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, get_runner, override_settings
from django.urls import reverse

from config import local

RUNS = 15
QUERIES, FACTOR = 15, 1.3
PAGES = {
    "default": "",
    "newest": "?sort=newest",
    "relevance": "?sort=relevance",
    "voices": "?voices=5",
    "search": "?q=rival+7",
}
STATE = local.BASE_DIR / ".local" / "bench-queue"
PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

FILL = """
INSERT INTO events_publisher (slug, name, kind, country, homepage, hosts, is_rated)
    SELECT 'p' || n, 'Publisher ' || n, 'press', '', '', '{}', true
    FROM generate_series(1, 200) n ON CONFLICT DO NOTHING;
INSERT INTO events_story (title, state, reject_reason, looks_like_why, is_frozen, relevance,
        source_count, publisher_count, first_source_at, last_source_at, created_at)
    SELECT 'Model ' || n || ' beats rival ' || n %% 977, 'open', '', '{}', false, random(),
        10, 1 + n %% 9, now(), now() - n * interval '1 minute', now()
    FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO events_source (canonical_url, url, title, title_is_description, publisher_id, author,
        kind, lang, published, summary, text, content_hash, note, url_seen, first_seen_at,
        link_state, link_failures, archive_url, archive_state, archive_tries, archive_error)
    SELECT 'https://a.example/' || n || '/' || k, 'https://a.example/' || n || '/' || k,
        'Model ' || n || ' beats rival, report ' || k, false,
        (SELECT id FROM events_publisher WHERE slug = 'p' || (1 + (n + k) %% 200)), '',
        'press', 'en', '', '', '', '', '', true, now() - n * interval '1 minute',
        'unchecked', 0, '', 'none', 0, ''
    FROM generate_series(%(first)s, %(last)s) n, generate_series(1, 10) k;
INSERT INTO events_storymembership (story_id, source_id, score, signals, is_confirmed, added_at)
    SELECT story.id, source.id, 0.8, '{}', false, now()
    FROM events_source source
    JOIN events_story story
        ON split_part(source.canonical_url, '/', 4) = split_part(story.title, ' ', 2)
    WHERE split_part(source.canonical_url, '/', 4)::int BETWEEN %(first)s AND %(last)s;
"""


def fill(first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"first": first, "last": last})
        cursor.execute("ANALYZE")


def measure(client: Client, query: str) -> tuple[int, float]:
    """Queries and the median seconds of one page."""
    address = reverse("admin:index") + query
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        times.append(time.perf_counter() - began)
    return len(queries), statistics.median(times)


def main() -> None:
    from events.models import User  # noqa: PLC0415 - after django.setup()

    client = Client()
    client.force_login(User.objects.create_user("bench", role="moderator"))
    fill(1, 1000)
    small = {page: measure(client, query) for page, query in PAGES.items()}
    fill(1001, 100_000)
    failed = False
    for page, query in PAGES.items():
        queries, seconds = measure(client, query)
        factor = seconds / small[page][1]
        failed |= queries > QUERIES or factor > FACTOR
        say(f"{page}.queries", queries, "queries")
        say(f"{page}.ms_at_1000", small[page][1] * 1000, "ms")
        say(f"{page}.ms_at_100000", seconds * 1000, "ms")
        say(f"{page}.factor", factor, "ratio")
    raise SystemExit(int(failed))


def say(name: str, value: float, unit: str) -> None:
    line = {"name": f"queue.{name}", "value": round(value, 2), "unit": unit, "peer": None}
    print(json.dumps(line), flush=True)


def run() -> None:
    import django  # noqa: PLC0415 - settings need the services
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    runner = get_runner(settings)(verbosity=0)
    databases = runner.setup_databases()
    try:
        with override_settings(STORAGES={"default": PLAIN, "staticfiles": PLAIN}):
            main()
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["ENV_FILE"] = os.devnull
    os.environ.setdefault("LOCAL_STATE", str(STATE))
    Path(os.environ["LOCAL_STATE"]).mkdir(parents=True, exist_ok=True)
    try:
        with local.environment():
            run()
    finally:
        shutil.rmtree(STATE, ignore_errors=True)
