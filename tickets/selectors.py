"""What is read of e-mail cases: whom we asked to hurry, repair time and response time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.incidents.incident_times import Repair, histories_of, in_words, length
from tenesa.incidents.repair_time import Ttr, ttr
from tenesa.timers import ledger
from tenesa.timers.targets import hours_of
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.readings import Reading
from tenesa.workflow.step import steps_of
from tenesa.workspace import case_mail
from tenesa.workspace.case_page import HISTORY
from tenesa.workspace.clock_panel import MARKS
from tenesa.workspace.desk import Measure
from tickets.clocks import goal_of
from tickets.models import EmailCase, Expedite, Line
from tickets.states import FOR_THE_LEADER

IN_QUEUE = Q(owner=None, needs_action=True, triage="") & ~Q(state__in=FOR_THE_LEADER)  # waits for whoever is free


EXPEDITES = Reading(
    "expedites",
    lambda case: Expedite.objects.filter(case__in=case.family()).select_related("by").order_by("at", "pk"),
)


def expedites(case: EmailCase) -> list[Expedite]:
    """Whom we asked to hurry about the case and those merged into it, in the order of asking."""
    return EXPEDITES.of(case)


def response(case: EmailCase) -> Measure | None:
    """The response time as its clock counted it, the newest where the case was opened again, and the letter that ended
    it (E-31, ADR-0043); None while nobody has answered, or where the clock is switched off."""
    marks = [mark for mark in MARKS.of(case) if mark.timer.name == "first_response"]
    letters = {mail.event_id for mail in case_mail.sent(case)}
    answers = {event.at: event for event in HISTORY.of(case) if event.pk in letters or event.step == "answer_by_phone"}
    for _pk, own in groupby(reversed(marks), key=attrgetter("timer_id")):
        told = list(own)[::-1]
        counted, timer = ledger.read(told), told[0].timer
        if counted.ended_at is None:
            return None
        if ended := answers.get(counted.ended_at):  # else it ended without an answer: the case is void, or was merged
            took = counted.elapsed(hours_of(timer.calendar_id), counted.ended_at)
            words = {"step": steps_of(type(case))[ended.step].label, "time": when(counted.ended_at)}
            hint = _("Ended by “%(step)s”, %(time)s (P-05 5.2)") % words
            return Measure(_("Response time"), length(took), "breach" if counted.breached else "met", hint)
    return None


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
