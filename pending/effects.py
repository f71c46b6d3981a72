"""What the steps of W-02 set going: clocks, the promise, NOSSA's entries, mails to the customer, word to the unit.

Every write to NOSSA has the key `pend:<request>:<round>:<part>`: made again it is the same call (requirements 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from pending import mails
from pending.contact import callee_of
from pending.states import (
    BACK_WITH_UNIT,
    CALL_BACK,
    DECIDE,
    ENDING,
    HOLD,
    LETTER,
    OF_THE_HOLD,
    PICK_UP,
    RESUME,
    RETRY,
    Answer,
    State,
)
from tenesa.accounts.models import SYSTEM, User
from tenesa.commitments.outgoing import Expired, Extended, Promise, Settled
from tenesa.contact import dialling
from tenesa.contact.kinds import By, Result
from tenesa.contact.numbers import normal
from tenesa.contact.outgoing import Dialled, attempted
from tenesa.mail.case_files import KeepFiles
from tenesa.mail.moments import moment_words
from tenesa.systems import outbox
from tenesa.systems.models import ExternalCall
from tenesa.systems.operations import REPAIRED
from tenesa.systems.outbox import CallOut, TryNow
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.perform import open_case
from tenesa.workflow.step import Outgoing, StepContext, effect

if TYPE_CHECKING:
    from pending.models import PendingRequest
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case

GRACE = timedelta(minutes=15)  # a resume that NOSSA confirms within this time after the end was on time


def key(request: PendingRequest, part: str) -> str:
    return f"pend:{request.pk}:{request.rounds}:{part}"


# --- clocks ----------------------------------------------------------------------------------------------------------
@effect(_("files of the evidence are kept, and scanned"))
def keep_evidence(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    if files := taken.inputs.get("attachments"):
        yield KeepFiles(files)


@effect(_("clocks: pick-up, decision"))
def waiting_clocks(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(PICK_UP)
    yield StartTimer(DECIDE, unless_alive=True)


@effect(_("clock of the pick-up stops"))
def picked_up(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((PICK_UP,))


@effect(_("clock: call back at the agreed time"))
def appointment(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(CALL_BACK, until=request.call_back_at)


@effect(_("clock of the appointment stops"))
def called(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    if request.call_back_at and request.call_back_at <= taken.at + timedelta(minutes=5):
        yield StopTimer((CALL_BACK,))


@effect(_("clocks stop; the end of a running hold is kept"))
def stop_clocks(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer(OF_THE_HOLD)
    if request.is_extension and request.state in {State.FAILED, State.CHECKING, State.CONTACTING}:
        yield StartTimer(RESUME, until=max(request.held_until or taken.at, taken.at), step="end_hold")
    if request.state in {State.CHECKING, State.CONTACTING}:
        yield StartTimer(DECIDE)


@effect(_("clock: read what the customer wrote"))
def letter_waits(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(LETTER, unless_alive=True)


@effect(_("clock of the letter stops"))
def letter_read(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((LETTER,))


@effect(_("softphone: dial, where that was ticked"))
def dial_now(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    if taken.inputs.get("dial_now") and isinstance(taken.actor, User):
        yield Dialled(callee_of(request), taken.actor, uuid4())


def hold_clocks(until: datetime, at: datetime) -> Iterable[Outgoing]:
    """The end by day and night; notice before it."""
    notice = timedelta(minutes=settings.PENDING["notice"])
    yield StopTimer(OF_THE_HOLD)
    if until - at > notice:
        yield StartTimer(ENDING, until=until - notice, step="announce_end")
    yield StartTimer(RESUME, until=until, warn=max(until - at - notice, timedelta(minutes=1)), step="end_hold")


# --- NOSSA (S-06 - S-09): only a confirmed call moves the request ----------------------------------------------------
@effect(_("NOSSA: read the ticket (S-06)"))
def read_nossa(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield TryNow("nossa")
    yield CallOut(
        "nossa", "get_incident", {"number": request.incident}, key=f"pend:{request.pk}:v{request.version}:check"
    )


@effect(_("NOSSA: on hold with reason and end (S-08)"))
def set_pending(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    payload = {
        "number": request.incident,
        "previous": request.status,
        "reason": request.reason_id,
        "until": (request.until or taken.at).isoformat(),
        "note": f"[{request.number}] {request.reason}: {request.reason_text}",
    }
    yield CallOut("nossa", "set_pending", payload, key=key(request, "pend"))


@effect(_("NOSSA: back to the unit's group, handling goes on (S-09), with a worklog (S-07)"))
def give_back(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    note = f"[{request.number}] Pelanggan tidak menyetujui pending: {request.said}"
    payload = {
        "number": request.incident, "previous": request.status, "group": request.group, "status": BACK_WITH_UNIT,
        "note": note,
    }  # fmt: skip
    yield CallOut("nossa", "set_owner_group", payload, key=key(request, "return"))


@effect(_("NOSSA: the hold ends (S-08)"))
def resume(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    note = f"[{request.number}] Pending selesai, penanganan dilanjutkan."
    if taken.inputs.get("asked_by"):
        note = f"[{request.number}] Pending diakhiri lebih awal atas permintaan {request.remark}"
    payload = {"number": request.incident, "status": request.status_before or BACK_WITH_UNIT, "note": note}
    yield StopTimer(OF_THE_HOLD)
    yield CallOut("nossa", "resume", payload, key=key(request, "resume"))


def worklog(request: PendingRequest, part: str, summary: str, detail: str = "") -> Iterable[Outgoing]:
    """Nothing is written on a ticket that is repaired: NOSSA would refuse it."""
    if request.status in REPAIRED:
        return
    payload = {
        "number": request.incident, "log_type": "WORK", "summary": summary[:200], "detail": detail,
        "client_viewable": False,
    }  # fmt: skip
    yield CallOut("nossa", "add_worklog", payload, key=key(request, part))


@effect(_("NOSSA: worklog for the unit (S-07)"))
def log_end(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    """Rejected, cancelled, or kept as it was: the unit reads why."""
    words = f"[{request.number}] Permintaan pending: {_words_of(request)}. {request.remark}"
    yield from worklog(request, f"v{request.version}:log", words)


def _words_of(request: PendingRequest) -> str:
    words = {State.REJECTED: "ditolak", State.CANCELLED: "dibatalkan", State.PENDED: "perpanjangan tidak disetujui"}
    return words.get(State(request.state), "diubah")


@effect(_("NOSSA: worklog with the customer's answer or the attempts (S-07)"))
def log_hold(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    until = moment_words(request.until)
    if request.answer == Answer.UNREACHABLE:
        summary = f"[{request.number}] Pelanggan tidak terhubung; pending sampai {until}"
    else:
        summary = f"[{request.number}] Pelanggan menyetujui pending sampai {until}"
    lines = [
        " ".join(filter(None, [moment_words(one.at), one.by, one.masked, one.result, one.answered_by]))
        for one in request.attempts
    ]
    yield from worklog(request, "hold-log", summary, "\n".join([request.reason_text, *lines]))


@effect(_("clock: try NOSSA again"))
def retry_soon(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(RETRY)


ASKS = {State.APPLYING: "set_pending", State.RETURNING: "set_owner_group", State.RESUME_DUE: "resume"}


@dataclass(frozen=True)
class AskAgain:
    """NOSSA is asked again for what the request waits for. What was not reached has the same key, as whether it took
    effect is unknown; what was refused has a new one, or the same refusal came back. An answer that nobody heard is
    heard now, and a call that is on its way goes on."""

    operation: str

    def write(self, case: Case, event: Event) -> None:
        mine = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk, system="nossa")
        asked = mine.filter(operation=self.operation).order_by("-created_at").first()
        for pk in mine.filter(status=ExternalCall.Status.DEAD).values_list("pk", flat=True):
            outbox.retry(pk)
        if asked and asked.status == ExternalCall.Status.DONE:
            outbox.tell_again(asked.pk)
        elif asked and asked.status == ExternalCall.Status.REFUSED:
            again = f"pend:{case.pk}:v{case.version}:{self.operation}"
            CallOut(asked.system, asked.operation, asked.payload, key=again).write(case, event)


@effect(_("NOSSA is asked again"))
def ask_again(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield TryNow("nossa")
    yield AskAgain(ASKS[State(request.state)])
    yield StopTimer((RETRY,))


# --- the promise -----------------------------------------------------------------------------------------------------
@effect(_("the hold is a promise until its time; clocks: notice, end"))
def promise(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    until = request.until or taken.at
    yield Promise(HOLD, max(until, taken.at))
    yield from hold_clocks(max(until, taken.at), taken.at)


@effect(_("the promise is kept, or late"))
def settle_promise(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield Settled(HOLD, GRACE)
    yield StopTimer(OF_THE_HOLD)


@effect(_("where a running hold has ended in NOSSA, its promise is settled"))
def settle_ended(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    if not request.is_extension:
        yield Settled(HOLD, GRACE)


@effect(_("the promise expires where its time is over"))
def expire_promise(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    if request.failed_in == State.RESUME_DUE:
        yield Expired(HOLD)


@dataclass(frozen=True)
class OpenExtension:
    """The request for more time, as a row of its own that knows the hold which runs."""

    reason: Any
    reason_text: str
    evidence: str
    until: datetime
    asker: str
    files: Sequence[UploadedFile[bytes]] = ()

    def write(self, case: Case, event: Event) -> None:
        old: Any = case
        copied = ("desk_id", "area_id", "incident", "unit", "person", "channel", "contact_name", "contact_number",
                  "contact_mail", "snapshot", "checked_at", "seen_at", "seen_logs", "status_before")  # fmt: skip
        new = type(old)(
            **{name: getattr(old, name) for name in copied},
            requester_id=old.requester_id,  # also where an agent asks for them: the unit goes on seeing it
            reason=self.reason,
            reason_text=self.reason_text,
            evidence=self.evidence,
            asked_until=self.until,
            extends=old,
            extension=old.extension + 1,
            held_until=old.until,
        )
        asked = {name: getattr(self, name) for name in ("asker", "reason", "reason_text", "evidence", "until")}
        open_case(new, "ask_for_more", actor=SYSTEM, **asked)
        KeepFiles(self.files).write(new, event)


@effect(_("a linked request for more time; the promise goes on there"))
def open_extension(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    told = taken.inputs
    yield Extended(HOLD)
    yield StopTimer(OF_THE_HOLD)
    given = told["reason"], told["reason_text"], told.get("evidence", ""), told["until"], str(taken.actor)
    yield OpenExtension(*given, told.get("attachments") or ())


@effect(_("the running hold keeps its promise and its end; clock: decision"))
def keep_running(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    ends = max(request.held_until or taken.at, taken.at)
    yield Promise(HOLD, ends)
    yield StartTimer(RESUME, until=ends, step="end_hold")
    yield StartTimer(DECIDE)


# --- the customer and the unit ---------------------------------------------------------------------------------------
@effect(_("the attempt is kept as evidence"))
def keep_attempt(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    told, agent = taken.inputs, taken.actor
    if not isinstance(agent, User):
        return
    callee, by, number = callee_of(request), told.get("by") or By.INBOUND, normal(told["number"])
    dial = None if by == By.INBOUND else dialling.open_dial(callee.procedure, callee.case_id, agent)
    dial = dial if dial and dial.number == number else None
    result = told.get("result") or Result.CONNECTED
    said = {name: told.get(name, "") for name in ("answered_by", "recording", "note")}
    yield from attempted(callee, agent=agent, at=taken.at, result=result, dial=dial, number=number, by=by, **said)


@effect(_("notice of the call to the customer, if wanted"))
def announce_call(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    if taken.inputs.get("notice"):
        yield from mails.to_customer(request, taken, "pend_notice")


def mail(template: str, label: Any, *, undo: bool = False) -> Any:
    """An effect that writes to the customer."""

    @effect(label)
    def writes(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
        yield from mails.to_customer(request, taken, template, undo=undo)

    return writes


def tell_unit(request: PendingRequest, words: str, part: str) -> Iterable[Outgoing]:
    text = f"[{request.number}] {request.incident} · {request.unit}: {words}"
    payload = {"group": settings.PENDING["group"], "text": text, "case": request.number}
    yield CallOut("coordination", "post", payload, key=f"pend:{request.pk}:v{request.version}:{part}")


@effect(_("the unit hears that the hold ends soon"))
def notice_to_unit(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield from tell_unit(request, f"pending berakhir {moment_words(request.until)}, siapkan penanganan.", "ending")


@effect(_("the unit hears that the work goes on"))
def resumed_to_unit(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield from tell_unit(request, "pending selesai, penanganan dilanjutkan.", "resumed")


@effect(_("the unit hears that the customer refuses"))
def refused_to_unit(request: PendingRequest, taken: StepContext) -> Iterable[Outgoing]:
    yield from tell_unit(request, f"pelanggan menolak pending, lanjutkan penanganan. {request.said}", "refused")
