"""The calls to the customer beside a request: what was tried, how much of it counts, when the next is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from pending.models import Attempt, PendingRequest
from pending.rule import rule
from pending.states import State
from tenesa.contact.rules import Tried


@dataclass(frozen=True)
class Calls:
    """`now` says that the customer is being asked; `script` is what to say to them."""

    obj: PendingRequest
    attempts: list[Attempt]
    now: bool
    counted: int
    needed: int
    next_at: datetime | None

    @property
    def script(self) -> str:
        return self.obj.reason.script


def calls_of(request: PendingRequest) -> Calls | None:
    """None where nobody was called and nobody is to be."""
    attempts, now = list(request.attempts.select_related("agent")), request.state == State.CONTACTING
    if not attempts and not now:
        return None
    needed, tried = rule(), [Tried(one.at, one.result, one.by) for one in attempts]
    upcoming = needed.next_at(tried)
    later = upcoming if upcoming and upcoming > timezone.now() else None
    return Calls(request, attempts, now, needed.counted(tried), needed.attempts, later)
