"""The Celery application. Beat only asks what is due; all state of a poll is in the feed's row."""

from celery import Celery

app = Celery("timeline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["events"])
app.conf.beat_schedule = {
    "poll-feeds": {"task": "events.tasks.poll_feeds", "schedule": 15.0, "options": {"expires": 15}},
}
