"""What all desks have in common on the leader's board: a card a desk, and the deadlines of all of them in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.ui.board import Card
from tenesa.workflow.procedures import has_cases, visible
from tenesa.workspace import board_people, lists
from tenesa.workspace.desk import Desk, Row, Words, desks
from tenesa.workspace.reading import read

LISTED = 12


@dataclass(frozen=True)
class Figure:
    """How much of a desk is late, and the list of it."""

    label: Words
    count: int
    url: str


def cards(user: User) -> Iterator[Card]:
    mine = [desk for desk in desks() if desk.is_open_to(user)]
    yield _deadlines(mine, user)
    yield board_people.card(mine, user)
    yield from (_card(desk, user) for desk in mine if not desk.own_cards and has_cases(desk.model, user))


def _card(desk: Desk, user: User) -> Card:
    """What is open, what waits for somebody, what is late, since when the oldest."""
    told = (
        visible(desk.model, user)
        .filter(desk.is_open)
        .order_by()
        .aggregate(
            open=Count("pk"),
            waiting=Count("pk", filter=Q(needs_action=True)),
            late=Count("pk", filter=desk.late),
            oldest=Min("opened_at"),
        )
    )
    signal = "breach" if told["late"] else "risk"
    waiting = desk.list_url("figure-waiting")
    it = {**told, "all": desk.list_url("figure-open"), "here": waiting, "overdue": desk.list_url("figure-late")}
    return Card(desk.slug, desk.title, "workspace/board_desk.html", it, told["waiting"], signal, waiting, 25)


def _deadlines(mine: Sequence[Desk], user: User) -> Card:
    """Deadlines that are over, counted by desk, and those of the next 15 minutes; of both the nearest."""
    now = timezone.now()
    coming = ~Q(urgent_for="") & Q(urgent_at__gte=now, urgent_at__lt=now + lists.SOON)
    over = [visible(desk.model, user).filter(desk.is_open & desk.late) for desk in mine]
    soon = [visible(desk.model, user).filter(desk.is_open & coming & ~desk.late) for desk in mine]
    figures = [Figure(mine[place].title, count, mine[place].list_url("figure-late")) for place, count in _counted(over)]
    it = {"figures": figures, "late": _nearest(mine, over, user), "soon": _nearest(mine, soon, user)}
    count, url = sum(one.count for one in figures), figures[0].url if len(figures) == 1 else ""
    return Card(
        "breaches", gettext_lazy("Breaches"), "workspace/board_deadlines.html", it, count, "breach", url, order=10
    )


def _counted(found: Sequence[QuerySet[Any]]) -> list[tuple[int, int]]:
    """How many rows each queryset has, by its place; one query, without those that have none."""
    rows = [one.order_by().values(of_desk=Value(at)).annotate(n=Count("pk")) for at, one in enumerate(found)]
    return sorted((one["of_desk"], one["n"]) for one in _together(rows) if one["n"]) if rows else []


def _nearest(mine: Sequence[Desk], found: Sequence[QuerySet[Any]], user: User) -> list[Row]:
    """The rows of all desks that are due first, as their own lists draw them."""
    keys = [
        one.order_by("urgent_at", "pk").values("urgent_at", "pk", of_desk=Value(at))[:LISTED]
        for at, one in enumerate(found)
    ]
    first = list(_together(keys).order_by("urgent_at", "pk")[:LISTED]) if keys else []
    drawn: dict[tuple[int, int], Row] = {}
    for place, rows in groupby(sorted(first, key=itemgetter("of_desk")), key=itemgetter("of_desk")):
        desk = mine[place]
        cases = desk.model._default_manager.filter(pk__in=[one["pk"] for one in rows])
        items = read(desk, cases, columns=("urgent_at",), newest=False, place=None, limit=LISTED)
        for row in lists.drawn(desk, items, user, desk.figures["figure-late"]):
            drawn[place, row.pk] = row
    return [drawn[key] for one in first if (key := (one["of_desk"], one["pk"])) in drawn]


def _together(rows: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    return rows[0].union(*rows[1:], all=True) if len(rows) > 1 else rows[0]
