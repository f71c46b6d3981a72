"""Who is shown the way to the retention of records."""

from __future__ import annotations

from django import template

from tenesa.accounts.models import User
from tenesa.retention.who import reads

register = template.Library()


@register.filter
def reads_retention(user: object) -> bool:
    return isinstance(user, User) and reads(user)
