"""The national holidays that a new installation begins with; an administrator keeps them from then on (8.1)."""

from __future__ import annotations

from typing import Any

from django.apps import apps as now
from django.utils import timezone

FIRST_YEAR, KNOWN_AHEAD = 2026, 2027
ESTIMATED = " (perkiraan)"  # how the library marks a date that the government has not named yet


def known() -> list[tuple[Any, str, bool]]:
    """Date, name and whether it is certain, of every national holiday up to the end of next year."""
    from holidays import country_holidays

    last = max(KNOWN_AHEAD, timezone.localdate().year + 1)
    found = country_holidays("ID", years=range(FIRST_YEAR, last + 1), categories=("public",), language="id")
    return [(day, name.replace(ESTIMATED, ""), ESTIMATED not in name) for day, name in sorted(found.items())]


def seed(apps: Any = None, **_signal: Any) -> None:
    """Bring what is missing; what an administrator changed stays as it is (Django's `post_migrate`)."""
    try:
        model = (apps or now).get_model("contact", "Holiday")
    except LookupError:  # migrated back to before there were any
        return
    rows = [model(date=day, name=name, confirmed=certain) for day, name, certain in known()]
    model.objects.bulk_create(rows, ignore_conflicts=True)
