"""WSGI entry point for granian."""

import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A page that takes this long must not hold one of the few threads any longer.
os.environ.setdefault("STATEMENT_TIMEOUT", "10000")
if counters := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(counters).mkdir(parents=True, exist_ok=True)
application = get_wsgi_application()
