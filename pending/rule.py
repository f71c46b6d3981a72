"""When a customer counts as not reached (W-02 1.2.4; AMB-14): enough attempts, far enough apart, within the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from pending.states import By, Result


@dataclass(frozen=True)
class Tried:
    at: datetime
    result: str
    by: str = By.PHONE


@dataclass(frozen=True)
class Rule:
    attempts: int
    gap: timedelta
    window: timedelta

    def next_at(self, tried: Sequence[Tried]) -> datetime | None:
        """When the next call is allowed; None: at once. A call of the customer's own delays nothing."""
        ours = [one.at for one in tried if one.by != By.INBOUND]
        return max(ours) + self.gap if ours else None

    def counted(self, tried: Sequence[Tried]) -> int:
        """The most attempts without contact that lie together in one window, each far enough from the one before."""
        moments = sorted(one.at for one in tried if one.result != Result.CONNECTED and one.by != By.INBOUND)
        best = 0
        for place, first in enumerate(moments):
            run, last = 0, None
            for moment in moments[place:]:
                if moment - first > self.window:
                    break
                if last is None or moment - last >= self.gap:
                    run, last = run + 1, moment
            best = max(best, run)
        return best

    def met(self, tried: Sequence[Tried]) -> bool:
        return self.counted(tried) >= self.attempts


def rule() -> Rule:
    told = settings.PENDING
    return Rule(told["attempts"], timedelta(minutes=told["gap"]), timedelta(minutes=told["window"]))
