"""What I-payment told of a promise when it was last asked, in words (C-20; P-01 6.8; S-17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenesa.rupiah import in_rupiah
from tenesa.systems.models import ExternalCall
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.readings import Reading

if TYPE_CHECKING:
    from caring.models import CaringResult

Status = ExternalCall.Status
ON_THE_WAY = (Status.WAITING, Status.SENDING)


def _asked(result: Any) -> QuerySet[ExternalCall]:
    """The newest question about its payments, if any."""
    calls = ExternalCall.objects.filter(procedure=result.procedure_name(), case_id=result.pk, system="epayment")
    return calls.filter(operation="payments").order_by("-created_at")[:1]


ASKED = Reading("payments", _asked)


@dataclass(frozen=True)
class Payments:
    """What `caring/_payments.html` draws. `listed` are (day, amount, remark) in words, newest first; `at` is when it
    was told, None while nothing is."""

    words: str
    signal: str
    at: datetime | None
    listed: Sequence[tuple[str, str, str]] = ()


def told_of(result: CaringResult) -> Payments | None:
    """None where it was never asked."""
    for call in ASKED.of(result):
        if call.succeeded:
            return _found(result, call)
        why = {"time": clock(call.created_at), "why": call.error_message}
        if call.status not in ON_THE_WAY:
            return Payments(_("I-payment did not answer the question of %(time)s. %(why)s") % why, "breach", None)
        if call.error_message:
            words = _("I-payment has not answered since %(time)s, and is asked again by itself. %(why)s")
            return Payments(words % why, "risk", None)
        return Payments(_("I-payment is being asked; what it says appears here by itself."), "", None)
    return None


def _found(result: CaringResult, call: ExternalCall) -> Payments:
    paid = sorted(call.answer.get("payments", ()), key=lambda one: one["value_date"], reverse=True)
    listed = [(_day(one["value_date"]), in_rupiah(int(one["amount"])), _remark(one, result.day)) for one in paid]
    ours = [one for one in paid if date.fromisoformat(one["value_date"]) >= result.day]
    if not ours:
        words = _("Nothing was paid since the call of %(day)s.") % {"day": _day(result.day.isoformat())}
        return Payments(words, "risk", call.answered_at, listed)
    words = _("%(paid)s of %(promised)s was paid since the call, the last on %(day)s.") % {
        "paid": in_rupiah(sum(int(one["amount"]) for one in ours)),
        "promised": in_rupiah(result.promised_amount or 0),
        "day": listed[0][0],
    }
    return Payments(words, "met", call.answered_at, listed)


def _remark(payment: dict[str, Any], called_on: date) -> str:
    if date.fromisoformat(payment["value_date"]) < called_on:
        return _("before the call")
    late = payment["posted_on"] != payment["value_date"]
    return _("posted on %(day)s") % {"day": _day(payment["posted_on"])} if late else ""


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j M Y")
