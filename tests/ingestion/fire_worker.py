"""The worker under fire: as `make run` starts it, but claims of the killed lapse within seconds.

Placing in stories waits in a queue of its own: here it would only take the processor.
"""

import datetime

from celery import signals

from config.celery import app

app.conf.task_routes = {
    "events.tasks.place_*": {"queue": "under-fire-placing"},
    "events.tasks.*": {"queue": "under-fire"},
}


@signals.worker_init.connect(weak=False)
def let_claims_lapse_soon(**_: object) -> None:
    from events import tasks  # noqa: PLC0415 - after django.setup()
    from events.ingestion import claims  # noqa: PLC0415 - after django.setup()

    claims.LEASE = datetime.timedelta(seconds=2)
    tasks.CLAIMED_AT_ONCE = 40  # no more than are polled before the claim lapses
