"""The queue of Tier 2 around midnight: a customer's day, Sunday and holiday are those of their own zone (7.1).

The real query and sweep, with the clock of Python moved. Moments are written as the house reads them (WIB); WITA is an
hour, WIT two hours later. Calls are allowed 07 - 21, on Sundays and holidays 08 - 20.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact import zones
from tenesa.contact.models import Holiday
from tenesa.timers import sweep
from tenesa.timers.models import Timer
from tests.vvip import desk
from tests.vvip.callbacks import call
from vvip.callbacks import queue
from vvip.callbacks.states import State, Tier
from vvip.models import Callback

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WITELS = {"WIB": "BANDUNG", "WITA": "MAKASSAR", "WIT": "JAYAPURA", "": "ENTAH"}


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zones.ZONES["WIB"])


@pytest.fixture(autouse=True)
def _holiday(db: None) -> None:
    Holiday.objects.all().delete()
    Holiday.objects.create(date="2026-12-25", name="Natal")  # a Friday


def entered(zone: str, tier: int = Tier.HIGH_SPEED) -> Callback:
    """A callback entered now for a customer who lives there, without a wish."""
    made = call(tier=tier)
    assert made.customer is not None
    made.customer.witel = WITELS[zone]
    made.customer.save()
    found: Callback = desk.again(made.open_callback({}, timezone.now()))
    assert found.zone == zone
    return found


def swept(freezer: Any, moment: datetime) -> None:
    freezer.move_to(moment)
    sweep.fire_due(now=moment)


@pytest.mark.parametrize(
    ("zone", "at", "opens"),
    [
        # Saturday night: it is Sunday already in WITA and WIT
        ("WIB", "2026-12-05 22:30", "2026-12-06 08:00"),
        ("WITA", "2026-12-05 22:30", "2026-12-06 07:00"),
        ("WITA", "2026-12-05 23:30", "2026-12-06 07:00"),
        ("WIT", "2026-12-05 21:30", "2026-12-06 06:00"),
        ("WIT", "2026-12-05 22:30", "2026-12-06 06:00"),
        ("", "2026-12-05 22:30", "2026-12-06 08:00"),
        # Sunday night: Monday begins at 07 of theirs; closed since 20 of theirs
        ("WIB", "2026-12-06 20:30", "2026-12-07 07:00"),
        ("WITA", "2026-12-06 19:00", "2026-12-07 06:00"),
        ("WIT", "2026-12-06 18:00", "2026-12-07 05:00"),
        ("WIT", "2026-12-06 22:30", "2026-12-07 05:00"),
        ("", "2026-12-06 18:00", "2026-12-07 07:00"),
        # the night before the holiday, and the one after it
        ("WIT", "2026-12-24 22:30", "2026-12-25 06:00"),
        ("WITA", "2026-12-24 23:59", "2026-12-25 07:00"),
        ("WIB", "2026-12-24 23:59", "2026-12-25 08:00"),
        ("WIT", "2026-12-25 18:30", "2026-12-26 05:00"),
        ("WIB", "2026-12-25 20:00", "2026-12-26 07:00"),
    ],
)
def test_at_night_it_waits_for_their_morning_and_its_target_runs_from_then(
    tio: User, freezer: Any, zone: str, at: str, opens: str
) -> None:
    freezer.move_to(wib(at))
    one, opening = entered(zone), wib(opens)
    assert (one.state, one.at) == (State.SCHEDULED, opening)
    swept(freezer, opening - MINUTE)
    assert (queue.claim_next(tio), desk.again(one).state) == (None, State.SCHEDULED)
    swept(freezer, opening)
    one = desk.again(one)
    assert (one.state, one.due_at) == (State.QUEUED, opening + timedelta(hours=1))
    clock = Timer.objects.get(procedure=one.procedure_name(), name="pickup", state=Timer.State.RUNNING)
    assert clock.due_at == one.due_at
    assert queue.claim_next(tio) == one


@pytest.mark.parametrize(
    ("zone", "last", "opens"),
    [
        ("WIB", "2026-12-07 20:59", "2026-12-08 07:00"),
        ("WITA", "2026-12-07 19:59", "2026-12-08 06:00"),
        ("WIT", "2026-12-07 18:59", "2026-12-08 05:00"),
        ("", "2026-12-07 18:59", "2026-12-08 07:00"),
        ("WIT", "2026-12-05 18:59", "2026-12-06 06:00"),  # into Sunday
        ("WITA", "2026-12-06 18:59", "2026-12-07 06:00"),  # out of it
        ("WIT", "2026-12-24 18:59", "2026-12-25 06:00"),  # into the holiday
        ("WIB", "2026-12-25 19:59", "2026-12-26 07:00"),
    ],
)
def test_who_came_in_the_last_minute_keeps_the_place_over_night_and_nobody_calls(
    tio: User, freezer: Any, zone: str, last: str, opens: str
) -> None:
    freezer.move_to(wib(last))
    one = entered(zone)
    assert (one.state, one.due_at) == (State.QUEUED, wib(last) + timedelta(hours=1))
    freezer.move_to(wib(last) + MINUTE)
    assert queue.claim_next(tio) is None
    later = entered(zone)
    freezer.move_to(wib(opens) - MINUTE)
    assert queue.claim_next(tio) is None
    swept(freezer, wib(opens))
    assert [queue.claim_next(tio) for _one in range(2)] == [one, later]


def test_one_midnight_in_three_zones_brings_each_in_at_its_hour(tio: User, freezer: Any) -> None:
    freezer.move_to(wib("2026-12-05 23:30"))  # Saturday in WIB, Sunday in WITA and WIT
    west, middle, east = (entered(zone) for zone in ("WIB", "WITA", "WIT"))
    vvip = entered("WIB", Tier.VVIP)
    for hour, taken in (("06:00", [east]), ("07:00", [middle]), ("08:00", [vvip])):
        swept(freezer, wib(f"2026-12-06 {hour}"))
        found = [queue.claim_next(tio) for _one in taken]
        assert found == taken
        if hour != "08:00":
            assert queue.claim_next(tio) is None
    assert queue.claim_next(desk.person("wati", Role.AGENT_TIER2)) == west
