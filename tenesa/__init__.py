"""TENESA: five written procedures of a telecom contact centre, run as software."""

from tenesa.celery import app as celery_app

__all__ = ["celery_app"]
