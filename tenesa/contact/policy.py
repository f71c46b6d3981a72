"""What the settings say of each purpose: hours, gaps, most calls, and when enough was tried (7.1, 8.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from tenesa.contact.kinds import By, Result

Span = tuple[int, int]  # minutes of the local day
DAY, WEEK = timedelta(days=1), timedelta(days=7)
AT_ONCE = timedelta()


# --- enough attempts (W-02 1.2.4; AMB-14) ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Tried:
    at: datetime
    result: str
    by: str = By.PHONE


@dataclass(frozen=True)
class Rule:
    """When a customer counts as not reached: enough attempts, far enough apart, within the window."""

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


# --- what a purpose allows -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Policy:
    """What the settings say of one purpose. `hours` are those of working days and Saturdays, `rest` those of Sundays
    and holidays (None: no calls then); `most` are the dials to one number, and to one person, in a span of time.

    Whom nobody asked to be called is spared more (8.1): `hard` is the limit of 24 hours that holds for a second try on
    a busy line and for an appointment too, `retry` how long to wait after each result whoever called (`rule.gap` where
    it says nothing), `busy` how often and how soon a busy line is tried again, `silence` how long nobody calls after a
    conversation, `parts` in how many parts of the day and on how many days is tried before enough was tried. With
    `spares` False none of these holds.
    """

    rule: Rule
    hours: Span
    rest: Span | None
    most: tuple[tuple[int, timedelta], ...] = ()
    spares: bool = False
    hard: int = 0
    retry: Mapping[str, timedelta] = field(default_factory=dict)
    busy: tuple[int, timedelta] = (0, AT_ONCE)
    silence: timedelta = AT_ONCE
    parts: int = 0

    @property
    def looks_back(self) -> timedelta:
        waits = [self.rule.gap, DAY, self.silence, self.busy[1], *self.retry.values()]
        return max([*waits, *(span for _most, span in self.most)])

    def wait(self, result: str, busy_run: int = 0) -> timedelta:
        """How long after a call with this result nobody calls again; `busy_run` counts the busy ones up to it."""
        if result == Result.BUSY and busy_run <= self.busy[0]:
            return self.busy[1]
        return self.retry.get(result, self.rule.gap)


def policy_of(purpose: str) -> Policy:
    """LookupError for a purpose that the settings do not know."""
    told: dict[str, Any] = settings.CONTACT[purpose]
    rule = Rule(told["attempts"], _minutes(told["gap"]), _minutes(told["window"]))
    most = tuple(limit for limit in [(told["per_day"], DAY), (told["per_week"], WEEK)] if limit[0])
    spared = told.get("spares")
    if spared is None:
        return Policy(rule, told["hours"], told["rest"], most)
    return Policy(
        rule, told["hours"], told["rest"], most, True, spared["hard"],
        {result: _minutes(spared[result]) for result in Result.values if result in spared},
        (spared["busy_times"], _minutes(spared["busy"])), timedelta(days=spared["silence_days"]), spared["parts"],
    )  # fmt: skip


def busy_runs(results: Sequence[str]) -> list[int]:
    """For each call, how many busy ones in a row end with it."""
    runs: list[int] = []
    for result in results:
        runs.append((runs[-1] if runs else 0) + 1 if result == Result.BUSY else 0)
    return runs


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
