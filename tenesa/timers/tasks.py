from celery import shared_task

from tenesa.timers.sweep import fire_due


@shared_task
def sweep_timers() -> str:
    return f"{fire_due()} deadlines fired"
