"""Thin doors for the worker."""

from celery import shared_task

from segmentation.special_list import importing


@shared_task
def read_list(pk: int) -> str:
    return importing.read(pk)


@shared_task
def read_waiting_lists() -> str:
    """Wake who reads: files whose wake-up was lost, whose reader died, and those that waited for SISKAS."""
    waiting = importing.waiting()
    for pk in waiting:
        importing.nudge(pk)
    return f"{len(waiting)} lists wait"
