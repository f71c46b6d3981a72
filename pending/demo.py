"""Pend requests of the demonstration in every state that a visitor should see; every step by the real door (12.3)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone

from pending import services
from pending.models import Attempt, PendingRequest
from tenesa.accounts.models import PresenceState, Readiness, User
from tenesa.accounts.presence import change_presence
from tenesa.systems import clients, outbox
from tenesa.systems.errors import SystemError_
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
FIRST, LAST = 10_480_001, 10_480_180  # the incidents that the simulated NOSSA begins with
WAYS = (  # what becomes of each, over and over
    "agree", "give_up", "agree", "refuse", "calling", "agree", "give_up", "received", "agree", "reject", "resumed",
    "refuse", "agree", "extended", "give_up",
)  # fmt: skip
REASONS = ("CUST_NOT_AVAILABLE", "CUST_RESCHEDULE", "CUST_POWER", "SAFETY_WEATHER", "MONITORING", "CUST_REQUEST")
WORDS = (
    "Kantor pelanggan tutup sampai besok pagi.", "Pelanggan meminta kunjungan dijadwalkan ulang.",
    "Catu daya di lokasi pelanggan sedang diperbaiki.", "Hujan lebat, naik tiang belum aman.",
    "Layanan normal setelah perbaikan, dipantau satu hari.", "Pelanggan sedang menutup buku, minta tidak diganggu.",
)  # fmt: skip
CALL = {"number": "0812-0000-1187", "answered_by": "Bagian umum", "recording": "REC-2611"}
WANTED = 40


def load(wanted: int = WANTED) -> int:
    """Once, when NOSSA answers; returns how many there are."""
    if PendingRequest.objects.exists():
        return PendingRequest.objects.count()
    people = {name: User.objects.get(username=name) for name in ("mitra", "yohanes", "laras")}
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
    kind = place % len(REASONS)
    request, _new = services.ask(
        people["mitra"],
        {
            "incident": incident, "reason": REASONS[kind], "reason_text": WORDS[kind], "unit": "TA HD Bandung",
            "person": "Petugas lapangan", "channel": "API",
            "until": timezone.now() + timedelta(hours=2 + place % 9),
        },
    )  # fmt: skip
    try:
        _walk(request, WAYS[place % len(WAYS)], people["laras" if place % 2 else "yohanes"])
    except Refusal as refusal:  # NOSSA moved on meanwhile: the request stands as it is
        logger.info("%s: %s", request, refusal)
    return True


def _walk(request: PendingRequest, way: str, agent: User) -> None:
    if way == "received":
        return
    perform(request, "pick_up", actor=agent)
    _deliver(request)
    if way == "reject":
        perform(request, "reject", actor=agent, data={"why": "REASON", "note": "Alasan tidak sesuai dengan worklog."})
        return
    contact = {"contact_name": "Bagian umum", "contact_number": CALL["number"]}
    perform(request, "start_contact", actor=agent, data=contact)
    if way in {"give_up", "calling"}:
        for result in ("NO_ANSWER", "BUSY", "NO_ANSWER")[: 3 if way == "give_up" else 1]:
            _earlier(request)
            perform(request, "record_attempt", actor=agent, data={**CALL, "answered_by": "", "result": result})
        if way == "give_up":
            perform(request, "give_up", actor=agent, data={})
    else:
        perform(request, "record_attempt", actor=agent, data={**CALL, "result": "CONNECTED"})
        if way == "refuse":
            perform(request, "refuse", actor=agent, data={"said": "Harus selesai hari ini."})
        else:
            yes: dict[str, Any] = {"until": request.asked_until, "said_yes": "on", "said": "Setuju."}
            perform(request, "agree", actor=agent, data=yes)
    _deliver(request)
    if way == "resumed":
        perform(request, "go_on", actor=agent, data={"asked_by": "CUSTOMER", "note": "Lokasi sudah buka."})
    elif way == "extended":
        more = {
            "reason": "CUST_REQUEST",
            "reason_text": "Belum siap.",
            "until": request.asked_until + timedelta(hours=6),
        }
        perform(request, "extend", actor=agent, data=more)
    _deliver(request)


def _earlier(request: PendingRequest) -> None:
    """The demonstration does not wait ten minutes between its calls."""
    for one in Attempt.objects.filter(request=request):
        Attempt.objects.filter(pk=one.pk).update(at=one.at - timedelta(minutes=12))


def _deliver(request: PendingRequest) -> None:
    """Ask NOSSA now, whatever the worker does meanwhile."""
    for _round in range(2):
        waiting = ExternalCall.objects.filter(
            procedure=PendingRequest.procedure_name(), case_id=request.pk, system="nossa", status="WAITING"
        )
        for pk in waiting.order_by("created_at").values_list("pk", flat=True):
            outbox.deliver(pk)
