"""WSGI entry: pages and REST under granian in a deployment."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")
application = get_wsgi_application()
