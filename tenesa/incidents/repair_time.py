"""The repair time of an incident from NOSSA's status history: gross, pending and net by segment (requirements 2.4).

DCS leaves out the time on hold; the other segments keep it. SLAHOLD, Control Desk's clock stop, counts as PENDING.
`moves` tells the same history as a clock of net, for the ledger (ADR-0018).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HELD = {"PENDING", "SLAHOLD"}
OVER = {"MEDIACARE", "SALAMSIM", "CLOSED"}
LEFT_OUT = {"DCS": OVER | HELD}
LEFT_OUT_OTHERS = OVER | {"RESOLVED"}
NOTHING = timedelta()


@dataclass(frozen=True)
class Ttr:
    """`target` is the time that net may take, None where there is none; `warning` comes before it."""

    gross: timedelta
    pending: timedelta
    net: timedelta
    target: timedelta | None = None
    warning: timedelta | None = None

    @property
    def signal(self) -> str:
        if self.target is None:
            return ""
        if self.net > self.target:
            return "breach"
        return "risk" if self.net > (self.warning or self.target) else "met"


def ttr(
    segment: str,
    reported: datetime,
    history: Iterable[tuple[datetime, str]],
    now: datetime,
    *,
    target: timedelta | None = None,
    warning: timedelta | None = None,
) -> Ttr:
    """Whole minutes; `history`: (from when, status), of one moment as NOSSA told them. It is NEW until
    the first one, and over at CLOSED."""
    left_out = left_out_of(segment)
    at, status = _minute(reported), "NEW"
    gross = pending = net = NOTHING
    for moment, following in [*in_order(history), (now, "")]:
        until = max(at, _minute(moment))
        spent = until - at
        if status != "CLOSED":
            gross += spent
        if status in HELD:
            pending += spent
        if status not in left_out:
            net += spent
        at, status = until, following
    return Ttr(gross, pending, net, target, warning)


def moves(segment: str, reported: datetime, history: Iterable[tuple[datetime, str]]) -> list[tuple[str, datetime]]:
    """STARTED, PAUSED, RESUMED … STOPPED: when net counted and when not; STOPPED only where it is CLOSED in the end."""
    left_out, at, status = left_out_of(segment), _minute(reported), "NEW"
    found, counts = [("STARTED", at)], True
    for moment, status in in_order(history):
        at = max(at, _minute(moment))
        if counts != (status not in left_out):
            counts = not counts
            found.append(("RESUMED" if counts else "PAUSED", at))
    if status == "CLOSED":
        found.append(("STOPPED", at))
    return found


def in_order(history: Iterable[tuple[datetime, str]]) -> list[tuple[datetime, str]]:
    """By moment; what shares one stays as it was told, but nothing comes after CLOSED that is no later."""
    return sorted(history, key=lambda one: (one[0], one[1] == "CLOSED"))


def left_out_of(segment: str) -> set[str]:
    """The statuses that do not count for the net time of a segment."""
    return LEFT_OUT.get(segment, LEFT_OUT_OTHERS)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
