"""Bring the database to this version of the code: migrations, the record, a moderator.

python -m config.prepare            what a deployment needs before its first request
python -m config.prepare --local    for `make run` also static files and an account
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import secrets
from pathlib import Path

import django
from django.core.management import call_command

from config import local, outage
from config.progress import step


def static_fingerprint() -> str:
    """Names, sizes and times of all static files: what collectstatic depends on."""
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415 - needs the apps

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            stat = os.stat(storage.path(path))
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    from django.conf import settings  # noqa: PLC0415 - needs the environment

    fingerprint = static_fingerprint()
    root = Path(settings.STATIC_ROOT)
    kept = root / ".fingerprint"
    # One at a time: another run, or what is left of one that was killed, may be at it.
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists() and kept.read_text() == fingerprint:
            return
        with step("Collecting static files"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            kept.write_text(fingerprint)


def make_moderator(state: Path) -> None:
    """Make the first account, unless there is one that may enter the admin."""
    from events.models import User  # noqa: PLC0415 - needs the apps

    note = state / "moderator"
    if User.objects.filter(is_staff=True).exists():
        return
    password = secrets.token_urlsafe(12)
    with open(os.open(note, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"name: moderator\npassword: {password}\n")
    User.objects.create_superuser("moderator", password=password)
    print(f"Moderator account: name moderator, password {password} (kept in {note})", flush=True)


def prepare(*, for_checkout: bool) -> None:
    with step("Bringing the database up to date"):
        call_command("migrate", interactive=False, verbosity=0)
    with step("Importing the record"):
        call_command("import_record")
    if for_checkout:
        collect_static()
        make_moderator(local.state_dir())


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--local", action="store_true", help="also static files and an account")
    arguments = parser.parse_args()
    with outage.explained(), local.environment():
        django.setup()
        prepare(for_checkout=arguments.local)


if __name__ == "__main__":
    main()
