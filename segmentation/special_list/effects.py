"""What the steps of an entry set going: clocks of approval, review and end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from segmentation.special_list.columns import midnight_after
from segmentation.special_list.states import APPROVE, CHANGE, END, REVIEW, State
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.step import AddRow, Outgoing, StepContext, effect

if TYPE_CHECKING:
    from segmentation.lists import ListEntry

NOTICE = timedelta(days=14)
DAY = timedelta(days=1)


@effect(_("clock: approval"))
def wait_for_approval(entry: ListEntry, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(APPROVE)
    yield _until(END, midnight_after(entry.valid_to), taken.at, "expire")


@effect(_("row of the import's report"))
def report(entry: ListEntry, taken: StepContext) -> Iterable[Outgoing]:
    if row := taken.inputs.get("report"):
        row.entry_id = entry.pk
        yield AddRow(row)


@effect(_("clock: approval of the change"))
def wait_for_change(entry: ListEntry, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((REVIEW,))
    yield StartTimer(CHANGE)


@effect(_("clocks: review, end"))
def run(entry: ListEntry, taken: StepContext) -> Iterable[Outgoing]:
    if entry.state not in {State.ACTIVE, State.CHANGING, State.REVIEW}:
        yield StopTimer()
        return
    yield StopTimer((APPROVE, CHANGE, REVIEW))
    if entry.state == State.ACTIVE:
        yield _until(REVIEW, midnight_after(entry.review_due - DAY), taken.at, "ask_review")
    yield _until(END, midnight_after(entry.valid_to), taken.at, "expire")


@effect(_("clocks stop"))
def stop(entry: ListEntry, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer()


def _until(name: str, moment: datetime, at: datetime, step: str) -> StartTimer:
    """A clock with its warning two weeks before; one that was missed meanwhile is due at once."""
    moment = max(moment, at)
    warn = moment - at - NOTICE
    return StartTimer(name, until=moment, warn=warn if warn > timedelta() else None, step=step)
