"""The lists of a desk: one page by keyset, the counts of its views, who looks at which row."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.notices.models import Notice
from tenesa.notices.services import unread
from tenesa.ui.viewing import viewers
from tenesa.workflow import compiled, keyset
from tenesa.workflow.procedures import visible
from tenesa.workspace.customers import CustomerLabel, of_rows
from tenesa.workspace.delivery import delivery_of_mail
from tenesa.workspace.desk import Chip, Desk, Row, View
from tenesa.workspace.reading import Place, last_mails, place_of, read
from tenesa.workspace.tag_filter import TAG, filters_of

PAGE = 40
SOON = timedelta(minutes=15)  # a clock that has no warning of its own becomes a risk so long before it is over
KEPT = 400  # a live refresh fetches again what was loaded, up to this many
SEARCHED = "q"


@dataclass
class Page:
    rows: list[Row]
    query: str
    until: str = ""
    next: str = ""


def asked_of(desk: Desk, asked: QueryDict, user: User) -> dict[str, str]:
    """The filters that the address line names."""
    names = (*(one.name for one in filters_of(desk, user)), SEARCHED)
    given = ((name, asked.get(name, "").strip()) for name in names)
    return {name: value for name, value in given if value}


def narrowed(desk: Desk, cases: QuerySet[Any], asked: dict[str, str]) -> QuerySet[Any]:
    for one in (*desk.filters, TAG):
        if value := asked.get(one.name):
            cases = one.narrow(cases, value)
    return cases


def page(desk: Desk, user: User, view: View, asked: QueryDict, *, after: str = "", until: str = "") -> Page:
    """One page by keyset: the rows after a cursor, or all from the top until one (a live refresh)."""
    kept = asked_of(desk, asked, user)
    words = kept.get(SEARCHED, "")
    every: QuerySet[Any] = desk.model._default_manager.all()
    of_view = desk.search_result(every, user, words) if words else view.of(every, user)
    cases = narrowed(desk, of_view, kept)
    columns, newest = (("changed_at",), True) if words else (view.columns, view.newest_first)
    numbers = len(columns) - 1
    limit, place = PAGE, None
    if key := keyset.read_after_numbers(after, numbers):
        place = Place(key, after=True)
    elif key := keyset.read_after_numbers(until, numbers):
        place, limit = Place(key, after=False), KEPT
    at_most = limit + 1
    ask = partial(read, desk, columns=columns, newest=newest, place=place, limit=at_most)
    # The first rows that the person may see: asked for place by place, each a range of an index, and merged here.
    found = [row for here in desk.places(user) for row in ask(cases.filter(here))]
    items = sorted(found, key=partial(place_of, numbers=numbers), reverse=newest)[:at_most]
    more, items = len(items) > limit, items[:limit]
    last = keyset.place(*place_of(items[-1], numbers)) if items else ""
    more = more or bool(until and items)
    saved = {"saved": asked["saved"]} if asked.get("saved") else {}
    query = urlencode({"view": view.slug, **kept, **saved})
    kept_until = last if len(items) >= PAGE or after else ""
    return Page(_rows(desk, items, user, view), query, until=kept_until, next=last if more else "")


def drawn(desk: Desk, items: list[Any], user: User, view: View) -> list[Row]:
    """The rows of these cases, as `read` gives them, with their customers' class and their clocks."""
    now = timezone.now()
    before, after = desk.url("case", 0).rsplit("0", 1)
    rows = desk.rows(items, user, now, view)
    _mark(desk, rows, user)
    for row, case in zip(rows, items, strict=True):
        row.pk, row.address = case.pk, f"{before}{case.pk}{after}"
        row.number = row.number or f"{desk.model.prefix}{case.pk:07d}"
        if is_counting(desk, case):
            row.due, row.warn = case.urgent_at, warn_of(case)
            row.signal = row.signal or signal_of(row.due, row.warn, now)
    return rows


def _rows(desk: Desk, items: list[Any], user: User, view: View) -> list[Row]:
    others = viewers(desk.procedure, [case.pk for case in items[:PAGE]], but=user)
    rows = drawn(desk, items, user, view)
    mails = {} if user.is_outside else last_mails(desk.procedure, [case.pk for case in items])
    for row, case in zip(rows, items, strict=True):
        row.tags = () if user.is_outside else case.tagged
        row.viewers, row.moment = others.get(case.pk, []), case.at if view.newest_first else case.changed_at
        if mail := mails.get(case.pk):
            row.delivery = delivery_of_mail(mail)
            row.problem = f"{row.delivery.text}: {mail.error}" if mail.failed else ""
    return rows


def _mark(desk: Desk, rows: Sequence[Row], user: User) -> None:
    """Segment and class of the customers, read for all rows together."""
    for row, label in zip(rows, of_rows([row.customer for row in rows], user), strict=True):
        segment = [Chip(label.segment)] if label and label.segment and not desk.own_segment else []
        row.told = [*segment, *class_chip(label)]
        row.customer_at, row.customer_name = (label.address, label.label) if label else ("", "")
        row.chips = [*segment, *row.chips, *class_chip(label)]


def class_chip(label: CustomerLabel | None) -> list[Chip]:
    """The class of a customer in a row; none where there is nothing to say."""
    return [Chip(label.mark, "star", hint=", ".join(label.marks))] if label and label.mark else []


def is_counting(desk: Desk, case: Any) -> bool:
    """Does a clock of the case run that somebody has to keep?"""
    return bool(case.urgent_for) and (case.state not in desk.ended or case.needs_action)


def warn_of(case: Any) -> datetime:
    """When the case's nearest clock becomes a risk: at its own warning, else when the board lists it."""
    warn: datetime = case.warn_at or case.urgent_at - SOON
    return warn


def signal_of(due: datetime, warn: datetime, now: datetime) -> str:
    if due < now:
        return "breach"
    return "risk" if warn <= now else ""


Counts = tuple[dict[str, int], bool]


def counts(desks: Sequence[Desk], user: User) -> tuple[list[Counts], int]:
    """Live counts of each desk's views, whether what waits there holds an overdue case, and the person's unread
    notices: one query for all, compiled once a place."""
    shown = [[view for view in desk.views_for(user) if view.counted and not view.page] for desk in desks]
    asked = [_asked(desk, user, views) for desk, views in zip(desks, shown, strict=True)]
    own: tuple[Hashable, compiled.Asked] = ("notices", user.pk), lambda: ([unread(user)], Notice.objects.none())
    *of_desks, ([notices], _late) = compiled.counts([*asked, own])
    found = []
    for views, (numbers, late) in zip(shown, of_desks, strict=True):
        found.append((dict(zip((view.slug for view in views), numbers, strict=True)), late))
    return found, notices


def _asked(desk: Desk, user: User, views: Sequence[View]) -> tuple[Hashable, compiled.Asked]:
    def asked() -> tuple[Sequence[QuerySet[Any]], QuerySet[Any]]:
        cases: QuerySet[Any] = visible(desk.model, user)
        late = desk.waiting_view(user).of(cases, user).filter(desk.late)
        return [view.of(cases, user) for view in views], late

    return (desk.slug, tuple(view.slug for view in views), user.pk, *user.places), asked


def state_counts(desk: Desk, user: User) -> dict[str, int]:
    """Open cases on each state, for the procedure map."""
    rows = visible(desk.model, user).exclude(state__in=desk.ended).order_by("state").values_list("state")
    return dict(rows.annotate(Count("pk")))
