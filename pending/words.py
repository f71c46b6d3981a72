"""How NOSSA, units and customers read a moment: in Indonesian, whoever is signed in."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override


def moment_words(moment: datetime | None) -> str:
    """21 November 2026 09.41 WIB"""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    with override("id"):
        return f"{date_format(local, 'j F Y')} {local:%H.%M} WIB"
