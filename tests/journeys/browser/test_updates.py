"""An overdue update is found by the leader and sent by the agent, with keys alone (P-05 5.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.systems.simulator.seed import OPEN_INCIDENT
from tenesa.timers.models import Timer
from tests.journeys import ways
from tests.journeys.browser.conftest import Seat
from tests.journeys.desk import Handling, World
from tests.journeys.patience import eventually
from tests.journeys.post import words
from tickets.models import EmailCase

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def let_the_update_run_over(world: World, case: Handling) -> None:
    """Turn the clock and the case's place in the lists back, and let the sweep look."""
    past = timezone.now() - timedelta(hours=1)
    times = {"started_at": past - timedelta(hours=2), "warn_at": None, "due_at": past}
    assert Timer.objects.filter(case_id=case.pk, name="progress_update", state="RUNNING").update(**times) == 1
    EmailCase.objects.filter(pk=case.pk).update(urgent_at=past)
    world.clock()
    eventually(lambda: Timer.objects.filter(case_id=case.pk, breached=True).exists(), what="the breach")


def test_an_overdue_update_is_sent(world: World, seat: Seat, rini: User, bowo: User) -> None:
    made = world.customer("Made Suarjana", "made@pajak-cendana.example")
    case = world.case_of(world.person(rini), made.writes("Update tiket", f"Mohon update tiket {OPEN_INCIDENT}."))
    ways.check_segment(case, "DGS")
    case.take("identify", kind="COMPLAINT", complaint="PROGRESS", incident=OPEN_INCIDENT)
    case.take("look_up")
    case.until_offered("tell_progress")
    case.take("tell_progress", message="Teknisi menuju lokasi.")
    made.gets("Teknisi menuju lokasi.")
    let_the_update_run_over(world, case)

    leader = seat(bowo).open(f"{reverse('cases:list')}?view=overdue")
    leader.sees("kabar berikutnya lewat tenggat", "[data-row]")
    leader.shot("overdue")

    window = seat(rini).open(f"{reverse('cases:list')}?view=updates")
    assert window.open_row() == case.pk
    window.tab_to("#case-clocks > summary")
    window.press("Enter")
    window.sees("lewat tenggat", "#case-clocks")
    window.sees("diberitahu: Rini", "#case-clocks")
    window.is_fit("clocks")
    window.write("send_update", "Kabel sudah disambung, kami uji dulu.")
    window.sees("Kabel sudah disambung", ".mail.ours >> nth=-1")
    assert "Kabel sudah disambung" in words(made.gets("Kabel sudah disambung, kami uji dulu."))
    leader.until("text=Semua pelanggan sudah dikabari")
    assert case.history().count("send_update") == 1
