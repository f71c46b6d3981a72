"""What waits for a decision, on the leader's live board."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.escalation.desk import EscalationDesk
from tenesa.ui.board import Card
from tenesa.workflow.procedures import visible
from tenesa.workspace import lists

SHOWN = 8


def cards(user: User) -> Iterator[Card]:
    """What waits for this person."""
    desk = EscalationDesk()
    waiting = desk.views[0]
    page = lists.page(desk, user, waiting, QueryDict())
    rows, count = page.rows, len(page.rows)
    if page.next:
        count = waiting.of(visible(desk.model, user), user).count()
    signal = "breach" if any(row.signal == "breach" for row in rows) else "risk"
    yield Card(
        "approvals", _("Approvals"), "escalation/board.html", {"rows": rows[:SHOWN]}, count=count, signal=signal,
        url=desk.list_url(), order=20,
    )  # fmt: skip
