"""What an installation of caring begins with; administrators and leaders keep it from then on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.apps import apps as now

FIRST_POLICY = date(2022, 1, 1)


def seed(apps: Any = None, **_signal: Any) -> None:
    """Bring what is missing; what somebody changed stays as it is (Django's `post_migrate`)."""
    try:
        policies = (apps or now).get_model("caring", "BillingPolicy").objects
    except LookupError:  # migrated back to before there were any
        return
    if not policies.exists():
        policies.create(valid_from=FIRST_POLICY)
