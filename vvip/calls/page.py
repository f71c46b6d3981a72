"""What stands beside a 147 call: the way-out script, and what else of the customer is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from segmentation.lists import ListEntry
from segmentation.models import Service
from tenesa.accounts.models import SYSTEM, User
from tenesa.contact import zones
from tenesa.incidents.models import Incident
from tenesa.knowledge import scripts
from tenesa.knowledge.scripts import ScriptRead
from tenesa.systems.operations import REPAIRED
from tenesa.timers.spans import span_words
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.case import Case
from tenesa.workflow.readings import Reading
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.desk import Group, Link, desk_of
from vvip.callbacks.states import State as CallbackState
from vvip.calls.forms import opened
from vvip.calls.guards import WAY_OUT, must_acknowledge
from vvip.calls.states import State
from vvip.models import LIVE_CALLBACKS, SpecialCase

MOST = 10
SERVICES = Reading("services", lambda call: Service.objects.filter(customer=call.customer_id).order_by("pk")[:100])


def _tickets(call: SpecialCase) -> QuerySet[Incident]:
    numbers = Service.objects.filter(customer=call.customer_id).values("product_id")
    return Incident.objects.filter(product_id__in=numbers).exclude(status__in=REPAIRED).order_by("-read_at")[:MOST]


TICKETS = Reading("open tickets", _tickets)
READINGS = (SERVICES, TICKETS, LIVE_CALLBACKS)


# --- the way-out script (5.2.5, 5.3.3) -------------------------------------------------------------------------------
@dataclass(frozen=True)
class WayOut:
    """The script as it is to be read now; `confirm` is where its last change is confirmed, "" where that is done."""

    script: ScriptRead | None
    opened_at: datetime | None = None
    confirm: str = ""

    @property
    def source(self) -> str:
        """Where the text comes from, and how old the copy is."""
        age = self.script.age if self.script else None
        if age is None:
            return _("our own text")
        return _("copy of My Kiss, compared %(minutes)d minutes ago") % {"minutes": age // timedelta(minutes=1)}


def way_out(call: SpecialCase, user: User) -> WayOut:
    """Its being shown is when it was opened: how long it was open is told from then on."""
    script = call.once("way out", lambda: scripts.current(WAY_OUT))
    if script is None:
        return WayOut(None)
    unread = must_acknowledge(call, script.version, user)
    address = reverse("knowledge:script", args=[script.version.article.slug]) if unread else ""
    return WayOut(script, opened(call, script.version, user), address)


# --- the callback that was entered ----------------------------------------------------------------------------------
def due_words(call: SpecialCase) -> str:
    """What the customer is told of the callback, in their own time; "" where none waits, or it is late already."""
    waiting = call.live_callback() if call.state == State.CALLBACK_QUEUED else None
    if waiting is None:
        return ""
    place = zones.place_of(waiting.zone)
    if waiting.state == CallbackState.SCHEDULED and waiting.at is not None:
        told = {"from": zones.beside(waiting.at, place), "to": zones.beside(waiting.at + waiting.target, place)}
        return _("Tell the customer: we call between %(from)s and %(to)s.") % told
    if waiting.state != CallbackState.QUEUED or waiting.due_at <= timezone.now():
        return ""
    return _("Tell the customer: we call until %(time)s.") % {"time": zones.beside(waiting.due_at, place)}


# --- what else of the customer is open -------------------------------------------------------------------------------
def beside(call: SpecialCase, user: User) -> Iterator[Group]:
    """Tickets, holds, mail cases, calls and callbacks. Of a desk where this person does not work number, kind, state,
    age, next deadline and owner are told, without a way in: enough to say how it stands, and whom to ask."""
    if call.customer is None or not call.is_verified:  # nothing is told to whom we are not sure of
        return
    numbers = [service.product_id for service in SERVICES.of(call)]
    keys = CustomerKeys(reference=call.customer.reference, services=numbers)
    yield Group(_("Open tickets"), [_ticket(one) for one in TICKETS.of(call)])
    yield Group(_("Of this customer"), list(_cases(keys, call, user)), counted=True)


def _ticket(ticket: Incident) -> Link:
    address = f"{reverse('search')}?q={ticket.number}"
    return Link(ticket.summary or ticket.product_id, address, ticket.number, ticket.status)


def _cases(keys: CustomerKeys, call: SpecialCase, user: User) -> Iterator[Link]:
    found = [case for case in cross_desk.cases_of(keys, SYSTEM, but=call) if _is_open(case)]
    for case in found[:MOST]:
        seen = user.sees(case.desk_id, case.area_id)
        title = case.title if seen else _kind(case)
        yield link_of(case, title, seen=seen)


def link_of(case: Case, title: str, *, seen: bool) -> Link:
    """A case beside this one, with how it stands: enough to tell the customer what happens and to find who knows."""
    address, state = case.get_absolute_url() if seen else "", case.get_state_display()  # type: ignore[attr-defined]
    if not _is_open(case):
        ended = _("ended %(time)s") % {"time": when(case.changed_at)}
        return Link(title, address, case.number, state, more=ended)
    now = timezone.now()
    words = [_("open for %(span)s") % {"span": span_words((now - case.opened_at).total_seconds())}]
    if case.urgent_for:
        words.append(_("next due %(time)s") % {"time": zones.clock(case.urgent_at)})
    words.append(str(case.owner) if case.owner else _("nobody has it"))
    return Link(title, address, case.number, state, more=" · ".join(words))


def _is_open(case: Case) -> bool:
    """The entries of the lists are told by the class of the customer."""
    desk = desk_of(case.procedure_name())
    return not isinstance(case, ListEntry) and (desk is None or case.state not in desk.ended)  # type: ignore[attr-defined]


def _kind(case: Case) -> str:
    desk = desk_of(case.procedure_name())
    return str(desk.title if desk else type(case)._meta.verbose_name)
