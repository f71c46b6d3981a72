"""Who may ask for a hold, and which requests are found by number or by words."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from pending.columns import is_unit
from pending.models import PendingRequest
from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.search.find import matching

WORKERS = (Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR)


def may_ask(user: User) -> bool:
    """Requests come from units and from the desk."""
    return is_unit(user) or user.has_role(*WORKERS)


def search_result(rows: QuerySet[PendingRequest], user: User, words: str) -> QuerySet[PendingRequest]:
    return rows.filter(_own_number(words) | _with_words(user, words))


def _own_number(words: str) -> Q:
    number = words.upper().removeprefix(PendingRequest.prefix)
    return Q(pk__in=[]) if (pk := door.number(number)) is None else Q(pk=pk)


def _with_words(user: User, words: str) -> Q:
    """A unit does not see what the customer says, so it finds its requests by the ticket's number alone."""
    if is_unit(user):
        return Q(incident__startswith=words.upper()[:20])
    return Q(pk__in=matching(user, PendingRequest.procedure_name(), words))
