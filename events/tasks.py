"""Celery: ids in, one call."""
