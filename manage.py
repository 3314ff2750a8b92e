#!/usr/bin/env python
"""Django's command line; with no DATABASE_URL it runs on the services of config/local.py."""

import os
import sys

from config import local, outage

# These neither read nor write the record, so they do not start a database.
WITHOUT_SERVICES = {
    "check",
    "collectstatic",
    "compilemessages",
    "group_items",
    "help",
    "makemessages",
    "version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after settings

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    wants_help = bool({"-h", "--help", "--version"} & set(sys.argv[1:]))
    start = command not in WITHOUT_SERVICES and not wants_help
    with outage.explained(), local.environment(start=start):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
