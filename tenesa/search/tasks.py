from celery import shared_task

from tenesa.search.index import refresh


@shared_task
def index_cases() -> str:
    return f"{refresh()} cases indexed"
