"""A card a desk on the leader's board: what is open, what waits for somebody, what is late, since when the oldest."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min, Q

from tenesa.accounts.models import User
from tenesa.ui.board import Card
from tenesa.workflow.procedures import visible
from tenesa.workspace.desk import Desk, desks


def cards(user: User) -> Iterator[Card]:
    for desk in desks():
        if not desk.own_cards and desk.is_open_to(user):
            yield _card(desk, user)


def _card(desk: Desk, user: User) -> Card:
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
