"""Thin doors for the worker."""

from celery import shared_task

from tickets import services


@shared_task
def expire_leases() -> str:
    return f"{services.expire_leases()} cases back in the queue"


@shared_task
def poll_nossa() -> str:
    return f"{services.read_feed()} changes in NOSSA"


@shared_task
def poll_group() -> str:
    return f"{services.read_group_replies()} answers of the coordination group"
