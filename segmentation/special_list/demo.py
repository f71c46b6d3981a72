"""The lists of the demonstration: households of the simulated SISKAS, entered by one leader and approved by another
(requirements 12.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from segmentation.customers import Customer
from segmentation.lists import ListEntry
from segmentation.services import remember_customer, remember_service
from segmentation.special_list import services
from tenesa.accounts.models import User
from tenesa.systems.simulator.seed import World, world
from tenesa.systems.simulator.seed_numbers import VVIP_HOUSEHOLDS
from tenesa.systems.siskas.simulator import facts
from tenesa.workflow.perform import perform

VVIP = (
    ("PUBLIC_FIGURE", 3, "Wawancara di televisi nasional"), ("OFFICIAL", 3, "Surat pengangkatan"),
    ("FOLLOWERS", 2, "Akun resmi terverifikasi"), ("EXECUTIVE", 2, "Daftar direksi BUMN"),
    ("ENDORSER", 2, "Kontrak endorse 2026"),
)  # fmt: skip
SPECIAL = (
    ("HIGH_SPEED", 4, "Paket di SISKAS"), ("NO_UNISOLATE", 10, "Nota manajemen 12/XI/2026"),
    ("CUT_REINSTALL", 5, "Nota manajemen 14/XI/2026"), ("HARD_COMPLAINT", 6, "Tiga keluhan tertulis dalam sebulan"),
)  # fmt: skip
SOURCES = {"HIGH_SPEED": "SISKAS", "HARD_COMPLAINT": "Team Leader 147"}


def load() -> int:
    """Once; returns how many entries there are."""
    if ListEntry.objects.exists():
        return ListEntry.objects.count()
    people = User.objects.in_bulk(["bowo", "hendra"], field_name="username")
    known, made = world(), list[ListEntry]()
    for reference, (criterion, evidence) in _households(known):
        customer = remember(known, reference)
        given = {"customer": customer.reference, "criterion": criterion, "evidence": evidence}
        given |= {"source": SOURCES.get(criterion, "Manajemen"), **_days(len(made)), **_measure(criterion, len(made))}
        entry, _new = services.propose(people["bowo"], given)
        made.append(perform(entry, "approve", actor=people["hendra"]))
    longer = {"action": "TO_PLASA", "valid_to": f"{_day(400)}", "evidence": "Nota manajemen 21/XI/2026"}
    perform(made[20], "ask_change", actor=people["bowo"], data={**longer, "reason": "Diperpanjang manajemen."})
    perform(made[-1], "ask_end", actor=people["hendra"], data={"note": "Keluhan sudah selesai."})
    return len(made)


def _households(known: World) -> Iterator[tuple[str, tuple[str, str]]]:
    """Which household stands on which list: those that the CTI calls VVIP, then the fast ones, then the next."""
    vvip = [(criterion, evidence) for criterion, number, evidence in VVIP for _one in range(number)]
    yield from zip(VVIP_HOUSEHOLDS, vvip, strict=True)
    special = [(criterion, evidence) for criterion, number, evidence in SPECIAL for _one in range(number)]
    homes = [one.reference for one in known.customers if one.segment == "DCS" and one.reference not in VVIP_HOUSEHOLDS]
    homes.sort(key=lambda home: not any(50 <= line.bandwidth_mbps <= 100 for line in known.services_of(home)))
    yield from zip(homes, special, strict=False)


def remember(known: World, reference: str) -> Customer:
    """A household of the simulated SISKAS, as a reading would bring it."""
    one = known.by_reference[reference]
    customer = remember_customer(facts(one), source="SISKAS", contacts=[vars(contact) for contact in one.contacts])
    for line in known.services_of(reference):
        told = {"product_id": line.number, "name": line.name, "address": line.address, "mbps": line.bandwidth_mbps}
        remember_service(customer, told)
    return customer


def _days(place: int) -> dict[str, Any]:
    """Some end within a month, some are reviewed soon."""
    if place % 9 == 4:
        return {"valid_to": f"{_day(20)}"}
    return {"valid_to": f"{_day(330)}", "review_due": f"{_day(12 if place % 9 == 7 else 180)}"}


def _measure(criterion: str, place: int) -> dict[str, Any]:
    if criterion == "FOLLOWERS":
        return {"platform": "Instagram", "count": 180_000 + 70_000 * place, "measured_at": f"{_day(-10)}"}
    return {"term_end": f"{_day(700)}"} if criterion == "OFFICIAL" else {}


def _day(ahead: int) -> date:
    return timezone.localdate() + timedelta(days=ahead)
