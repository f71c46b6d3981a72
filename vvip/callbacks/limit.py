"""How many callbacks an agent holds (requirements 7.1: at most three)."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from tenesa.accounts.models import User
from vvip.callbacks.states import HELD


def open_items(user: User) -> int:
    """Whoever else counts theirs waits until this transaction ends, so that two do not both find the same room."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"callbacks of {user.pk}"])
    callbacks = apps.get_model("vvip", "Callback")._default_manager
    return callbacks.filter(owner=user, state__in=HELD).count()
