"""What is said where records of a period are gone: figures that were counted stay, their cases do not open."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tenesa.reporting import registry
from tenesa.retention.models import Certificate


def register() -> None:
    registry.note(said)


def gone_until(kind: str = "") -> date | None:
    """The last day of closing up to which records (of a kind) were disposed of; None where none were."""
    found = Certificate.objects.values_list("counts", "disposal__until")
    days = [
        until[name] for counts, until in found for name, one in counts.items() if one["removed"] and kind in ("", name)
    ]
    return date.fromisoformat(max(days)) if days else None


def said(first: date) -> str:
    """The note on a report that begins on this day, "" where nothing of its period is gone."""
    until = gone_until()
    if until is None or first > until:
        return ""
    return _(
        "Records closed up to %(day)s were disposed of. KPI figures of that time stay; lists and reports made "
        "from the cases themselves are not whole any more, and those cases do not open."
    ) % {"day": f"{until:%d/%m/%Y}"}
