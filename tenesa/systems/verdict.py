"""What a tool's reading means for the trouble-shoot of W-05 1.2.7: the service looks normal, faulty, or unclear."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from tenesa.systems.readings import plain


class Condition(StrEnum):
    NORMAL = "NORMAL"
    FAULT = "FAULT"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Verdict:
    """`summary` is an Indonesian sentence (it may be quoted to the customer), `measures` short labels with values."""

    tool: str
    state: Condition
    summary: str
    measures: dict[str, str] = field(default_factory=dict)

    def answer(self, **data: Any) -> dict[str, Any]:
        """The stored answer of a reading: these four keys, and beside them the full values that were read."""
        return {**plain(self), "state": self.state.value, "measures": self.measures, **plain_items(data)}


def ticket_words(state: str, *, found: bool) -> tuple[str, str]:
    """What NOSSA says of a service's tickets, as a word and a signal: never that the service is normal."""
    if not found:
        return _("No ticket"), ""
    return (_("Open ticket"), "breach") if state == Condition.FAULT else (_("Ticket repaired"), "met")


def plain_items(data: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in data.items()}


def whole(value: int) -> str:
    """A whole number as Indonesian readers write it: 48.213."""
    return f"{value:,}".replace(",", ".")


def decimal(value: float, unit: str = "") -> str:
    """A number as Indonesian readers write it: -31,2 dBm."""
    text = f"{value:.1f}".replace(".", ",").removesuffix(",0")
    return f"{text} {unit}".strip()
