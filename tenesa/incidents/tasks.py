"""Thin doors for the worker."""

from celery import shared_task

from tenesa.incidents import feed


@shared_task
def poll_nossa() -> str:
    return f"{feed.read_feed()} changes in NOSSA"
