"""Thin doors for the worker."""

from celery import shared_task

from pending import demo, results


@shared_task
def load_demo(tries: int = 5) -> str:
    """Look again until NOSSA answers."""
    made = demo.load()
    if not made and tries:
        load_demo.apply_async((tries - 1,), countdown=15)
    return f"{made} pend requests of the demonstration"


@shared_task
def tell_settled() -> str:
    return f"{results.tell_settled()} pend requests heard what they had missed"
