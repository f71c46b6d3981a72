"""Customers and entries of the lists for tests, by the real doors; `placed` alone puts one into a state."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from segmentation.customers import Customer
from segmentation.lists import ListEntry
from segmentation.services import remember_customer, remember_service
from segmentation.special_list import services
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.perform import perform
from tests import factories

INTERNET = "122055500001"
PHONE = "0812-0000-4401"


def day(**span: int) -> date:
    return timezone.localdate() + timedelta(**span)


def customer(reference: str = "3000901", *, name: str = "Wulan Sasmita", phone: str = PHONE) -> Customer:
    facts = {"reference": reference, "name": name, "segment": "DCS", "witel": "BANDUNG"}
    contact = {"name": name, "role": "Pelanggan", "email": f"p{reference}@surel.example", "phone": phone}
    return remember_customer(facts, source="SISKAS", contacts=[contact])


def with_internet(one: Customer, number: str = INTERNET, mbps: float = 30) -> Customer:
    remember_service(one, {"product_id": number, "name": "IndiHome", "address": "", "mbps": mbps})
    return one


def given(**changes: Any) -> dict[str, Any]:
    """Inputs of a proposal that nothing is wrong with."""
    return {
        "customer": "3000901",
        "criterion": "NO_UNISOLATE",
        "evidence": "Nota manajemen 12/XI/2026",
        "source": "Manajemen",
        "valid_to": f"{day(days=90)}",
        **changes,
    }


MEASURED: dict[str, dict[str, Any]] = {
    "FOLLOWERS": {"platform": "Instagram", "count": 250_000, "measured_at": f"{day(days=-3)}"},
    "OFFICIAL": {"term_end": f"{day(days=400)}"},
}


def proposed(by: User, criterion: str = "NO_UNISOLATE", **changes: Any) -> ListEntry:
    if not Customer.objects.filter(reference=changes.get("customer", "3000901")).exists():
        customer()
    return services.propose(by, given(criterion=criterion, **MEASURED.get(criterion, {}), **changes))[0]


def approved(by: User, other: User, criterion: str = "NO_UNISOLATE", **changes: Any) -> ListEntry:
    return perform(proposed(by, criterion, **changes), "approve", actor=other)


def famous(reference: str = "3000902") -> Customer:
    """A VVIP customer."""
    author = factories.person(f"pengusul-{reference}", Role.AGENT_147)
    one = customer(reference, name="Wulan Bintang")
    approved(author, factories.person(f"penyetuju-{reference}", Role.MANAGER), "PUBLIC_FIGURE", customer=reference)
    return one


def again(entry: ListEntry) -> ListEntry:
    found: ListEntry = ListEntry.objects.get(pk=entry.pk)
    return found


def placed(state: str) -> ListEntry:
    """An entry in a state without its steps: only for tests of what is refused there."""
    author = User.objects.filter(username="pengusul").first() or factories.person("pengusul", Role.AGENT_147)
    other = User.objects.filter(username="penyetuju").first() or factories.person("penyetuju", Role.MANAGER)
    one = customer(f"30{ListEntry.objects.count():05d}")  # each entry another customer: one entry stands once
    entry = proposed(author, customer=one.reference)
    ListEntry.objects.filter(pk=entry.pk).update(state=state, approved_by=other, change_by=author, remark="-")
    return again(entry)
