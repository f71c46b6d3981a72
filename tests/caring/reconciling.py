"""Results that stand in both simulated systems, and runs that compare them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from caring.models import CaringResult, Reconciliation
from caring.reconciliation import runs
from caring.results.effects import row_of
from tenesa.accounts.models import User
from tenesa.systems import clients
from tenesa.systems.outbound import Outcome
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.journeys.desk import Outside


def checked(agent: User, qco: User) -> CaringResult:
    """An agreement that stands in both systems and that QC approved."""
    result = desk.agreed(agent)
    outcome = Outcome.of(row_of(result))
    clients.mycx().result(outcome, key=f"{result.key}:mycx")
    clients.cwc().enter(outcome, key=f"{result.key}:cwc")
    return perform(perform(desk.entered(result), "claim", actor=qco), "approve", actor=qco, data=desk.OK)


def steer(systems: Outside, method: str, path: str, **content: Any) -> None:
    systems._ask(method, f"outbound/{path}", json=content)


def rows_of(system: str) -> list[str]:
    today = timezone.localdate()
    client: Any = clients.tamara().export if system == "tamara" else clients.mycx().results
    return [row.reference for row in client(today, today).rows]


def compared(user: User | None, **asked: Any) -> Reconciliation:
    today = timezone.localdate()
    run = runs.ask(user, **{"first": today, "last": today, **asked})
    runs.run(run.pk)
    return Reconciliation.objects.get(pk=run.pk)
