"""147 calls and callbacks as other desks know them: those of a customer, and how a call is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.ui import incoming
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CaseOpener, CustomerKeys
from vvip import services
from vvip.calls.procedure.base import TIER1
from vvip.models import Callback, SpecialCase


def register() -> None:
    incoming.register(ringing)
    cross_desk.register_cases(SpecialCase, calls, related=["customer"])
    cross_desk.register_cases(Callback, callbacks, related=["customer", "call", "call__customer"])
    cross_desk.register_taker(cross_desk.FAULT, services.take_fault)
    cross_desk.register_opener(
        SpecialCase, CaseOpener(_("Record a call"), "phone-incoming", {"service": _("Service")}, address)
    )


def ringing(user: User) -> str:
    """Calls ring for agents of the desk alone."""
    return reverse("calls-ringing") if user.has_role(Role.AGENT_147) else ""


def calls(keys: CustomerKeys) -> Iterator[Q]:
    if keys.reference:
        yield Q(customer__reference=keys.reference)
    if keys.incidents:
        yield Q(ticket_number__in=list(keys.incidents)) & ~Q(ticket_number="")


def callbacks(keys: CustomerKeys) -> Iterator[Q]:
    if keys.reference:
        yield Q(customer__reference=keys.reference)


def address(facts: Mapping[str, str], user: User) -> str:
    if not user.has_role(*TIER1) or not services.may_record(user):
        return ""
    return f"{reverse('call-new')}?{urlencode({'number': facts['service']})}"
