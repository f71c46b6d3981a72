"""The board of applications on an open page: what went down, and what was told, comes by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.systems import breaker
from tenesa.systems.errors import Unavailable
from tenesa.systems.models import Notice
from tests.journeys.browser.conftest import Seat, seat

__all__ = ["seat"]
DOWN = "[aria-labelledby=health-mycx] [data-signal=breach]"


def breaks_down() -> None:
    for _time in range(breaker.FAILURES):
        breaker.failed("mycx", Unavailable("TIMEOUT", "MyCX tidak menjawab."))


@pytest.mark.django_db
def test_pages_are_told_once_that_a_system_went_and_came(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[str] = []
    monkeypatch.setattr(breaker, "changed", [lambda: told.append("board")])
    with django_capture_on_commit_callbacks(execute=True):
        breaks_down()
        breaks_down()
    assert told == ["board"]
    with django_capture_on_commit_callbacks(execute=True):
        breaker.answered("mycx")
        breaker.answered("mycx")
    assert told == ["board", "board"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_open_page_follows(rini: User, bowo: User, seat: Seat) -> None:
    window = seat(rini).open(reverse("systems-status"))
    window.lacks(DOWN)
    window.tab_to("#id_trouble-text, #report textarea")
    window.type("Halaman kosong")
    breaks_down()
    until = timezone.now() + timedelta(hours=1)
    Notice.objects.create(system="mycx", text="Pemeliharaan sampai siang", until=until, author=bowo)
    window.until(DOWN)
    window.sees("Pemeliharaan sampai siang", "#health")
    assert window.focus["value"] == "Halaman kosong"
