"""Kept editions grow by one a night. Where an operator sets a limit, older ones are thinned:
the last edition of each month keeps its files for ever, of the others the checksums and the
manifest stay, so that whoever cited one can still prove which bytes it had.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path

KEPT = frozenset({"manifest.json", "SHA256SUMS"})


def thin(folder: Path, *, keep_days: int, now: datetime.datetime) -> list[Path]:
    """Take the files of editions older than `keep_days` away; return whose. 0 keeps all."""
    if not keep_days:
        return []
    whole = (manifest.parent for manifest in folder.glob("edition-*/manifest.json"))
    editions = sorted((_changed_at(path), path) for path in whole)
    last_of_month = {f"{at:%Y-%m}": path for at, path in editions}  # the later one wins
    oldest = now - datetime.timedelta(days=keep_days)
    return [
        path
        for at, path in editions
        if at < oldest and path != last_of_month[f"{at:%Y-%m}"] and _emptied(path)
    ]


def _changed_at(edition: Path) -> datetime.datetime:
    manifest = json.loads((edition / "manifest.json").read_text())
    return datetime.datetime.fromisoformat(manifest["changed_at"])


def _emptied(edition: Path) -> bool:
    files = [path for path in edition.iterdir() if path.name not in KEPT]
    for path in files:
        path.unlink()
    return bool(files)
