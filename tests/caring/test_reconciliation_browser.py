"""The leader's check by keys alone: a difference is asked about, an orphan explained, the run signed (8 langkah 5)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from caring.models import CaringResult, Difference
from caring.results.states import State
from tenesa.accounts.models import User
from tests.caring import desk
from tests.caring.reconciling import compared, rows_of, steer
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_leader_answers_every_question_and_signs(
    systems: Outside, approved: CaringResult, novita: User, seat: Seat
) -> None:
    steer(systems, "PUT", f"tamara/{rows_of('tamara')[0]}", amount=1, receiver="Orang lain sekali")
    steer(systems, "POST", f"mycx/{rows_of('mycx')[0]}/copy", note="")
    run = compared(novita)
    orphan, different = run.differences.order_by("system")
    window = seat(novita)
    window.open(reverse("reconciliations"))
    window.is_fit("reconciliations")
    window.open(run.get_absolute_url())
    window.is_fit("reconciliation")
    window.tab_to(f"#difference-{different.pk} [value=reinput]", limit=120)
    _send(window)
    window.lacks(f"#difference-{different.pk} form")
    assert desk.again(approved).state == State.REINPUT
    window.tab_to(f"#difference-{orphan.pk} [name=reason]", limit=120)
    window.type("Diketik langsung di MyCX.")
    window.tab_to(f"#difference-{orphan.pk} [value=explain]")
    _send(window)
    window.lacks(f"#difference-{orphan.pk} form")
    Difference.objects.filter(pk=different.pk).update(state="SETTLED")  # the agent's turn: test_reconciliation.py
    window.open(run.get_absolute_url())
    window.tab_to("form[action$='/sign/'] button", limit=120)
    _send(window)
    window.sees(str(novita))
    window.lacks("form[action$='/sign/']")
    assert desk.again(run).status == "SIGNED"


def _send(window: Window) -> None:
    """Press what has the focus, and wait for the page that comes of it."""
    with window.page.expect_navigation():
        window.press("Enter")
