"""Verbs around the steps of W-26: a call comes in, a callback is queued, claimed, left."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from tenesa.accounts.models import SYSTEM, Actor, Desk, PresenceState, User
from tenesa.accounts.roles import Role
from tenesa.contact import numbers
from tenesa.ui import live
from tenesa.workflow.claiming import Queue
from tenesa.workflow.errors import InvalidInput, NotNow, Refusal
from tenesa.workflow.perform import open_case, perform
from tenesa.workflow.repeated import Request
from tenesa.workflow.step import steps_of
from vvip.callbacks.states import LEASED, GivenBack
from vvip.callbacks.states import State as CallbackState
from vvip.calls.columns import LEASE as CALL_LEASE
from vvip.calls.forms import ReportForm
from vvip.calls.states import AT_TIER1, Channel, State
from vvip.models import Callback, SpecialCase

logger = logging.getLogger(__name__)
DESK = "147"
BATCH = 500
POPS = 3
RINGS_AT_MOST = timedelta(minutes=15)  # what rang longer ago is in the desk's list alone


Places = frozenset[tuple[Any, str, str | None]]


# --- the 147 desk ----------------------------------------------------------------------------------------------------
def may_record(actor: Actor) -> bool:
    """Whoever leads another desk alone would not see what they recorded."""
    return actor.has_role(Role.API_CLIENT) or actor.sees(DESK, None)


def waiting(user: User, _places: Places = frozenset()) -> QuerySet[SpecialCase]:
    """Calls that nobody handles and this person may take, the most urgent first."""
    nobodys = SpecialCase.objects.visible_to(user).filter(owner=None, state__in=AT_TIER1)
    return nobodys.order_by("urgent_at", "pk")


def _places(user: User) -> Places:
    return frozenset(user.places)


_waiting = Queue(_places, waiting)


def next_call(user: User, *, but: Collection[int] = ()) -> SpecialCase | None:
    """V-01: the most urgent call that nobody else is taking. Raises NotYourStep, NotNow."""
    return _waiting.take_first(user, lambda _call: "take", but=but)


def record(
    actor: Actor,
    data: Mapping[str, Any],
    *,
    key: str | None = None,
    owner: User | None = None,
    at: datetime | None = None,
    category: str = "",
) -> tuple[SpecialCase, bool]:
    """V-01: store a call, held by `owner`; the one that is known by this call id already instead of a second.

    Returns the call and whether it is new.
    """
    blank = SpecialCase(desk_id=DESK)
    form = ReportForm(data, case=blank, actor=actor)
    if not form.is_valid():
        raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    request = Request.of(key, steps_of(SpecialCase)["record"], actor, data) if key else None
    if known := _known(form.cleaned_data["call_id"]):
        return known, False
    if at is not None:
        blank.opened_at = at
    matches = _matches(form.cleaned_data)
    if len(matches) == 1:  # several or none: a person says which (requirements 7.1)
        blank.customer, blank.service = matches[0].customer, matches[0].service
    if owner is not None:
        blank.owner, blank.lease_until = owner, timezone.now() + CALL_LEASE
    try:
        with transaction.atomic():
            given = {**form.cleaned_data, "category": category}
            return open_case(blank, "record", actor=actor, request=request, **given), True
    except IntegrityError:
        if known := _known(form.cleaned_data["call_id"]):
            return known, False
        raise


def screen_pop(actor: User, event: Mapping[str, Any]) -> tuple[SpecialCase, bool]:
    """V-01, S-20: a call that the CTI brings to an agent; theirs where they are at work, else it waits at the desk.

    `event` has `call_id`, `number`, `agent` (a login), `at`, perhaps `category`. Their open pages are told. Raises
    NotNow where the call id is known with another number.
    """
    agent = _at_work(event["agent"])
    given = {"call_id": event["call_id"], "caller_number": event["number"], "channel": Channel.CTI}
    category = event.get("category") or ""
    call, new = record(actor, given, owner=agent, at=_ringing_since(event["at"]), category=category)
    if call.caller_number != numbers.normal(event["number"]):
        raise NotNow([gettext("This call id is known already, with another number: %(call)s.") % {"call": call.number}])
    if new and agent is not None:
        transaction.on_commit(lambda: live.tell("pop", f"person:{agent.pk}", desk=DESK))
    return call, new


def take_fault(facts: Mapping[str, str]) -> SpecialCase:
    """V-01: a fault that another desk heard of; it waits at the desk. `facts` as `cross_desk.hand_over` has them.

    Raises NotNow in a house without this desk.
    """
    if not Desk.objects.filter(code=DESK).exists():
        raise NotNow([gettext("This house has no 147 desk: report the fault in NOSSA yourself.")])
    given = {
        "internet_number": facts["service"], "caller_number": facts["contact"], "report": facts["report"][:500],
        "channel": Channel.DESK,
    }  # fmt: skip
    return record(SYSTEM, given)[0]


def _at_work(login: str) -> User | None:
    """The agent of this login, where they work at the desk and are not signed off."""
    agents = User.objects.filter(username=login, is_active=True, memberships__role=Role.AGENT_147)
    here = agents.filter(memberships__team__desk=DESK, presence__isnull=False)
    return here.exclude(presence__state=PresenceState.OFFLINE).distinct().first()


def _ringing_since(told: datetime) -> datetime:
    """A clock that goes wrong over there moves no call of ours far."""
    now = timezone.now()
    return told if now - RINGS_AT_MOST <= told <= now else now


def popped(user: User) -> list[SpecialCase]:
    """The calls that rang for this person just now and that nobody has begun to work on; at most some."""
    mine = SpecialCase.objects.filter(owner=user, state=State.REPORTED, channel=Channel.CTI, report="")
    fresh = mine.filter(opened_at__gt=timezone.now() - RINGS_AT_MOST)
    return list(fresh.select_related("customer").order_by("-pk")[:POPS])


def _known(call_id: str) -> SpecialCase | None:
    return SpecialCase.objects.filter(call_id=call_id).first() if call_id else None


def _matches(given: Mapping[str, Any]) -> list[Any]:
    names = ("internet_number", "ticket_number", "phone_number", "caller_number")
    return SpecialCase(**{name: given.get(name) or "" for name in names}).matches()


def give_back(user: User) -> int:
    """Sign-off: calls go back to the desk, callbacks to the queue; with a customer who was reached a leader goes on."""
    calls = SpecialCase.objects.filter(owner=user, state__in=AT_TIER1)
    held = Callback.objects.filter(owner=user, state__in=LEASED)
    reached = Callback.objects.filter(owner=user, state=CallbackState.CONNECTED, with_leader=False)
    note = {"why": GivenBack.ENDING_SHIFT, "note": ""}
    return (
        sum(_taken(call, "release", actor=user) for call in calls)
        + sum(_taken(one, "give_back", actor=user, **note) for one in held)
        + sum(_taken(one, "pass_on") for one in reached)
    )


def expire_leases() -> int:
    """Callbacks whose holder has been silent too long go back, and count an abandon (V-17). Run by beat."""
    left = Callback.objects.filter(lease_until__lt=timezone.now(), state__in=LEASED).order_by("pk")[:BATCH]
    calls = SpecialCase.objects.filter(lease_until__lt=timezone.now(), state__in=AT_TIER1, owner__isnull=False)
    return sum(_taken(one, "lose_lease") for one in left) + sum(_taken(one, "release") for one in calls[:BATCH])


def _taken(case: Any, step: str, *, actor: Actor = SYSTEM, **inputs: Any) -> bool:
    try:
        perform(case, step, actor=actor, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)
        return False
    return True
