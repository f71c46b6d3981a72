"""Which teams call: to no other may a prospect be given."""

from __future__ import annotations

from django.db.models import QuerySet

from tenesa.accounts.models import Team
from tenesa.accounts.roles import Role


def teams_that_call(desk: str | None) -> QuerySet[Team]:
    """The teams of a desk in which somebody who calls is a member, by name."""
    callers = Team.objects.filter(memberships__role=Role.AGENT_CARING, memberships__user__is_active=True)
    return Team.objects.filter(desk=desk, pk__in=callers).order_by("name")
