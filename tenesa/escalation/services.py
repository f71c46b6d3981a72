"""Verbs around the steps: ask, look after what nobody decides, read the units' answers."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower

from tenesa.accounts.models import SYSTEM, PresenceState, User
from tenesa.escalation.clocks import running
from tenesa.escalation.guards import nobody_is_there, rises_to_somebody, somebody_came
from tenesa.escalation.models import Escalation
from tenesa.escalation.people import at_work, level_at
from tenesa.escalation.registry import subject_of
from tenesa.escalation.states import AGAIN, LEVEL_OF, LEVELS, LIVE, NOBODY, Level, Purpose, State, clock_of
from tenesa.systems import clients
from tenesa.systems.errors import SystemError_
from tenesa.workflow.case import Case
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import open_case, perform
from tenesa.workflow.readings import Reading

logger = logging.getLogger(__name__)
BATCH = 500


def ask(case: Case, actor: User, *, reason: str, level: str, unit: str = "", purpose: str = Purpose.HELP) -> Escalation:
    """Open an escalation of this case; inside the transaction of the case's own step. Of each purpose one is live."""
    return open_case(_about(case), "ask", actor=actor, reason=reason, level=level, unit=unit, purpose=purpose)


def request(case: Case, actor: User, *, reason: str, owner: User) -> Escalation:
    """Ask the owner to pass the case on."""
    return open_case(_about(case), "request", actor=actor, reason=reason, owner=owner)


def _about(case: Case) -> Escalation:
    return Escalation(procedure=case.procedure_name(), case_id=case.pk, desk_id=case.desk_id, area_id=case.area_id)


def _live(case: Any) -> QuerySet[Escalation]:
    live = Escalation.objects.filter(procedure=case.procedure_name(), case_id=case.pk, state__in=LIVE)
    return live.select_related("asker", "owner", "decided_by").order_by("pk")


ESCALATIONS = Reading("escalations", _live)


def live_of(case: Case) -> list[Escalation]:
    """What is asked about a case and not yet ended."""
    return ESCALATIONS.of(case)


def is_requested(case: Case) -> bool:
    """Does somebody ask to take this case over already?"""
    return any(one.purpose == Purpose.TAKE_OVER for one in live_of(case))


# --- looking after -----------------------------------------------------------------------------------------------
def decider_left(user: User) -> int:
    """Somebody goes off shift: what was theirs alone is everybody's again, and where nobody is left a clock starts."""
    waiting = Escalation.objects.filter(state=State.ASKED)
    mine = waiting.filter(owner=user) | waiting.filter(user.place_filter(), owner=None)
    return sum(_lost(escalation) for escalation in mine.order_by("pk")[:BATCH] if _decides(user, escalation))


def _decides(user: User, escalation: Escalation) -> bool:
    mine = level_at(user, escalation.desk_id, escalation.area_id)
    return escalation.owner_id == user.pk or (
        mine is not None and LEVELS.index(mine) >= LEVELS.index(Level(escalation.level))
    )


def _lost(escalation: Escalation) -> bool:
    if nobody_is_there.refuses(escalation, SYSTEM):
        return False
    return _taken(escalation, "lose_decider")


def decider_came(user: User) -> int:
    """Somebody who decides is at work: what counts the minutes without them, or rose meanwhile, waits for them."""
    if not any(role in LEVEL_OF for role in user.roles) or not at_work(User.objects.filter(pk=user.pk)).exists():
        return 0
    waiting = Escalation.objects.filter(user.place_filter(), state=State.ASKED, owner=None).order_by("pk")
    return sum(_found(escalation) for escalation in waiting[:BATCH])


def _found(escalation: Escalation) -> bool:
    return not somebody_came.refuses(escalation, SYSTEM) and _taken(escalation, "find_decider")


def tidy() -> int:
    """What a lost message left behind: deciders who are gone, requests whose case has moved on; and what is late rises
    when somebody above is at work again. Run by beat."""
    gone = Q(owner__is_active=False) | Q(owner__presence__state=PresenceState.OFFLINE)
    left = Escalation.objects.filter(gone, state=State.ASKED).order_by("pk")[:BATCH]
    live = Escalation.objects.filter(state__in=LIVE).order_by("pk")
    counted = running(OuterRef("pk"), name=NOBODY)
    unattended = Escalation.objects.filter(Exists(counted), state=State.ASKED).order_by("pk")[:BATCH]
    return (
        sum(_lost(one) for one in left)
        + sum(map(_found, unattended))
        + sum(map(_risen, _kept_late()[:BATCH]))
        + sum(_moot(one) for one in live.iterator(chunk_size=BATCH))
    )


def _kept_late() -> QuerySet[Escalation]:
    """Late with a level that kept it because nobody above was at work."""
    own = Concat(Value(clock_of("")), Lower(OuterRef("level")))
    late = running(OuterRef("pk"), name=own, breached=True, step="raise_overdue")
    once_more = running(OuterRef("pk"), name=AGAIN)
    return Escalation.objects.filter(Exists(late), ~Exists(once_more), state=State.ASKED).order_by("pk")


def _risen(escalation: Escalation) -> bool:
    return not rises_to_somebody.refuses(escalation, SYSTEM) and _taken(escalation, "raise_overdue")


def withdraw_moot(procedure: str, case_id: int) -> int:
    """The case was closed, merged, handed back or taken over: what was asked about it ends, with the reason."""
    live = Escalation.objects.filter(procedure=procedure, case_id=case_id, state__in=LIVE)
    return sum(_moot(escalation) for escalation in live)


def _moot(escalation: Escalation) -> bool:
    words = subject_of(escalation.procedure).moot(escalation)
    return bool(words) and _taken(escalation, "withdraw_moot", note=words[:300])


def look_again(case: Case) -> None:
    """After this transaction, see what is left of what was asked about the case; beat does it if we die before."""
    transaction.on_commit(partial(_look, case.procedure_name(), case.pk), robust=True)


def _look(procedure: str, case_id: int) -> None:
    withdraw_moot(procedure, case_id)


def _taken(escalation: Escalation, step: str, **inputs: Any) -> bool:
    try:
        perform(escalation, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", escalation, step, refusal)
        return False
    return True


# --- the units' answers (S-22) -----------------------------------------------------------------------------------
def read_units() -> int:
    """Ask the units for their results; each answer is a step by the system. Returns how many came."""
    waiting = Escalation.objects.filter(state=State.WITH_UNIT).exclude(reference="").order_by("pk")
    return sum(_read_unit(escalation) for escalation in waiting[:BATCH])


def _read_unit(escalation: Escalation) -> bool:
    try:
        result = clients.backend().result(escalation.reference)
    except SystemError_ as error:
        logger.info("%s: no result: %s", escalation, error)
        return False
    return bool(result.answer) and _taken(escalation, "take_answer", answer=result.answer)
