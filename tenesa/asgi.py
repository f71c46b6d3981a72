"""ASGI entry: pages and the live event stream (the demo), or only the stream (deployment)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")
application = get_asgi_application()
