"""Which prospect is called next: the stored score decides (5.1; requirements 8.1)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from caring.models import Prospect
from caring.prospects import contact
from tenesa.accounts.models import User
from tenesa.contact import rules
from tenesa.workflow.perform import perform_on_first
from tenesa.workflow.rows import Statement

PLACE = ("-score", "touched_at")  # then the number; with an index of this order
Key = tuple[int, frozenset[Any], frozenset[str], frozenset[int]]
_queue: dict[Key, Statement[Prospect]] = {}
KEPT = 1000  # statements in a process; then they are written anew
PASSED = 50  # prospects that the contact rules hold back, looked at by one pick


def pick_next(user: User) -> Prospect | None:
    """C-02: the first prospect of the person's quota, or of all, that nobody else is taking; None where there is none
    that may be called now. Raises NotYourStep, NotNow."""
    for _one in range(PASSED):
        with transaction.atomic():
            found = perform_on_first(_queue_for(user), _pick_or_postpone, actor=user)
        if found is None or found.owner_id == user.pk:
            return found
    return None


def _pick_or_postpone(prospect: Prospect) -> str:
    verdict = contact.verdict_now(prospect)
    return "pick" if verdict.allowed or verdict.next_at is None else "postpone"


def _queue_for(user: User) -> Statement[Prospect]:
    zones_open = rules.open_zones(contact.PURPOSE, timezone.now())
    teams = frozenset(user.memberships.values_list("team_id", flat=True))
    place = user.pk, frozenset(user.places), zones_open, teams
    found = _queue.get(place)
    if found is None:
        mine = Q(promised_to=None) | Q(promised_to=user.pk)
        quota = Q(team=None) | Q(team__in=teams)
        cases = Prospect.objects.visible_to(user).filter(mine, quota, ready=True, zone__in=zones_open)
        found = Statement.first_free(cases.order_by(*PLACE, "pk"))
        if len(_queue) >= KEPT:
            _queue.clear()
        _queue[place] = found
    return found
