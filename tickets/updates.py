"""What the steps around a watched incident set going (P-05 5.7, 5.8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.step import AddRow, Outgoing, Taken, effect
from tickets.effects import call

if TYPE_CHECKING:
    from tickets.models import EmailCase


@effect(_("clock: next update at the chosen time"))
def snooze(case: EmailCase, taken: Taken) -> Iterable[Outgoing]:
    yield StartTimer("progress_update", until=taken.inputs["until"], step="update_due", goes_on=True)


@effect(_("the answer is kept; NOSSA's worklog says EXPEDITE; clock: ask again"))
def expedite(case: EmailCase, taken: Taken) -> Iterable[Outgoing]:
    inputs = taken.inputs
    if not isinstance(taken.actor, User):
        return
    row = case.expedites.model(case=case, by=taken.actor, at=taken.at, **{
        name: inputs[name] for name in ("unit", "channel", "person", "answer", "next_at")
    })  # fmt: skip
    yield AddRow(row)
    for number in case.incident_numbers():
        payload = {
            "number": number,
            "log_type": "EXPEDITE",
            "summary": f"Percepatan oleh TENESA {case.number}: {row.unit}",
            "detail": f"{row.person} ({row.channel}): {row.answer}",
            "client_viewable": False,
        }
        yield call(case, "nossa", "add_worklog", payload, f"{case.version}:expedite:{number}")
    yield StartTimer("nossa_silent")
    again = inputs["next_at"]
    yield StartTimer("expedite_next", until=again) if again else StopTimer(("expedite_next",))
