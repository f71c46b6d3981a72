"""Entries that an application keeps waiting: the IOC is told once, and the outbox goes on trying (P-01 6.9, 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext, override

from caring.models import CaringResult
from caring.results.states import ENTRY
from caring.services import DESK
from tenesa.systems import trouble
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall, SystemState
from tenesa.timers.models import Timer

SYSTEMS = ("mycx", "cwc", "tamara")
TELLS = ("result", "enter", "verdict")  # operations that write
UNANSWERED = (ExternalCall.Status.WAITING, ExternalCall.Status.SENDING, ExternalCall.Status.DEAD)


def report() -> int:
    """A report for each application that counts as down while something waits for it, or that keeps an entry longer
    than its clock allows; none while one is open. Returns how many were made."""
    return sum(trouble.report_by_itself(desk=DESK, **given) is not None for given in _silent(timezone.now()))


def _silent(now: datetime) -> Iterator[dict[str, Any]]:
    name = CaringResult.procedure_name()
    late = Timer.objects.filter(procedure=name, name=ENTRY, state=Timer.State.RUNNING, due_at__lte=now)
    down = SystemState.objects.filter(system__in=SYSTEMS, retry_at__isnull=False).values("system")
    waiting = ExternalCall.objects.filter(
        Q(case_id__in=late.values("case_id"), operation__in=TELLS[:2]) | Q(system__in=down),
        procedure=name, system__in=SYSTEMS, operation__in=TELLS, status__in=UNANSWERED,
    )  # fmt: skip
    for system, since in waiting.values_list("system").annotate(Min("created_at")).order_by("system"):
        count = waiting.filter(system=system).count()
        with override("id"):
            text = gettext("%(system)s does not take results of caring: %(count)d wait since %(time)s.") % {
                "system": label_of(system), "count": count, "time": f"{timezone.localtime(since):%d/%m %H.%M}",
            }  # fmt: skip
        yield {"tool": system, "text": text, "since": since}
