"""The Celery application. Beat only asks what is due; all state of a poll is in the feed's row."""

import gc
import os
import signal
import threading
import warnings
from logging.config import dictConfig
from typing import Any

from celery import Celery, beat, signals
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Workers scale by adding processes: threads of numpy and the like would only get in their way.
# Before anything imports them.
for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# Root in a container or a trial is no danger here: messages are JSON, never pickles.
warnings.filterwarnings("ignore", message=".*superuser privileges")

app = Celery("timeline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["events", "timeline"])
app.conf.beat_schedule = {
    "export-nightly": {
        "task": "timeline.tasks.export_nightly",
        "schedule": crontab(hour=3, minute=7),
    },
    "tell-hub": {"task": "events.tasks.tell_hub", "schedule": 5.0, "options": {"expires": 5}},
    "poll-feeds": {"task": "events.tasks.poll_feeds", "schedule": 15.0, "options": {"expires": 15}},
    "regroup-stories": {
        "task": "events.tasks.regroup_stories",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "care-for-sources": {
        "task": "events.tasks.care_for_sources",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "place-waiting": {
        "task": "events.tasks.place_waiting",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "prune-runs": {"task": "events.tasks.prune_runs", "schedule": 3600.0},
}

# After running tasks had CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT; `docker stop` kills after ten.
SECONDS_TO_END = 5
_worker_pulse: Any = None


@signals.setup_logging.connect
def log_as_django_does(**_: object) -> None:
    from django.conf import settings  # noqa: PLC0415 - Celery imports this before settings

    dictConfig(settings.LOGGING)


@signals.worker_process_init.connect
def collect_garbage_seldom(**_: object) -> None:
    """A poll makes thousands of short-lived objects and no cycles; what was loaded stays anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@signals.heartbeat_sent.connect
def tell_alive(sender: Any, **_: object) -> None:
    from config.heartbeat import Pulse  # noqa: PLC0415 - needs settings

    global _worker_pulse
    _worker_pulse = _worker_pulse or Pulse(f"worker:{sender.eventer.hostname}")
    _worker_pulse.beat()


@signals.worker_shutdown.connect
def tell_stopped(**_: object) -> None:
    if _worker_pulse:
        _worker_pulse.stop()


@signals.worker_shutting_down.connect
def end_in_any_case(how: str, **_: object) -> None:
    """Do not wait for ever for a broker that is gone.

    Celery's goodbye waits for a lock that its last sign of life holds while it tries to reach the
    broker, without an end. Running tasks have had their time; the broker gives them to another.
    """
    if how == "Cold":
        last = threading.Timer(SECONDS_TO_END, _end_with_children)
        last.daemon = True
        last.start()


def _end_with_children() -> None:
    if os.getpid() == os.getpgrp():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


class Scheduler(beat.Scheduler):
    """Celery's scheduler without a state file, giving a sign of life at each turn.

    A file would have to survive kills; nothing needs it, because what is due stands in rows.
    """

    max_interval = 5

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from config.heartbeat import Pulse  # noqa: PLC0415 - needs settings

        self._pulse = Pulse("beat")
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self._pulse.beat()
        return float(super().tick(*args, **kwargs))

    def close(self) -> None:
        self._pulse.stop()
        super().close()
