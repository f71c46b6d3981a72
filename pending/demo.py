"""Pend requests of the demonstration in every state that a visitor should see; every step by the real door (12.3)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pgtrigger
from django.db.models import F, Q
from django.utils import timezone

from pending import services
from pending.contact import callee_of
from pending.models import PendingRequest
from tenesa.accounts.models import PresenceState, Readiness, User
from tenesa.accounts.presence import change_presence
from tenesa.contact.models import ContactAttempt
from tenesa.systems import clients, control, outbox
from tenesa.systems.errors import SystemError_
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
FIRST, LAST = 10_480_001, 10_480_180  # the incidents that the simulated NOSSA begins with
WAYS = (  # what becomes of each, over and over
    "agree", "give_up", "failed", "refuse", "calling", "extended", "received", "call_back", "agree", "reject",
    "resumed", "agree", "refuse", "longer", "give_up", "agree",
)  # fmt: skip
REASONS = (
    "CUST_NOT_AVAILABLE", "CUST_RESCHEDULE", "CUST_POWER", "SAFETY_WEATHER", "MONITORING", "CUST_REQUEST",
    "ACCESS_PERMIT",
)  # fmt: skip
WORDS = (
    "Kantor pelanggan tutup sampai besok pagi.", "Pelanggan meminta kunjungan dijadwalkan ulang.",
    "Catu daya di lokasi pelanggan sedang diperbaiki.", "Hujan lebat, naik tiang belum aman.",
    "Layanan normal setelah perbaikan, dipantau satu hari.", "Pelanggan sedang menutup buku, minta tidak diganggu.",
    "Menunggu izin masuk gedung dari pengelola.",
)  # fmt: skip
UNITS = (("TA HD Bandung", "Ujang Suryana"), ("TA HD Semarang", "Slamet Riyadi"), ("TA Priangan Timur", "Asep Hidayat"))
CALL = {"answered_by": "Bagian umum", "recording": "REC-2611"}
YES = {"said_yes": "on", "said": "Setuju."}
WANTED = 40


def load(wanted: int = WANTED) -> int:
    """Once, when NOSSA answers; returns how many there are."""
    if PendingRequest.objects.exists():
        return PendingRequest.objects.count()
    people = {name: User.objects.get(username=name) for name in ("mitra", "ujang", "yohanes", "laras")}
    for name in ("yohanes", "laras"):
        change_presence(people[name], PresenceState.AVAILABLE, checked=Readiness.values)
    made = 0
    for number in range(FIRST, LAST + 1):
        if made == wanted:
            break
        made += _one(f"IN{number}", made, people)
    return made


def _one(incident: str, place: int, people: dict[str, User]) -> bool:
    try:
        status = clients.nossa().incident(incident).status
    except SystemError_:
        return False
    if status not in {"BACKEND", "INPROG", "QUEUED"}:
        return False
    kind, (unit, person) = place % len(REASONS), UNITS[place % len(UNITS)]
    by_page = person == UNITS[0][1]
    request, _new = services.ask(
        people["ujang" if by_page else "mitra"],
        {
            "incident": incident, "reason": REASONS[kind], "reason_text": WORDS[kind], "unit": unit, "person": person,
            "evidence": "Surat izin 12/XI/2026" if REASONS[kind] == "ACCESS_PERMIT" else "", "until": _end(place),
            "channel": "FORM" if by_page else "API",
        },
    )  # fmt: skip
    try:
        _walk(request, WAYS[place % len(WAYS)], people["laras" if place % 2 else "yohanes"])
    except Refusal as refusal:  # NOSSA moved on meanwhile: the request stands as it is
        logger.info("%s: %s", request, refusal)
    return True


def _end(place: int) -> datetime:
    """Spread over what is left of the day; the others, and all of them late in the evening, end tomorrow."""
    now = timezone.localtime()
    left = now.replace(hour=23, minute=55) - now
    if place % 4 == 3 or left < timedelta(hours=1):
        return now + timedelta(hours=10 + place % 9)
    return now + timedelta(minutes=12) + (left - timedelta(minutes=12)) * (place * 29 % 97 / 97)


def _walk(request: PendingRequest, way: str, agent: User) -> None:
    if way == "received":
        return
    perform(request, "pick_up", actor=agent)
    _deliver(request)
    if way == "reject":
        perform(request, "reject", actor=agent, data={"why": "REASON", "note": "Alasan tidak sesuai dengan worklog."})
        return
    contact = {"contact_name": "Bagian umum", "contact_number": _number(request)}
    perform(request, "start_contact", actor=agent, data=contact)
    if way in {"give_up", "calling"}:
        _tries(request, agent, 3 if way == "give_up" else 1)
    else:
        perform(request, "record_attempt", actor=agent, data={**_call(request), "result": "CONNECTED"})
        _answer(request, way, agent)
    _deliver(request)
    more = {"reason": "CUST_REQUEST", "reason_text": "Belum siap.", "until": request.asked_until + timedelta(hours=6)}
    if way == "resumed":
        wanted = {"asked_by": "CUSTOMER", "asker": "Bonar Nababan", "note": "Lokasi sudah buka."}
        perform(request, "go_on", actor=agent, data=wanted)
    elif way in {"extended", "longer"}:
        perform(request, "extend", actor=agent, data=more)
    if way == "longer":
        _agrees_again(PendingRequest.objects.get(extends=request), agent)
    _deliver(request)


def _number(request: PendingRequest) -> str:
    """Another number for each request: the rules count the calls of all requests to one."""
    return f"0812-0000-{1100 + request.pk % 900}"


def _call(request: PendingRequest) -> dict[str, str]:
    _earlier(request)
    return {**CALL, "number": _number(request)}


def _tries(request: PendingRequest, agent: User, times: int) -> None:
    for result in ("NO_ANSWER", "BUSY", "NO_ANSWER")[:times]:
        perform(request, "record_attempt", actor=agent, data={**_call(request), "answered_by": "", "result": result})
    if times == 3:
        perform(request, "give_up", actor=agent, data={})


def _answer(request: PendingRequest, way: str, agent: User) -> None:
    """What the customer says. A call-back in a minute is soon overdue; NOSSA does not take the failed one."""
    if way == "refuse":
        perform(request, "refuse", actor=agent, data={"said": "Harus selesai hari ini."})
    elif way == "call_back":
        soon = timezone.now() + timedelta(minutes=1)
        perform(request, "appoint", actor=agent, data={"call_back_at": soon, "note": "Bertanya dulu ke pimpinan."})
    else:
        perform(request, "agree", actor=agent, data={"until": request.asked_until, **YES})
        if way == "failed":
            with _silent("set_pending"):
                ExternalCall.objects.filter(case_id=request.pk, operation="set_pending").update(retry_seconds=[])
                _deliver(request)


def _agrees_again(request: PendingRequest, agent: User) -> None:
    perform(request, "take", actor=agent)
    perform(request, "record_attempt", actor=agent, data={**_call(request), "result": "CONNECTED"})
    perform(request, "agree", actor=agent, data={"until": request.asked_until, **YES})
    _deliver(request)


@contextmanager
def _silent(operation: str) -> Iterator[None]:
    """Only where NOSSA is the simulator; a real one takes the hold, and the request is on hold."""
    try:
        control.switch_on("nossa", operation, "http_500")
    except control.NoSimulator:
        yield
        return
    try:
        yield
    finally:
        control.switch_off("nossa", operation)


def _earlier(request: PendingRequest) -> None:
    """The demonstration does not wait ten minutes between its calls."""
    mine = Q(procedure=request.procedure_name(), case_id=request.pk) | Q(person=callee_of(request).person)
    with pgtrigger.ignore("contact.ContactAttempt:append_only"):
        ContactAttempt.objects.filter(mine).update(at=F("at") - timedelta(minutes=12))


def _deliver(request: PendingRequest) -> None:
    """Ask NOSSA now, whatever the worker does meanwhile."""
    for _round in range(2):
        waiting = ExternalCall.objects.filter(
            procedure=PendingRequest.procedure_name(), case_id=request.pk, system="nossa", status="WAITING"
        )
        for pk in waiting.order_by("created_at").values_list("pk", flat=True):
            outbox.deliver(pk)
