"""ASGI entry: pages and the live event stream (the demo), or only the stream (deployment)."""

import os

from django.core.asgi import get_asgi_application

from tenesa.env import require_secret_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")
require_secret_key()
_django = get_asgi_application()

from tenesa.ui.stream import LiveFirst  # noqa: E402 - models are loaded by Django first

application = LiveFirst(_django)
