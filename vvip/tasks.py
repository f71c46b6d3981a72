"""What beat runs for W-26."""

from celery import shared_task

from vvip import services


@shared_task
def expire_leases() -> int:
    """Calls and callbacks whose holder has been silent go back (V-17)."""
    return services.expire_leases()
