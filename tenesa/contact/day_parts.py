"""The parts of a day, in which somebody who is out in one may be at home in another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DayPart(TextChoices):
    MORNING = "MORNING", _("Morning")
    AFTERNOON = "AFTERNOON", _("Afternoon")
    EVENING = "EVENING", _("Late afternoon and evening")


def begins() -> Sequence[int]:
    """The local hours in which afternoon and evening begin."""
    hours: Sequence[int] = settings.CONTACT_DAY_PARTS
    return hours


def part_of(local: datetime) -> DayPart:
    """Of a moment in the zone of whoever is called."""
    return list(DayPart)[sum(local.hour >= hour for hour in begins())]


def next_part(local: datetime) -> datetime:
    """When the part of the day after this one begins, in the same zone."""
    later = (hour for hour in begins() if hour > local.hour)
    midnight = datetime.combine(local.date(), time(), local.tzinfo)
    return midnight + timedelta(hours=next(later, 24))
