"""Thin doors for the worker."""

from celery import shared_task

from tickets import services
from tickets.demo.people import load_escalations


@shared_task
def expire_leases() -> str:
    return f"{services.expire_leases()} cases back in the queue"


@shared_task
def poll_group() -> str:
    return f"{services.read_group_replies()} answers of the coordination group"


@shared_task
def load_demo_escalations(tries: int = 10) -> str:
    """The demonstration's mails become cases one after the other; look again until there are enough."""
    if load_escalations():
        return "escalations of the demonstration are there"
    if tries:
        load_demo_escalations.apply_async((tries - 1,), countdown=15)
    return "not enough cases yet"
