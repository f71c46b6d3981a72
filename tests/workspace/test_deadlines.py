"""What a list, a head and the line of clocks say of one deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.timers.models import Timer
from tests import factories
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


def late_in(case: EmailCase, minutes: int) -> None:
    """A case whose nearest clock has no warning of its own."""
    at = timezone.now() + timedelta(minutes=minutes)
    EmailCase.objects.filter(pk=case.pk).update(urgent_at=at, warn_at=None)


def test_a_clock_without_a_warning_is_a_risk_as_soon_as_the_board_lists_it(rini: User, client: Client) -> None:
    soon, later, over = (factories.opened() for _case in range(3))
    for case, minutes in ((soon, 14), (later, 20), (over, -1)):
        late_in(case, minutes)
    client.force_login(rini)
    rows = {row.pk: row for row in client.get("/cases/?view=all").context["page"].rows}
    assert {pk: row.signal for pk, row in rows.items()} == {soon.pk: "risk", later.pk: "", over.pk: "breach"}
    assert all(row.warn == row.due - timedelta(minutes=15) for row in rows.values())
    assert client.get(soon.get_absolute_url()).context["deadline"].signal == "risk"


def test_the_line_of_clocks_ticks_with_the_head(rini: User, client: Client) -> None:
    case = factories.opened()
    client.force_login(rini)
    page = client.get(case.get_absolute_url()).content.decode()
    nearest = Timer.objects.filter(case_id=case.pk, state="RUNNING").earliest("due_at")
    assert page.split('id="case-clocks"')[1].split("</summary>")[0].count(nearest.due_at.isoformat()) == 1


def test_an_ended_row_shows_its_age_in_words(rini: User, client: Client) -> None:
    factories.put(factories.opened(), "CLOSED", needs_action=False)
    client.force_login(rini)
    page = client.get("/cases/?view=closed").content.decode()
    assert "data-due" not in page.split('id="queue-rows"')[1]
    assert "</time> lalu" in page.split('id="queue-rows"')[1]
