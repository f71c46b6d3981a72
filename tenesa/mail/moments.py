"""How customers, units and NOSSA read a day or a moment: in Indonesian, whoever is signed in."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override


def day_words(day: date) -> str:
    """21 November 2026"""
    with override("id"):
        return date_format(day, "j F Y")


def moment_words(moment: datetime | None) -> str:
    """21 November 2026 pukul 09.41 WIB"""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{day_words(local.date())} pukul {local:%H.%M} WIB"
