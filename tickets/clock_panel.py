"""The repair time of incidents in words, and how long the first answer took."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.incidents.incident_times import Repair, histories_of, in_words, length
from tenesa.incidents.repair_time import Ttr, ttr
from tenesa.workspace.desk import Measure
from tickets.clocks import goal_of
from tickets.models import EmailCase, Line


def response(case: EmailCase) -> Measure | None:
    """Received to the first answer of a person (E-31)."""
    if case.answered_at is None:
        return None
    goal = goal_of(case, "first_response")
    due = goal.expected(case.received_at) if goal else None
    signal = "breach" if due is not None and case.answered_at > due else "met"
    hint = _("Received to the first answer of a person (P-05 5.2)")
    return Measure(_("Response time"), length(case.answered_at - case.received_at), signal, hint)


def repairs(case: EmailCase, lines: Iterable[Line]) -> list[tuple[str, Repair]]:
    """The repair time of every incident of these lines in words, by its number."""
    return [(number, in_words(times)) for number, times in repair_times(case, lines)]


def repair_times(case: EmailCase, lines: Iterable[Line]) -> list[tuple[str, Ttr]]:
    """Gross, pending and net of every incident whose reporting time is known."""
    known = histories_of(line.incident_id for line in lines if line.incident_id is not None)
    now, goal = timezone.now(), goal_of(case, "ttr")
    target, warning = (goal.duration, goal.warning) if goal else (None, None)
    return [
        (one.number, ttr(case.segment, one.reported, one.history, now, target=target, warning=warning))
        for one in known.values()
    ]
