"""The product's Celery application; here no outside system runs, so calls to them are queued and left."""

from tenesa.celery import app

app.conf.task_routes = {"tenesa.systems.*": {"queue": "calls"}}

__all__ = ["app"]
