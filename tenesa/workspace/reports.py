"""Lists of every desk in the reports, made from its declaration: its open cases by state and by age (X-12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenesa import door
from tenesa.accounts.models import User
from tenesa.reporting.registry import Band, Column, Listing, listings
from tenesa.reporting.report_query import ReportQuery
from tenesa.reporting.selectors import seen_by
from tenesa.timers.targets import words_of
from tenesa.workflow.case import Case
from tenesa.workspace.desk import Desk

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

AGES = (4, 8, 24, 3 * 24, 7 * 24)  # hours; ends of the bands of the ageing chart (lokal: ADR-0018)


def open_cases(model: type[Case], is_open: Q, user: User, report_query: ReportQuery) -> QuerySet[Any]:
    """Open cases of the places that this person leads, else their own; narrowed by what was asked."""
    cases: QuerySet[Any] = model._default_manager.filter(seen_by(user, agent="owner")).filter(is_open)
    if (team := door.number(report_query.team)) is not None:
        cases = cases.filter(owner__in=User.objects.filter(memberships__team=team))
    known = {field.name for field in model._meta.get_fields()}
    segment = "segment" if "segment" in known else ""
    return report_query.narrow(cases, agent="owner_id", team="", part="", segment=segment).select_related(
        "owner", "area"
    )


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


def hours_since(moment: datetime) -> float:
    return round((timezone.now() - moment).total_seconds() / 3600, 1)


def _states(desk: Desk) -> list[Band]:
    return [Band(label, Q(state=state)) for state, label in desk.labels.items() if state not in desk.ended]


def _columns(desk: Desk) -> Sequence[Column]:
    return [
        Column(_("Opened"), attrgetter("opened_at")),
        Column(_("Age in hours"), lambda row: hours_since(row.opened_at)),
        Column(_("State"), lambda row: desk.state(row.state)),
        Column(_("Area"), lambda row: str(row.area or "")),
        Column(_("Owner"), lambda row: str(row.owner or "")),
        Column(_("Clock"), lambda row: str(words_of(desk.procedure).get(row.urgent_for, ""))),
    ]


@dataclass(frozen=True)
class _Kind:
    """A way to look at the open cases of a desk."""

    name: str
    label: _StrOrPromise
    icon: str
    bands_label: _StrOrPromise
    bands: Callable[[Desk], list[Band]]
    drawn: bool


KINDS = (
    _Kind("states", _("Open cases by state"), "list", _("States of the open cases"), _states, drawn=False),
    _Kind("ages", _("Open cases by age"), "hourglass", _("Age of the open cases"), lambda _desk: ages(), drawn=True),
)


def register(desk: Desk) -> None:
    """Its lists; the one by age is left out where the desk has its own."""
    for kind in KINDS:
        if kind.name == "ages" and desk.own_ageing:
            continue
        listings.add(
            Listing(
                f"{desk.slug}_{kind.name}",
                format_lazy("{} · {}", kind.label, desk.title),
                desk.model.document,
                rows=partial(open_cases, desk.model, desk.is_open),
                columns=_columns(desk),
                moment="opened_at",
                about=_("every open case, the oldest first"),
                empty=_("No open case"),
                icon=kind.icon,
                oldest_first=True,
                now=True,
                case=lambda row: (desk.procedure, row.pk),
                bands=partial(kind.bands, desk),
                bands_label=kind.bands_label,
                bands_drawn=kind.drawn,
            )
        )
