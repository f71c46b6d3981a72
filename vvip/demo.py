"""147 calls of the demonstration, in every state that a visitor should see; every step by the real door (12.4)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils import timezone

from segmentation.customers import Customer
from segmentation.lists import ListEntry
from segmentation.special_list.demo import remember
from segmentation.special_list.states import LIVE, Criterion, Kind
from tenesa.accounts.models import PresenceState, Readiness, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.knowledge import scripts
from tenesa.systems import outbox
from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed import world
from tenesa.workflow.demo_clock import ago
from tenesa.workflow.errors import NotNow, Refusal
from tenesa.workflow.perform import perform
from vvip import services
from vvip.audits import samples
from vvip.audits.states import criteria_of
from vvip.calls.guards import WAY_OUT
from vvip.calls.states import State
from vvip.models import Audit, Callback, SpecialCase

logger = logging.getLogger(__name__)
SEED = 20181109  # the day from which the document holds
NOT_LISTED = (
    "reported", "verifying", "failed", "checked", "analysed", "solved", "solved", "solved", "asked", "backend",
    "solved",
)  # fmt: skip
SPECIAL = (
    "checked", "told", "queued", "appointment", "picked", "missed", "escalated", "solved", "backend", "answered",
)  # fmt: skip
VVIP = ("queued", "analysed", "reached", "asked", "super", "super", "escalated", "solved", "answered")
REPORTS = (
    "Internet mati sejak pagi, lampu LOS merah.", "Tagihan bulan ini naik tanpa pemberitahuan.",
    "Layanan terisolir, minta dibuka hari ini.", "Internet putus sambung tiap malam.",
    "Sudah tiga kali melapor, belum ada teknisi.", "Telepon rumah tidak ada nada.",
)  # fmt: skip
TOPICS = ("FAULT", "BILLING", "UNISOLATE", "FAULT", "FAULT", "FAULT")
ASKED = {"asked": ["name", "address", "contact"], "matched": ["name", "address"]}
NOT_MATCHED = {"asked": ["name", "address", "contact"], "matched": ["name"], "note": "Penelepon bukan pelanggan."}
DAYS_AGO = (2, 5, 9, 16)  # when the calls came that were solved or failed; then every three days more
MINUTES_AGO = {"backend": 200, "asked": 25, "analysed": 9, "checked": 5, "verifying": 3, "reported": 2}
JUST_NOW, READ_FOR = timedelta(minutes=1), timedelta(seconds=40)
FOUND = {"identification": "Nama dan alamat cocok.", "analysis": "ONT mati, port perlu diperiksa."}


def load() -> int:
    """When the lists are there; returns how many calls there are.

    Goes on after the last call that was begun, where it was broken off. A refused step is logged as a warning and
    leaves its call where it stands.
    """
    wanted, begun = list(enumerate(_customers())), SpecialCase.objects.count()
    if begun < len(wanted):
        desk = _Desk()
        for place, (customer, way) in wanted[begun:]:
            with transaction.atomic(), ago(_since(way, place)) as pass_by:  # no worker takes part of it meanwhile
                try:
                    desk.walk(customer, way, place, pass_by)
                except Refusal as refusal:
                    logger.warning("demonstration: %s was not led to “%s”: %s", customer, way, refusal)
    if not Audit.objects.exists():
        _Desk().audit()
    return SpecialCase.objects.count()


def _customers() -> Iterator[tuple[Customer, str]]:
    """Who calls, and how far their matter has come: not listed, special and VVIP by turns."""
    listed = ListEntry.objects.filter(state__in=LIVE).exclude(criterion=Criterion.SUPER_EMERGENCY)
    listed = listed.select_related("customer").order_by("pk")
    special = [entry.customer for entry in listed.filter(kind=Kind.SPECIAL)][::2]  # some of each criterion
    vvip = [entry.customer for entry in listed.filter(kind=Kind.VVIP)]
    yield from zip(vvip, VVIP, strict=False)
    yield from zip(special, SPECIAL, strict=False)
    known, on_list = world(), {entry.customer.reference for entry in listed}
    homes = [one.reference for one in known.customers if one.segment == "DCS" and one.reference not in on_list]
    for reference, way in zip(homes, NOT_LISTED, strict=False):
        yield remember(known, reference), way


def _since(way: str, place: int) -> timedelta:
    """How long ago the call came. Whoever is listed called just now: the lists hold from today."""
    if place < len(VVIP) + len(SPECIAL):
        return JUST_NOW
    if way in MINUTES_AGO:
        return timedelta(minutes=MINUTES_AGO[way])
    nth = place - len(VVIP) - len(SPECIAL)
    return timedelta(days=DAYS_AGO[nth] if nth < len(DAYS_AGO) else 3 * nth, hours=nth)


class _Desk:
    """The people of the desk, ready for work, taken by turns."""

    def __init__(self) -> None:
        here = {"memberships__team__desk": services.DESK}
        self.agents = list(User.objects.filter(**here, memberships__role=Role.AGENT_147).order_by("pk"))
        self.tier2 = list(User.objects.filter(**here, memberships__role=Role.AGENT_TIER2).order_by("pk"))
        self.leader = User.objects.filter(**here, memberships__role=Role.TEAM_LEADER).order_by("pk")[0]
        self.supervisor = User.objects.filter(**here, memberships__role=Role.SUPERVISOR).order_by("pk")[0]
        for person in (*self.agents, *self.tier2):
            change_presence(person, PresenceState.AVAILABLE, checked=Readiness.values)
        self.turn, self.turn2 = cycle(self.agents), cycle(self.tier2)

    def walk(self, customer: Customer, way: str, place: int, pass_by: Callable[[timedelta], None]) -> None:
        agent, line = next(self.turn), customer.services.order_by("pk").first()
        phone = customer.contacts[0]["phone"] if customer.contacts else f"0812-0000-{8000 + place}"
        given = {
            "internet_number": line.product_id if line else "", "phone_number": phone, "caller_number": phone,
            "topic": TOPICS[place % len(TOPICS)], "report": REPORTS[place % len(REPORTS)],
        }  # fmt: skip
        call: SpecialCase = services.record(
            agent, given, owner=None if way == "reported" else agent, at=timezone.now()
        )[0]
        _deliver(call)
        if way == "reported":
            return
        if SpecialCase.objects.get(pk=call.pk).customer_id is None:
            perform(call, "choose_customer", actor=agent, data={"customer": customer.pk})
        call = perform(call, "start_verification", actor=agent)
        if way == "verifying":
            return
        if way == "failed":
            perform(call, "fail_verification", actor=agent, data=NOT_MATCHED)
            return
        call = perform(call, "confirm_identity", actor=agent, data=ASKED)
        if way != "checked":
            if call.is_listed:
                self._listed(call, way, agent, pass_by)
            else:
                self._not_listed(call, way, agent)

    def _not_listed(self, call: SpecialCase, way: str, agent: User) -> None:
        """5.2.7, 5.2.8"""
        perform(call, "analyse", actor=agent, data={"analysis": "Modem perlu dinyalakan ulang."})
        if way == "solved":
            solution = {"solution": "Pulih setelah modem dinyalakan ulang.", "informed": True}
            perform(call, "solve", actor=agent, data=solution)
        elif way != "analysed":
            perform(call, "ask_for_backend", actor=agent, data={"reason": "Kabel putus di ODP, mohon perbaikan."})
            self._decide(call, way)

    def _listed(self, call: SpecialCase, way: str, agent: User, pass_by: Callable[[timedelta], None]) -> None:
        """5.2.5, 5.2.6, 5.3.3, 5.3.4: the callback may come at any hour, as the customer wishes."""
        opened = {"opened_at": timezone.now(), "read": True}
        pass_by(READ_FOR)
        call = perform(call, "read_way_out", actor=agent, data={"version": _version(), **opened})
        if way == "told":
            return
        begin = timezone.now() + timedelta(hours=3 if way == "appointment" else 0)
        wish = {"wish_from": begin, "wish_to": begin + timedelta(hours=6)}
        number = {"number_to_call": call.contact_number, "contact_name": call.who}
        perform(call, "queue_callback", actor=agent, data={**number, **wish})
        if way not in {"queued", "appointment"}:
            self._called_back(call.callbacks.get(), way)

    def _called_back(self, callback: Callback, way: str) -> None:
        agent = next(self.turn2)
        perform(callback, "claim", actor=agent)
        if way == "picked":
            return
        perform(callback, "analyse", actor=agent, data=FOUND)
        if way == "analysed":
            return
        perform(callback, "start_dial", actor=agent)
        _deliver(callback)
        if way == "missed":
            perform(callback, "miss", actor=agent, data={"result": "NO_ANSWER", "note": ""})
            return
        perform(callback, "connect", actor=agent, data={"answered_by": callback.contact_name})
        if way == "reached":
            return
        _escalate(callback, agent)
        if way == "solved":
            solution = {"solution": "Port diganti, layanan pulih.", "informed": True}
            perform(callback, "solve", actor=agent, data=solution)
        elif way != "escalated":
            call = SpecialCase.objects.get(pk=callback.call_id)
            step = "ask_for_emergency" if call.kind == "VVIP" else "ask_for_backend"
            perform(callback, step, actor=agent, data={"reason": "Belum pulih, mohon prioritas perbaikan."})
            self._decide(call, way)

    def _decide(self, call: SpecialCase, way: str) -> None:
        if way == "asked":
            return
        asked = Escalation.objects.get(procedure=call.procedure_name(), case_id=call.pk)
        perform(asked, "approve", actor=self.leader, data={"note": "Setuju."})
        if way == "answered":
            perform(call, "take_result", actor=self.leader, data={"answer": "Port diganti.", "solved": True})

    def audit(self) -> None:
        """A sample of the closed calls, most of it judged; one agent objects."""
        today = timezone.localdate()
        if not SpecialCase.objects.filter(state=State.CLOSED).exclude(kind="").exists():
            return
        samples.draw(self.supervisor, first=today - timedelta(days=30), last=today, size=3, seed=SEED)
        drawn = list(Audit.objects.order_by("pk"))
        for place, one in enumerate(drawn[:-1]):
            ticks: dict[str, Any] = dict.fromkeys(criteria_of(one.stratum), "MET")
            if place == 1:
                ticks |= {"right_path": "NOT_MET", "note": "Daftar dicek setelah keluhan dijawab."}
            judged = perform(one, "audit", actor=self.supervisor, data={"note": "", **ticks})
            if place == 1 and judged.educated_by is not None:
                reason = {"reason": "Daftar sudah saya cek lebih dulu."}
                perform(judged, "raise_objection", actor=judged.educated_by, data=reason)


def _version() -> int:
    found = scripts.current(WAY_OUT)
    return found.version.number if found else 0


def _escalate(callback: Callback, agent: User) -> None:
    """As the list orders, where it orders something."""
    given = {"how": "GROUP", "text": "Mohon prioritas perbaikan sesuai daftar."}
    try:
        perform(callback, "escalate_by_request", actor=agent, data=given)
    except NotNow:
        perform(callback, "escalate_by_sop", actor=agent, data=given)
    _deliver(callback)


def _deliver(case: SpecialCase | Callback) -> None:
    """Ask the systems now, whatever the worker does meanwhile."""
    waiting = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk, status="WAITING")
    waiting.update(next_try_at=timezone.now())
    for pk in waiting.order_by("created_at", "pk").values_list("pk", flat=True):
        outbox.deliver(pk)
