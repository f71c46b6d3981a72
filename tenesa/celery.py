"""The Celery application. A message is only a wake-up; the row in PostgreSQL is the work."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")

app = Celery("tenesa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
