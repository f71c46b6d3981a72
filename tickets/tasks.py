"""Thin doors for the worker."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from tenesa.systems.errors import SystemError_
from tenesa.systems.registry import get_client
from tickets import services
from tickets.models import NossaFeed


@shared_task
def expire_leases() -> str:
    return f"{services.expire_leases()} cases back in the queue"


@shared_task
def poll_nossa() -> str:
    """Read NOSSA's status feed from where it was left; one change, one transaction (S-10)."""
    feed, _made = NossaFeed.objects.get_or_create(pk=1)
    changes = get_client("nossa").changes(since=feed.last_change)
    return f"{len(changes)}"
