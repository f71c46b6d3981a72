"""Answers to what a reconciliation found, and the team leader's signature (C-18, C-19).

A difference is answered once: the agent enters the result again, or somebody says why it stands. Only when every
question is answered and the proof closes can the run be signed; then what was compared becomes final.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from caring.models import CaringResult
from caring.reconciliation.models import LONGEST, Difference, Reconciliation
from caring.reconciliation.runs import DESK, OF_AGENT
from caring.reconciliation.words import in_words as fields_in_words
from caring.results.states import CHECKED, State
from caring.working_days import next_working_day
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.redis_link import wake
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
LEADERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR})
READERS = LEADERS | {Role.MANAGER}
BATCH = 500
AT_ONCE = 200  # re-inputs that one press asks for
States = Difference.State


def leads(user: User) -> bool:
    return any(role in LEADERS and desk == DESK for role, desk, _area in user.places)


def reads(user: User) -> bool:
    return any(role in READERS and desk == DESK for role, desk, _area in user.places)


def ask_reinput(user: User, one: Difference) -> Difference:
    """The agent enters the result again by the next working day (C-18); one task for all systems that differ.

    Raises NotYourStep or NotNow; then nothing was written.
    """
    with transaction.atomic():
        locked = _locked(user, one)
        if locked.state != States.OPEN or not locked.is_reentered or locked.result is None:
            raise NotNow([_("This is not to be entered again, or it is answered.")])
        same = Difference.objects.filter(
            reconciliation=locked.reconciliation_id, result=locked.result, state=States.OPEN
        ).order_by("system", "pk")
        together = [other for other in same if other.is_reentered]
        due = next_working_day(timezone.localdate())
        result = _asked(user, locked.result, "; ".join(map(in_words, together)), due)
        same.filter(pk__in=[other.pk for other in together]).update(
            state=States.ASKED, owner=result.agent_id, due=result.reinput_by or due, answered_by=user,
            answered_at=timezone.now(),
        )  # fmt: skip
    locked.refresh_from_db()
    return locked


def _asked(user: User, result: CaringResult, difference: str, due: date) -> CaringResult:
    told = {"difference": difference[:LONGEST], "by": due}
    if result.state in CHECKED:
        result = perform(result, "find_mismatch", actor=user, data={**told, "by": due.isoformat()})
    if result.state == State.TL_MISMATCH:
        return perform(result, "ask_reinput", actor=user, data={**told, "by": due.isoformat()})
    if result.state == State.REINPUT:  # an application refused it, or another run asked
        return result
    words = _("%(number)s is %(state)s: it can be entered again when that has ended.")
    raise NotNow([words % {"number": result.number, "state": result.get_state_display()}])


def ask_all(user: User, run: Reconciliation) -> tuple[int, list[str]]:
    """Ask for what is open of a run, result by result; how many were asked for, and why others were not."""
    open_ones = run.differences.filter(state=States.OPEN, result__isnull=False, kind__in=["DIFFERENT", "MISSING"])
    done, refused, seen = 0, [], set[int | None]()
    for one in open_ones.order_by("pk")[: AT_ONCE * 2]:
        if one.result_id in seen or done >= AT_ONCE:
            continue
        seen.add(one.result_id)
        try:
            ask_reinput(user, one)
            done += 1
        except NotNow as refusal:
            refused.append(str(refusal))
    return done, refused


def explain(user: User, one: Difference, reason: str) -> Difference:
    """Say why it stands as it is. Raises NotYourStep, NotNow or InvalidInput; then nothing was written."""
    reason = _in_words(reason)
    with transaction.atomic():
        locked = _locked(user, one)
        if locked.state != States.OPEN:
            raise NotNow([_("This is answered already.")])
        locked.state, locked.reason = States.EXPLAINED, reason
        locked.answered_by, locked.answered_at = user, timezone.now()
        locked.save(update_fields=["state", "reason", "answered_by", "answered_at"])
    return locked


def _locked(user: User, one: Difference) -> Difference:
    if not leads(user):
        raise NotYourStep(_("Differences are answered by the team leader or the supervisor of the desk."))
    run = Reconciliation.objects.select_for_update().get(pk=one.reconciliation_id)
    if run.status != Reconciliation.Status.OPEN:
        raise NotNow([_("This reconciliation is not open.")])
    return Difference.objects.select_for_update(of=["self"]).select_related("result").get(pk=one.pk)


def in_words(one: Difference) -> str:
    """What differs, for the agent: the system and the fields with both values."""
    return f"{one.get_system_display()}: {fields_in_words(one) or one.get_kind_display()}"


def settle(run: Reconciliation | None = None) -> int:
    """Differences whose result was entered again, or has ended, are settled; the next run proves that it fits."""
    asked = Difference.objects.filter(state=States.ASKED).exclude(result__state__in=[*OF_AGENT, State.ENTERING])
    if run is not None:
        asked = asked.filter(reconciliation=run)
    return Difference.objects.filter(pk__in=asked.values("pk")).update(state=States.SETTLED, answered_at=timezone.now())


def sign(user: User, run: Reconciliation) -> Reconciliation:
    """The leader's signature (C-19). Raises NotYourStep, or NotNow with all that stands against it."""
    if not leads(user):
        raise NotYourStep(_("A reconciliation is signed by the team leader or the supervisor of the desk."))
    with transaction.atomic():
        locked = Reconciliation.objects.select_for_update().get(pk=run.pk)
        settle(locked)
        against = _against(locked)
        if against:
            raise NotNow(against)
        locked.status, locked.signed_by, locked.signed_at = Reconciliation.Status.SIGNED, user, timezone.now()
        locked.save(update_fields=["status", "signed_by", "signed_at"])
        transaction.on_commit(nudge_signed)
    return locked


