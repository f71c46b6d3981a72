"""Closed calls and their audits for tests, by the real doors; `placed` alone puts one into a state."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.reporting.models import Sample
from tenesa.workflow.perform import perform
from tests.segmentation import entries
from tests.vvip import desk
from vvip.audits import samples
from vvip.audits.states import criteria_of
from vvip.calls.states import Kind
from vvip.models import Audit, SpecialCase


def solved(agent: User, number: int = 1) -> SpecialCase:
    """A call of somebody who is on no list, solved at the desk; each of another customer."""
    line = f"1220555{number:05d}"
    entries.with_internet(entries.customer(f"31{number:05d}", phone=f"0812-0001-{number:04d}"), line)
    call = desk.checked(agent, internet_number=line, caller_number=f"08120001{number:04d}")
    call = perform(call, "analyse", actor=agent, data={"analysis": "Modem perlu dinyalakan ulang."})
    return perform(call, "solve", actor=agent, data={"solution": "Pulih.", "informed": True})


def drawn(by: User, size: int = 10) -> Sample:
    today = timezone.localdate()
    return samples.draw(by, first=today, last=today, size=size)


def ticks(wrong: str = "", path: str = Kind.NOT_LISTED) -> dict[str, Any]:
    """Inputs of a judgement in which everything was right, or all but one thing."""
    given = {name: "NOT_MET" if name == wrong else "MET" for name in criteria_of(path)}
    return {**given, "note": "Tidak sesuai." if wrong else ""}


def again(audit: Audit) -> Audit:
    found: Audit = Audit.objects.get(pk=audit.pk)
    return found


def placed(state: str, place: str = "147") -> Audit:
    """An audit in a state without its steps, at this desk: only for tests of what is refused there. Judged, everybody
    knows of it."""
    agent = User.objects.filter(username="penerima").first() or desk.person("penerima", Role.AGENT_147)
    leader = User.objects.filter(username="penarik").first() or desk.person("penarik", Role.SUPERVISOR)
    call = solved(agent, SpecialCase.objects.count() + 1)
    drawn(leader)
    audit = call.audits.get()
    Audit.objects.filter(pk=audit.pk).update(desk=place)
    if state != "DRAWN":
        judged: dict[str, Any] = {
            "audited_by": leader,
            "audited_at": timezone.now(),
            "education": True,
            "escalation": True,
        }
        judged["workers"] = list(User.objects.exclude(pk=leader.pk).values_list("pk", flat=True))
        Audit.objects.filter(pk=audit.pk).update(state=state, objection="-" if state == "OBJECTED" else "", **judged)
    return again(audit)
