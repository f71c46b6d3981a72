"""Thin doors for the worker."""

from celery import shared_task
from django.conf import settings

from tenesa.systems import agent_states, outbox, redis_state, trouble


@shared_task
def deliver_calls(pks: list[str]) -> str:
    return ", ".join(outbox.deliver_together(pks))


@shared_task
def sweep_calls() -> str:
    return f"{outbox.sweep()} calls nudged"


@shared_task
def probe_systems() -> str:
    redis_state.note("")  # this task came through Redis
    for system in settings.SYSTEMS:
        probe_system.apply_async((system,), expires=20)
    return f"{len(settings.SYSTEMS)} systems to be asked"


@shared_task
def probe_system(system: str) -> str:
    return f"{system}: {'back' if outbox.probe(system) else 'as before'}"


@shared_task
def tell_cti(pk: int) -> str:
    return f"{pk}: {agent_states.tell(pk)}"


@shared_task
def sweep_agents() -> str:
    return f"{agent_states.sweep()} people's states to be told"


@shared_task
def poll_ioc() -> str:
    return f"{trouble.read_progress()} reports changed"
