"""What is read of e-mail cases: what else concerns one, repair time and response time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.incidents.incident_times import Repair, histories_of, in_words, length
from tenesa.incidents.repair_time import Ttr, ttr
from tenesa.timers import ledger
from tenesa.timers.targets import hours_of
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.at_once import rows_of
from tenesa.workflow.readings import Reading
from tenesa.workflow.step import steps_of
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


@dataclass(frozen=True)
class RelatedCases:
    why: str
    cases: list[EmailCase]


SHOWN = 5  # of one reason
SELF = -1_000_000  # stands for the case in a statement that is written once
Reason = tuple[str, Callable[[list[Any]], Q], list[Any]]


def related_cases(case: EmailCase, user: User) -> list[RelatedCases]:
    """Same product, same open incident, same customer: one glance answers a question for progress."""
    reasons = [(words, where, values) for words, where, values in _reasons(case) if values]
    known: dict[Any, Any] = {SELF: case.pk}
    parts = []
    for _words, where, values in reasons:
        names = [_stand_in(len(known) + at, value) for at, value in enumerate(values)]
        known |= dict(zip(names, values, strict=True))
        parts.append(((related_cases, where, tuple(names), str(user.places)), partial(_others, user, where, names)))
    groups: list[RelatedCases] = []
    for (words, _where, _values), found in zip(reasons, rows_of(parts, known), strict=True):
        told = {one.pk for group in groups for one in group.cases}
        mine = [one for one in found if one.pk not in told][:SHOWN]
        groups += [RelatedCases(words, mine)] if mine else []
    return groups


def _stand_in(number: int, value: Any) -> Any:
    return f"\0{number}" if isinstance(value, str) else SELF - number


def _others(user: User, where: Callable[[list[Any]], Q], names: list[Any]) -> QuerySet[EmailCase]:
    others = EmailCase.objects.visible_to(user).exclude(pk=SELF).filter(where(names))
    return others.only("subject", "state").order_by("-pk").distinct()[: SHOWN + 1]


def _reasons(case: EmailCase) -> list[Reason]:
    """What a case has in common with others, the strongest first; each is a range of an index."""
    products = [line.product_id for line in case.known_lines if line.product_id] or case.suggested_product_ids()
    incidents = [line.incident_number for line in case.known_lines if line.incident_number]
    of_case = [case.customer_id] if case.customer_id else [case.sender_address]
    return [
        (_("Named by the sender"), _named, [case.referenced_case_id] if case.referenced_case_id else []),
        (_("Merged"), _merged, [case.pk, case.merged_into_id]),
        (_("Split from the same mail"), _split, [case.pk, case.split_from_id]),
        (_("Same incident"), _of_incidents, incidents),
        (_("Same product id"), _of_products, products),
        (_("Same customer"), _of_customer if case.customer_id else _of_address, of_case),
    ]


def _named(values: list[Any]) -> Q:
    return Q(pk=values[0])


def _merged(values: list[Any]) -> Q:
    return Q(merged_into=values[0]) | Q(pk=values[1])


def _split(values: list[Any]) -> Q:
    return Q(split_from=values[0]) | Q(pk=values[1])


def _of_incidents(values: list[Any]) -> Q:
    return Q(lines__incident_number__in=values)


def _of_products(values: list[Any]) -> Q:
    return Q(lines__product_id__in=values)


def _of_customer(values: list[Any]) -> Q:
    return Q(customer=values[0])


def _of_address(values: list[Any]) -> Q:
    return Q(sender_address=values[0])


def response(case: EmailCase) -> Measure | None:
    """The response time as its clock counted it, the newest where the case was opened again, and the letter that ended
    it (E-31, ADR-0043); None while nobody has answered, or where the clock is switched off."""
    marks = [mark for mark in MARKS.of(case) if mark.timer.name == "first_response"]
    if case.answered_at is None or not marks:
        return None
    newest = marks[-1].timer
    counted = ledger.read(mark for mark in marks if mark.timer_id == newest.pk)
    if counted.ended_at is None:
        return None
    took = counted.elapsed(hours_of(newest.calendar_id), counted.ended_at)
    ended = next((event for event in HISTORY.of(case) if event.at == counted.ended_at), None)
    words = {"step": str(steps_of(type(case))[ended.step].label) if ended else "", "time": when(counted.ended_at)}
    hint = _("Ended by “%(step)s”, %(time)s (P-05 5.2)") % words
    return Measure(_("Response time"), length(took), "breach" if counted.breached else "met", hint)


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
