"""The application as `make run` starts it, but placing in stories waits in a queue of its own.

Grouping is asynchronous and measured with the stories; here it would only add noise.
"""

from config.celery import app

app.conf.task_routes = {"events.tasks.place_*": {"queue": "grouping"}}
app.conf.worker_max_tasks_per_child = None
