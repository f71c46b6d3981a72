"""The Celery application. A message is only a wake-up; the row in PostgreSQL is the work."""

import os
import sys
from pathlib import Path

from celery import Celery

from tenesa.env import require_secret_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")
if Path(sys.argv[0]).name == "celery":  # a worker or beat; whoever only sends is asked where it starts
    require_secret_key()

app = Celery("tenesa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
