"""Both sides of a difference in words: codes by their labels, amounts, days and seconds as people write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from caring.prospects.states import Campaign
from caring.reconciliation.models import FIELDS, Difference
from caring.tree import Category, Reason, Status
from tenesa.rupiah import in_rupiah

CODES = {"campaign": Campaign, "status": Status, "category": Category, "reason": Reason}
DAYS = ("day", "promised_on")


def shown(field: str, value: Any) -> str:
    """The value of a field as it was read, ours or theirs; a word of theirs that is none of our codes stays."""
    if value in (None, ""):
        return "–"
    if field in CODES:
        return str(dict(CODES[field].choices).get(value, value))
    if field == "amount":
        return in_rupiah(value)
    if field in DAYS:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return f"{value} {_('s')}" if field == "duration" else str(value)


def values(one: Difference, names: Iterable[str]) -> list[tuple[str, str, str, bool]]:
    """(label, ours, theirs, whether it differs) of these fields, in their order."""
    ours, theirs = one.ours or {}, one.theirs or {}
    return [
        (str(FIELDS[name]), shown(name, ours.get(name)), shown(name, theirs.get(name)), name in one.fields)
        for name in names
    ]


def in_words(one: Difference) -> str:
    """The fields that differ, theirs and ours; "" where it is no pair."""
    told = values(one, (name for name in FIELDS if name in one.fields))
    return ", ".join(f"{label} {theirs} ≠ {ours}" for label, ours, theirs, _differs in told)
