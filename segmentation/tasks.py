"""Thin doors for the worker."""

from celery import shared_task

from segmentation.special_list import importing


@shared_task
def read_list(pk: int) -> str:
    return importing.read(pk)


@shared_task
def read_waiting_lists() -> str:
    """Files whose wake-up was lost, or whose reader died."""
    return "; ".join(importing.read(pk) for pk in importing.waiting()) or "no list waits"
