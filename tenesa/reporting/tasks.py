from celery import shared_task

from tenesa.reporting.measuring import measure_new


@shared_task
def measure() -> str:
    return f"{measure_new()} cases measured"
