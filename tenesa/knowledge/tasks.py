"""Thin doors for the worker."""

from celery import shared_task

from tenesa.knowledge import mykiss


@shared_task
def sync_mykiss() -> str:
    return mykiss.sync()
