"""The files of each edition that was kept (EXPORT_DIR), to be fetched with their checksums."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control

from timeline.edition import METHODS, allowed, compressed
from timeline.reuse.files import FORMS
from timeline.syndication.ids import absolute

FRESH_SECONDS = 300
NEVER_CHANGES = 365 * 24 * 3600
_FOLDER = re.compile(r"edition-(\d{1,12})")
TYPES = {
    "json": "application/json",
    "jsonl": FORMS["jsonl"].media_type,
    "csv": "text/csv; charset=utf-8",
    "sqlite": "application/vnd.sqlite3",
    "SHA256SUMS": "text/plain; charset=utf-8",
}


@compressed
def edition_list(request: HttpRequest) -> HttpResponseBase:
    """All editions that were kept, the newest first. It changes at night, without a new edition."""
    found = [_described(folder) for folder in _folders()]
    text = json.dumps({"editions": found}, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    return _public(request, response, seconds=FRESH_SECONDS)


def edition_file(request: HttpRequest, number: int, name: str) -> HttpResponseBase:
    """A file of an edition; it never changes."""
    folder = _root() / f"edition-{number}"
    sums = _checksums(folder)
    if name not in sums and not (name == "SHA256SUMS" and sums):
        raise Http404
    if not (folder / name).exists():
        return _public(request, _given_up(), seconds=FRESH_SECONDS)
    etag = f'"{sums.get(name, f"sums-{number}")}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        kind = TYPES.get(name, TYPES.get(name.rpartition(".")[2], "application/octet-stream"))
        file = FileResponse((folder / name).open("rb"), content_type=kind)
        file.headers["Content-Disposition"] = f'attachment; filename="edition-{number}-{name}"'
        response = file
    response.headers["ETag"] = etag
    response.headers["Link"] = f'<{settings.DATA_LICENSE}>; rel="license"'
    return _public(request, response, seconds=NEVER_CHANGES, immutable=True)


def _given_up() -> HttpResponse:
    text = (
        "The files of this edition are no longer kept; its manifest.json and SHA256SUMS are. "
        "The last edition of each month is kept for ever: see /data/editions.json\n"
    )
    return HttpResponse(text, status=410, content_type="text/plain; charset=utf-8")


def _public(
    request: HttpRequest, response: HttpResponseBase, *, seconds: int, **more: bool
) -> HttpResponseBase:
    if request.method not in ("GET", "HEAD"):
        response = allowed(request)
        response.headers["Access-Control-Allow-Methods"] = METHODS
    else:
        patch_cache_control(response, public=True, max_age=seconds, **more)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _root() -> Path:
    return Path(settings.EXPORT_DIR or "/nonexistent")


def _folders() -> list[Path]:
    if not _root().is_dir():
        return []
    numbers = [int(m[1]) for path in _root().iterdir() if (m := _FOLDER.fullmatch(path.name))]
    return [_root() / f"edition-{number}" for number in sorted(numbers, reverse=True)]


def _checksums(folder: Path) -> dict[str, str]:
    """SHA-256 by file name; empty when the edition was not kept."""
    try:
        lines = (folder / "SHA256SUMS").read_text().splitlines()
    except OSError:
        return {}
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _described(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    number = manifest["edition"]
    files = [
        {
            "name": name,
            "url": absolute(reverse("timeline:edition_file", args=[number, name])),
            "bytes": (folder / name).stat().st_size,
            "sha256": digest,
        }
        for name, digest in _checksums(folder).items()
        if (folder / name).exists()
    ]
    return {**manifest, "files": files}
