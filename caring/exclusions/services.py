"""What people do with exclusion lists, and how they come to the prospects that are there (C-03).

A list that comes later meets them row by row (`dapros.screening`). In the background each prospect is moved by its
step; an entry is done when nothing is left of it, so whoever dies on the way is followed by the next tick.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.exclusions.models import Exclusion, ExclusionList
from caring.exclusions.reading import Entry
from caring.models import Prospect
from caring.prospects.procedure.base import LEADERS
from caring.prospects.states import OPEN, Excluded, State
from tenesa.accounts.models import SYSTEM, User
from tenesa.redis_link import wake
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, Refusal
from tenesa.workflow.perform import perform
from tenesa.workspace import second_person

logger = logging.getLogger(__name__)
DESK = "CARING"
TOGETHER = 500  # entries that are looked up together
Of = Exclusion.Of


def may_exclude(user: User) -> bool:
    return user.has_role(*LEADERS) and user.sees(DESK, None)


def enter(
    user: User, entries: Sequence[Entry], *, source: str, reason: str, valid_from: date, valid_until: date | None
) -> ExclusionList:
    """Keep the list until another person has decided. What an entry says of itself goes before what is said of all.

    Raises NotYourStep or InvalidInput; then nothing was kept.
    """
    _only_leaders(user)
    rows = [
        Exclusion(
            of=one.of, value=one.value, reason=one.reason or reason, valid_from=one.valid_from or valid_from,
            valid_until=one.valid_until or valid_until,
        )
        for one in entries
    ]  # fmt: skip
    wrong = [row.value for row in rows if row.valid_until and row.valid_until < row.valid_from]
    if wrong:
        said = _("The last day lies before the first: %(numbers)s.") % {"numbers": ", ".join(wrong[:5])}
        raise InvalidInput({"valid_until": [said]})
    with transaction.atomic():
        made = ExclusionList.objects.create(source=source, reason=reason, by=user)
        for row in rows:
            row.list = made
        Exclusion.objects.bulk_create(rows, batch_size=5000)
        second_person.asked(made, reason)
    return made


def decide(user: User, one: ExclusionList, *, approved: bool) -> ExclusionList:
    """By another person than who entered it. Raises NotYourStep, NotNow."""
    _only_leaders(user)
    with transaction.atomic():
        locked = ExclusionList.objects.select_for_update().get(pk=one.pk)
        if locked.approved is not None:
            raise NotNow([_("This list was decided on already.")])
        if locked.by_id == user.pk:
            raise NotYourStep(_("Whoever entered the list does not approve it: another person does."))
        locked.approved, locked.decided_by, locked.decided_at = approved, user, timezone.now()
        locked.save(update_fields=["approved", "decided_by", "decided_at"])
        second_person.decided(locked, user, locked.state_words)
        transaction.on_commit(nudge)
    return locked


def lift(user: User, one: Exclusion, why: str) -> Exclusion:
    """The way back: from now on it holds no more, and its prospects are called again. Raises NotYourStep, NotNow."""
    _only_leaders(user)
    if not why.strip():
        raise InvalidInput({"why": [_("Say why.")]})
    with transaction.atomic():
        locked = Exclusion.objects.select_for_update(of=("self",)).select_related("list").get(pk=one.pk)
        if locked.lifted_at is not None or not locked.list.approved:
            raise NotNow([_("This exclusion does not hold.")])
        locked.lifted_by, locked.lifted_at, locked.lifted_why = user, timezone.now(), why.strip()[:300]
        locked.save(update_fields=["lifted_by", "lifted_at", "lifted_why"])
        transaction.on_commit(nudge)
    return locked


def nudge() -> None:
    wake("caring.tasks.settle_exclusions")


def apply_again(since: object) -> None:
    """Prospects have come of which entries that were applied since then may not know."""
    Exclusion.objects.in_force(timezone.localdate()).filter(applied_at__gte=since).update(applied_at=None)


# --- in the background ------------------------------------------------------------------------------------------------
def settle() -> int:
    """Exclude whom an entry in force speaks of, and take back whom one spoke of that is lifted or over; how many."""
    today = timezone.localdate()
    begun = Exclusion.objects.in_force(today).filter(applied_at=None)
    over = Exclusion.objects.filter(Q(lifted_at__isnull=False) | Q(valid_until__lt=today), applied_at__isnull=False)
    found = _each(begun, Q(state__in=OPEN), "find_listed", timezone.now)
    return found + _each(over, Q(state=State.EXCLUDED, excluded_why=Excluded.LISTED), "leave_list", lambda: None)


def _each(entries: QuerySet[Exclusion], where: Q, step: str, done: Callable[[], object]) -> int:
    moved = 0
    for some in _together(entries.order_by("pk")):
        left = False
        for prospect in Prospect.objects.filter(where, _spoken_of(some)).order_by("pk"):
            try:
                perform(prospect, step, actor=SYSTEM)
                moved += 1
            except Refusal as refusal:
                left = left or step == "find_listed"  # somebody speaks with them: at the next tick
                logger.info("%s: %s not taken: %s", prospect, step, refusal)
        if not left:
            Exclusion.objects.filter(pk__in=[one.pk for one in some]).update(applied_at=done())
    return moved


def _together(entries: QuerySet[Exclusion]) -> Iterator[list[Exclusion]]:
    last = 0
    while some := list(entries.filter(pk__gt=last)[:TOGETHER]):
        last = some[-1].pk
        yield some


def _spoken_of(some: Sequence[Exclusion]) -> Q:
    values = {of: [one.value for one in some if one.of == of] for of in Of.values}
    where = Q(fastel__in=values[Of.FASTEL]) | Q(ncli__in=values[Of.NCLI])
    return where | Q(phones__overlap=values[Of.PHONE]) if values[Of.PHONE] else where


def _only_leaders(user: User) -> None:
    if not may_exclude(user):
        raise NotYourStep(_("Exclusions are entered, approved and lifted by the desk's leaders."))