def withdraw(user: User, run: Reconciliation, why: str) -> Reconciliation:
    """The leader takes back a run made by mistake: a wrong file, a wrong period. What it read stays to be looked at,
    what it did not read is read no more; re-inputs that it asked for go on. Raises NotYourStep, NotNow or InvalidInput;
    then nothing was written."""
    if not leads(user):
        raise NotYourStep(_("A reconciliation is withdrawn by the team leader or the supervisor of the desk."))
    why = _in_words(why)
    with transaction.atomic():
        locked = Reconciliation.objects.select_for_update().get(pk=run.pk)
        if against := _STAYS.get(locked.status):
            raise NotNow([str(against)])
        if not locked.is_over:
            locked.problem = ""  # which says that it is tried again
        locked.status, locked.withdrawn_why = Reconciliation.Status.WITHDRAWN, why
        locked.withdrawn_by, locked.withdrawn_at = user, timezone.now()
        locked.save(update_fields=["status", "problem", "withdrawn_why", "withdrawn_by", "withdrawn_at"])
    return locked


_STAYS: dict[str, Any] = {
    Reconciliation.Status.SIGNED: gettext_lazy("It is signed: what it compared is final."),
    Reconciliation.Status.WITHDRAWN: gettext_lazy("It is withdrawn already."),
}


def _in_words(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST:
        raise InvalidInput({"reason": [_("Say why, in at most %(n)d characters.") % {"n": LONGEST}]})
    return reason


def _against(run: Reconciliation) -> Sequence[str]:
    if run.status != Reconciliation.Status.OPEN:
        return [_("This reconciliation is not open.")]
    left = run.differences.filter(state__in=[States.OPEN, States.ASKED]).count()
    reasons = []
    if left:
        words = ngettext("%(n)d question is not answered yet.", "%(n)d questions are not answered yet.", left)
        reasons.append(words % {"n": left})
    if not run.closes:
        reasons.append(_("The proof does not close: the sides were not read whole. Ask for another run."))
    return reasons


def nudge_signed() -> None:
    """Wake whoever makes final what signed runs compared, where there is any."""
    if Reconciliation.objects.filter(status="SIGNED", finalised_at=None).exists():
        wake("caring.tasks.finalise_signed")


# --- after the signature ---------------------------------------------------------------------------------------------
def finalise() -> int:
    """What signed runs compared becomes final, a part at a time; how many became so. Run by beat."""
    return sum(_finalise(run) for run in Reconciliation.objects.filter(status="SIGNED", finalised_at=None))


def _finalise(run: Reconciliation) -> int:
    """Results that were entered before our side was read, were compared, and did not change since."""
    done, after = 0, 0
    while part := list(_compared(run).filter(pk__gt=after).order_by("pk")[:BATCH]):
        after = part[-1].pk
        for result in part:
            try:
                perform(result, "finalise", actor=run.signed_by or SYSTEM)
                done += 1
            except Refusal as refusal:
                logger.info("%s not final: %s", result.number, refusal)
    Reconciliation.objects.filter(pk=run.pk, finalised_at=None).update(
        finalised_at=timezone.now(), finalised=run.finalised + done
    )
    return done


def _compared(run: Reconciliation) -> QuerySet[CaringResult]:
    found = CaringResult.objects.filter(
        day__gte=run.first, day__lte=run.last, state__in=CHECKED, entered_at__lte=run.read_at
    )
    return found.filter(campaign=run.campaign) if run.campaign else found
