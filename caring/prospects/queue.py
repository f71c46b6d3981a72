"""Which prospect is called next: the stored score decides (5.1; requirements 8.1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from caring.models import Prospect
from caring.prospects import contact
from caring.prospects.states import WAITING, State
from tenesa.accounts.models import User
from tenesa.contact import rules
from tenesa.workflow.claiming import Queue

PLACE = ("place", "touched_at")  # the highest score, the oldest touch, then the number; with an index of this order
Key = tuple[int, frozenset[Any], frozenset[str], frozenset[int]]  # whose, where, zones whose hours it is, teams


def pick_next(user: User, *, but: Collection[int] = ()) -> Prospect | None:
    """C-02: the first prospect of the person's quota, or of all, that nobody else is taking; None where there is none
    that may be called now. Raises NotYourStep, NotNow."""
    return _queue.take_first(user, _pick_or_postpone, held_back=(*WAITING, State.EXHAUSTED), but=but)


def _pick_or_postpone(prospect: Prospect) -> str:
    if not contact.number_of(prospect):
        return "drop"
    verdict = contact.verdict_now(prospect)
    return "pick" if verdict.allowed or verdict.next_at is None else "postpone"


def _key(user: User) -> Key:
    return user.pk, frozenset(user.places), rules.open_zones(contact.PURPOSE, timezone.now()), user.teams


def open_to(user: User) -> Q:
    """What the person may pick, as far as it hangs on who they are: of no quota or their teams', promised to nobody
    else."""
    return (Q(promised_to=None) | Q(promised_to=user.pk)) & (Q(team=None) | Q(team__in=user.teams))


def _cases(user: User, key: Key) -> QuerySet[Prospect]:
    hours = Q(zone__in=key[2]) | Q(at__isnull=False)  # an agreed time goes before the hours
    cases = Prospect.objects.visible_to(user).filter(open_to(user), hours, ready=True)
    return cases.order_by(*PLACE, "pk")


_queue = Queue(_key, _cases)
