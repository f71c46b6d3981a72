"""Notices read, counted and marked; every change is told to the person's open pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.notices.models import Notice
from tenesa.ui.live import tell

PAGE = 40
READ = "r"  # a cursor among those that were read begins with it


@dataclass(frozen=True)
class Page:
    rows: list[Notice]
    next: str = ""


def told(people: Collection[int]) -> None:
    """After commit, the open pages of these persons hear that their notices are others now."""
    for pk in people:
        transaction.on_commit(partial(tell, "notices", f"person:{pk}"))


def unread(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(person=user, read_at=None)


def unread_of(people: Collection[int]) -> Mapping[int, int]:
    """How many notices each of many persons has not read."""
    counted = Notice.objects.filter(person__in=people, read_at=None).values_list("person").annotate(Count("pk"))
    return dict(counted.order_by())


def page(user: User, *, of: Collection[str] = (), after: str = "") -> Page:
    """The unread ones newest first, then those that were read; `of` are the procedures where not all are asked for,
    `after` is the cursor of the page before."""
    mine = Notice.objects.filter(person=user, **({"procedure__in": of} if of else {}))
    mine, number = mine.select_related("actor").order_by("-pk"), after.removeprefix(READ)
    below = mine.filter(pk__lt=int(number)) if number.isdecimal() and len(number) < 19 else mine
    rows: list[Notice] = []
    if not after.startswith(READ):
        rows = list(below.filter(read_at=None)[: PAGE + 1])
        below = mine
    if len(rows) <= PAGE:
        rows += below.filter(read_at__isnull=False)[: PAGE + 1 - len(rows)]
    if len(rows) <= PAGE:
        return Page(rows)
    last = rows[PAGE - 1]
    return Page(rows[:PAGE], f"{READ if last.read_at else ''}{last.pk}")


def mark_read(notices: QuerySet[Notice]) -> int:
    """Mark those of them that are unread; how many that were. All are of one person."""
    with transaction.atomic():
        people = set(notices.filter(read_at=None).values_list("person", flat=True))
        marked = notices.filter(read_at=None).update(read_at=timezone.now())
        told(people)
    return marked
