"""Which result QC takes next: the oldest that is not one's own (C-12)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from caring.models import CaringResult
from caring.results.states import State
from tenesa.accounts.models import User
from tenesa.workflow.perform import perform_on_first
from tenesa.workflow.rows import Statement


def claim_next(user: User) -> CaringResult | None:
    """The first result that waits for QC, that nobody else is taking and this person had nothing to do with; None
    where there is none. Raises NotYourStep, NotNow."""
    with transaction.atomic():
        foreign = ~Q(workers__contains=[user.pk]) & ~Q(agent=user)
        arbiter = Q(appeal_open=False) | (~Q(qco=user) & ~Q(appealed_by=user))
        cases = CaringResult.objects.visible_to(user).filter(foreign, arbiter, state=State.QC_QUEUED)
        return perform_on_first(
            Statement.first_free(cases.order_by("opened_at", "pk")), lambda _one: "claim", actor=user
        )
