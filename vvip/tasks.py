"""What beat runs for W-26."""

from celery import shared_task

from vvip import demo, services


@shared_task
def expire_leases() -> int:
    """Calls and callbacks whose holder has been silent go back (V-17)."""
    return services.expire_leases()


@shared_task
def load_demo(tries: int = 5) -> str:
    """The calls of the demonstration; again in a while where they all failed."""
    made = demo.load()
    if not made and tries > 1:
        load_demo.apply_async((tries - 1,), countdown=15)
    return f"{made} calls"
