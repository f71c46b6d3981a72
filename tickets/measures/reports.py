"""Lists of what is so now at the e-mail desk, for the reports: ageing, overdue clocks, updates due (P-05 5.8, X-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenesa import door
from tenesa.accounts.models import User
from tenesa.reporting.asked import Asked
from tenesa.reporting.registry import Band, Column, Listing, Value, listings
from tenesa.reporting.selectors import seen_by
from tenesa.timers.models import Timer
from tickets.clocks import UPDATES, WORDS
from tickets.models import EmailCase
from tickets.states import ENDED, State


def open_cases(user: User, asked: Asked) -> QuerySet[Any]:
    """Open cases of the places that this person leads, else their own; narrowed by what was asked."""
    cases = EmailCase.objects.filter(seen_by(user, agent="owner")).exclude(state__in=ENDED)
    if (team := door.number(asked.team)) is not None:
        cases = cases.filter(owner__in=User.objects.filter(memberships__team=team))
    return asked.narrow(cases, agent="owner_id", team="", part="")


def ageing(user: User, asked: Asked) -> QuerySet[Any]:
    return open_cases(user, asked).select_related("owner", "area")


AGES = (4, 8, 24, 3 * 24, 7 * 24)  # hours; ends of the bands of the ageing chart (lokal: ADR-0018)


def ages() -> list[Band]:
    """How long open cases have been open, the youngest first."""
    now = timezone.now()
    ends = [now - timedelta(hours=hours) for hours in AGES]
    words = [_age(hours) for hours in AGES]
    first = Band(f"< {words[0]}", Q(opened_at__gt=ends[0]))
    middle = [
        Band(f"{words[place]} – {words[place + 1]}", Q(opened_at__lte=ends[place], opened_at__gt=ends[place + 1]))
        for place in range(len(ends) - 1)
    ]
    return [first, *middle, Band(f"≥ {words[-1]}", Q(opened_at__lte=ends[-1]))]


def _age(hours: int) -> str:
    if hours < 24:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


def clocks(*names: str, overdue: bool = False) -> Callable[[User, Asked], QuerySet[Any]]:
    """Running clocks of open cases, the nearest first; all of them where no name is given."""

    def rows(user: User, asked: Asked) -> QuerySet[Any]:
        timers = Timer.objects.filter(procedure=EmailCase.procedure_name(), state=Timer.State.RUNNING)
        if names:
            timers = timers.filter(name__in=names)
        if overdue:
            timers = timers.filter(due_at__lt=timezone.now())
        case = EmailCase.objects.filter(pk=OuterRef("case_id"))
        return timers.filter(case_id__in=open_cases(user, asked).values("pk")).annotate(
            case_state=Subquery(case.values("state")),
            case_segment=Subquery(case.values("segment")),
            case_owner=Subquery(case.values("owner__first_name")),
        )

    return rows


def hours_since(moment: datetime) -> float:
    return round((timezone.now() - moment).total_seconds() / 3600, 1)


def minutes_over(row: Timer) -> Value:
    """How long it is overdue; nothing before the due time."""
    over = (timezone.now() - row.due_at).total_seconds() / 60
    return round(over, 1) if over > 0 else None


CLOCK_COLUMNS = [
    Column(_("Due"), attrgetter("due_at")),
    Column(_("Clock"), lambda row: str(WORDS.get(row.name, row.name))),
    Column(_("Minutes overdue"), minutes_over),
    Column(_("Segment"), attrgetter("case_segment")),
    Column(_("State"), lambda row: str(State(row.case_state).label)),
    Column(_("Owner"), lambda row: row.case_owner or ""),
]
OF_TIMER = attrgetter("procedure", "case_id")


def register() -> None:
    listings.add(
        Listing(
            "ageing", _("Ageing of open cases"), "P-05 5.2", rows=ageing, moment="opened_at", oldest_first=True,
            now=True, icon="hourglass", about=_("every open case, the oldest first"), empty=_("No open case"),
            case=lambda row: (EmailCase.procedure_name(), row.pk), bands=ages, bands_label=_("Age of the open cases"),
            columns=[
                Column(_("Opened"), attrgetter("opened_at")),
                Column(_("Age in hours"), lambda row: hours_since(row.opened_at)),
                Column(_("State"), lambda row: str(row.get_state_display())),
                Column(_("Segment"), attrgetter("segment")),
                Column(_("Area"), lambda row: str(row.area or "")),
                Column(_("Owner"), lambda row: str(row.owner or "")),
                Column(_("First answer"), attrgetter("answered_at")),
            ],
        ),
        Listing(
            "overdue", _("Overdue now"), "P-05 5.2, 5.8", rows=clocks(overdue=True), moment="due_at", now=True,
            oldest_first=True, icon="timer-off", about=_("every clock of an open case that has run out"),
            empty=_("Nothing is overdue"), columns=CLOCK_COLUMNS, case=OF_TIMER,
        ),
        Listing(
            "updates", _("Updates due and overdue"), "P-05 5.8", rows=clocks(*UPDATES), moment="due_at", now=True,
            oldest_first=True, icon="alarm-clock", about=_("which customer has to hear of their fault, and when"),
            empty=_("No update is due"), columns=CLOCK_COLUMNS, case=OF_TIMER,
        ),
    )  # fmt: skip
