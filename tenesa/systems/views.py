"""The administrator's page on which simulated systems are made to fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.rupiah import in_rupiah
from tenesa.systems import control
from tenesa.systems.clients import LABELS
from tenesa.systems.forms import KINDS, CallForm, FaultForm, PaymentForm, title_of


@dataclass(frozen=True)
class FaultRow:
    target: str
    operation: Any
    kind: Any
    ms: int
    remaining: int | None


@dataclass(frozen=True)
class SystemRow:
    """One system on the page; `operations` is empty where no simulator answers."""

    name: str
    label: str
    address: str
    operations: list[str]
    faults: list[FaultRow]


@login_required
@require_http_methods(["GET", "POST"])
def faults(request: HttpRequest) -> HttpResponse:
    """What fails now; set a fault or clear one."""
    if not isinstance(request.user, User) or not request.user.has_role(Role.ADMIN):
        raise PermissionDenied
    systems = _systems()
    operations = {system.name: system.operations for system in systems if system.operations}
    if request.method == "POST" and "clear" in request.POST:
        return _clear(request, operations)
    given = request.POST or None
    sent = next((name for name in ("call", "pay") if given and name in given), "fault")
    form = FaultForm(given if sent == "fault" else None, operations=operations)
    call, payment = CallForm(given if sent == "call" else None), PaymentForm(given if sent == "pay" else None)
    if form.is_valid():
        return _switch_on(request, **form.cleaned_data)
    if call.is_valid() and (done := _call(request, call)):
        return done
    if payment.is_valid() and (done := _pay(request, payment)):
        return done
    context = {
        "systems": systems,
        "form": form,
        "call": call if operations.get("cti") else None,
        "payment": payment if operations.get("epayment") else None,
    }
    status = 422 if form.errors or call.errors or payment.errors else 200
    return render(request, "systems/faults.html", {**context, "simulated": bool(operations)}, status=status)


def _call(request: HttpRequest, form: CallForm) -> HttpResponse | None:
    """Let the simulated CTI bring a call to an agent; None, with the reason in the form, where it does not come."""
    number, agent = form.cleaned_data["number"], form.cleaned_data["agent"]
    try:
        sent = control.screen_pop(number, agent)
    except control.NoSimulator:
        form.add_error("number", _("The CTI knows no such number, or nobody receives its calls."))
        return None
    if not sent["ok"]:
        form.add_error(None, _("The call was refused here (answer %(status)d).") % {"status": sent["status"]})
        return None
    messages.success(request, _("The call of %(number)s is on the screen of %(agent)s.") % form.cleaned_data)
    return redirect("faults")


def _pay(request: HttpRequest, form: PaymentForm) -> HttpResponse | None:
    """Let a customer pay in the simulated E-Payment; None, with the reason in the form, where nothing is owed."""
    fastel, amount, posted_on = (form.cleaned_data[name] for name in ("fastel", "amount", "posted_on"))
    given = {"amount": amount, "posted_on": posted_on and posted_on.isoformat()}
    try:
        paid = control.pay(fastel, **{name: value for name, value in given.items() if value})
    except control.NoSimulator:
        form.add_error("fastel", _("E-Payment knows no such number, or it owes nothing."))
        return None
    told = {"fastel": fastel, "amount": in_rupiah(paid["amount"]), "day": paid["posted_on"]}
    messages.success(request, _("%(fastel)s has paid %(amount)s; it can be read from %(day)s.") % told)
    return redirect("faults")


def _switch_on(request: HttpRequest, target: tuple[str, str], **fault: Any) -> HttpResponse:
    system, operation = target
    try:
        control.switch_on(system, operation, **fault)
        messages.success(request, _("%(system)s: fault switched on.") % {"system": LABELS[system]})
    except control.NoSimulator:
        messages.error(request, _("%(system)s does not answer; nothing was changed.") % {"system": LABELS[system]})
    return redirect("faults")


def _clear(request: HttpRequest, operations: dict[str, list[str]]) -> HttpResponse:
    system, _dot, operation = request.POST["clear"].partition(".")
    if system in operations:
        control.switch_off(system, operation)
        messages.success(request, _("%(system)s: fault cleared.") % {"system": LABELS[system]})
    return redirect("faults")


def _systems() -> list[SystemRow]:
    """Every system of the settings; those of one simulator are asked for together."""
    found: dict[str, control.Catalogue] = {}
    for name in settings.SYSTEMS:
        base = control.base_of(name)
        if base not in found:
            found[base] = _catalogue(name)
    return [_row(name, found[control.base_of(name)]) for name in settings.SYSTEMS]


def _catalogue(system: str) -> control.Catalogue:
    try:
        return control.catalogue(system)
    except control.NoSimulator:
        return control.Catalogue({}, [], [])


def _row(name: str, catalogue: control.Catalogue) -> SystemRow:
    titles = dict(KINDS)
    rows = [
        FaultRow(
            f"{name}.{fault.operation}",
            title_of(fault.system, fault.operation),
            titles.get(fault.kind, fault.kind),
            fault.ms,
            fault.remaining,
        )
        for fault in catalogue.faults
        if fault.system == name
    ]
    address = urlsplit(str(settings.SYSTEMS[name]["url"])).netloc
    return SystemRow(name, str(LABELS[name]), address, catalogue.operations.get(name, []), rows)
