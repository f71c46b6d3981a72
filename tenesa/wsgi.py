"""WSGI entry: pages and REST under granian in a deployment."""

import os

from django.core.wsgi import get_wsgi_application

from tenesa.env import require_secret_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")
require_secret_key()
application = get_wsgi_application()
