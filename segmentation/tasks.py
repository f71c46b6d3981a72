"""Thin doors for the worker."""

from celery import shared_task
from django.utils import timezone

from segmentation import openings
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


@shared_task
def hand_over_openings() -> str:
    """On Monday morning; every tick asks whether that was done."""
    return f"{openings.hand_over(timezone.now())} weeks of openings handed over"
