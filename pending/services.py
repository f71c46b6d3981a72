"""Verbs around the steps of W-02: ask (once), hear of NOSSA's changes, sign off."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from pending.forms import RequestForm
from pending.models import PendingRequest
from pending.states import ASKED_NOSSA, HELD, LIVE, WORKED_ON, State
from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.audit.models import Event
from tenesa.incidents.feed import Change
from tenesa.incidents.models import Incident
from tenesa.systems.operations import REPAIRED
from tenesa.workflow.claiming import Queue
from tenesa.workflow.errors import InvalidInput, NotNow, Refusal
from tenesa.workflow.perform import open_case, perform
from tenesa.workflow.repeated import Request
from tenesa.workflow.step import steps_of

Places = frozenset[tuple[Any, str, str | None]]
TO_TAKE = (State.RECEIVED, *WORKED_ON)

logger = logging.getLogger(__name__)


def ask(
    actor: User, data: Mapping[str, Any], files: Any = None, *, key: str | None = None
) -> tuple[PendingRequest, bool]:
    """PD-01: store a request; the one that lives for the ticket, or that came with this key, instead of a second."""
    request = Request.of(key, steps_of(PendingRequest)["request"], actor, data, files) if key else None
    if request and (same := _same(actor, request)):
        return same, False
    blank = PendingRequest(requester=actor, request_key=request.key if request else None)
    form = RequestForm(data, files, case=blank, actor=actor)
    if not form.is_valid():
        raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    incident = form.cleaned_data["incident"]
    if known := _known(actor, incident, request):
        return known, False
    blank.desk_id, blank.area_id = _place(actor)
    try:
        with transaction.atomic():
            return open_case(blank, "request", actor=actor, request=request, **form.cleaned_data), True
    except IntegrityError:  # somebody was quicker
        if known := _known(actor, incident, request):
            return known, False
        raise


def _known(actor: User, incident: str, request: Request | None) -> PendingRequest | None:
    live = _live(actor, incident)  # first: a twin that was stored until now is then known by its key
    return (_same(actor, request) if request else None) or live


def _same(actor: User, request: Request) -> PendingRequest | None:
    """What this key opened before; KeyReused where another request came with it."""
    found: PendingRequest | None = PendingRequest.objects.filter(requester=actor, request_key=request.key).first()
    if found is not None:
        opened = Event.objects.get(procedure=found.procedure_name(), case_id=found.pk, seq=1)
        request.same_as(opened.fingerprint)
    return found


def _live(actor: User, incident: str) -> PendingRequest | None:
    live: PendingRequest | None = PendingRequest.objects.filter(incident=incident, state__in=LIVE).first()
    if live is None:
        return None
    if not PendingRequest.objects.visible_to(actor).filter(pk=live.pk).exists():
        words = _("%(number)s is about %(incident)s already: one request at a time for a ticket.")
        raise NotNow([words % {"number": live.number, "incident": incident}])
    return live


def _place(actor: User) -> tuple[str, str | None]:
    """The desk whose agents will ask the customer."""
    if not actor.places:
        raise NotNow([_("You belong to no team yet.")])
    _role, desk, area = actor.places[0]
    return desk, area


def live_of(incident: str) -> PendingRequest | None:
    found: PendingRequest | None = PendingRequest.objects.filter(incident=incident, state__in=LIVE).first()
    return found


def give_back(user: User) -> int:
    """Sign-off in the middle: what the person works on goes back to the queue."""
    mine = PendingRequest.objects.filter(owner=user, state__in=WORKED_ON)
    return sum(_taken(request, "release", actor=user) for request in mine)


def waiting(user: User, _places: Places = frozenset()) -> QuerySet[PendingRequest]:
    """What nobody handles and this person may take, the most urgent first."""
    nobodys = PendingRequest.objects.visible_to(user).filter(needs_action=True, owner=None, state__in=TO_TAKE)
    return nobodys.order_by("urgent_at", "pk")


def _places(user: User) -> Places:
    return frozenset(user.places)


_waiting = Queue(_places, waiting)


def next_request(user: User, *, but: Collection[int] = ()) -> PendingRequest | None:
    """W-02 1.2: the most urgent request that nobody else is taking. Raises NotYourStep, NotNow."""
    return _waiting.take_first(user, _taking, but=but)


def _taking(request: PendingRequest) -> str:
    return "pick_up" if request.state == State.RECEIVED else "take"


# --- NOSSA changes under us (S-10) -----------------------------------------------------------------------------------
def incident_changed(change: Change) -> None:
    """What NOSSA's feed tells of a ticket under a live request, once and in NOSSA's own order."""
    request = live_of(change.incident.number)
    if request is not None:
        look_at(request, change.incident.facts)


def look_at(request: PendingRequest, facts: Mapping[str, Any]) -> None:
    """Compare what NOSSA says with what the request believes; older news than the request's own is none."""
    at = parse_datetime(str(facts.get("status_at") or ""))
    if at is None or request.seen_at is None or request.state in ASKED_NOSSA:
        return  # nothing was read yet, or NOSSA's answer to our own call is on its way and decides
    if (at, len(facts.get("worklogs") or ())) <= (request.seen_at, request.seen_logs):
        return
    status = str(facts["status"])
    if status in REPAIRED:
        _closed(request, status)
    elif request.state == State.PENDED and status not in HELD:
        words = _("Somebody let the ticket go on in NOSSA: it is %(status)s.") % {"status": status}
        _taken(request, "end_outside", note=words)
    elif request.state in WORKED_ON and request.status != status:
        words = _("The ticket is now %(status)s in NOSSA, it was %(before)s at the check.")
        _taken(request, "check_again", note=words % {"status": status, "before": request.status or "–"})


def _closed(request: PendingRequest, status: str) -> None:
    words = _("The ticket was closed meanwhile: it is %(status)s in NOSSA.") % {"status": status}
    on_hold = request.state == State.PENDED
    _taken(request, "end_outside" if on_hold else "cancel_closed", note=words)


def catch_up(request: PendingRequest) -> None:
    """News that came while our own call was on its way counts now."""
    incident = Incident.objects.filter(number=request.incident).first()
    if incident is not None:
        look_at(PendingRequest.objects.get(pk=request.pk), incident.facts)


def _taken(request: PendingRequest, step: str, *, actor: Actor = SYSTEM, **inputs: Any) -> bool:
    try:
        perform(request, step, actor=actor, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", request, step, refusal)
        return False
    return True
