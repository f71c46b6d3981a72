"""What the steps of a result set going: both applications, the verdict, the promise, the prospect, clocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caring.promises import writing
from caring.promises.models import Promise
from caring.prospects.effects import Rescored
from caring.prospects.states import State as Prospects
from caring.quality import instruments
from caring.quality.models import Verdict
from caring.results.states import ANSWER, ENDED, ENTRY, FOLLOW, JUDGE, REENTER, State
from caring.tree import REMOTE_CATEGORY, REMOTE_ENTRY, REMOTE_STATUS, Category, Status
from tenesa.accounts.models import User
from tenesa.mail.models import Mailbox
from tenesa.mail.moments import day_words
from tenesa.mail.outbox import MailOut
from tenesa.mail.salutation import addressed
from tenesa.rupiah import in_rupiah
from tenesa.systems.outbox import BACK_OFF, CallOut
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.claiming import OnlySoMany
from tenesa.workflow.other_case import StepOn
from tenesa.workflow.step import Outgoing, StepContext, effect

if TYPE_CHECKING:
    from caring.models import CaringResult

SEEN_LATE = timedelta(days=7)
CATCHES_UP = (*BACK_OFF, *[timedelta(hours=1)] * 7 * 24)  # a week by itself; one that is back is told at once


# --- one submit, two systems (5.3, 8 langkah 6; AMB-28) --------------------------------------------------------------
def row_of(result: CaringResult) -> dict[str, Any]:
    """What both applications are told, in their words (requirements 2.6)."""
    return {
        "key": result.key,
        "called_at": result.called_at.isoformat(),
        "day": result.day.isoformat(),
        "login": result.login,
        "fastel": result.fastel,
        "campaign": result.campaign,
        "status": REMOTE_STATUS[Status(result.status)],
        "category": REMOTE_CATEGORY[Category(result.category)],
        "reason": result.reason,
        "input": REMOTE_ENTRY[result.entry],
        "supersedes": result.earlier_key,
        "order": result.prospect.mycx_order,
        "team": str(result.team or ""),
        "ncli": result.ncli,
        "name": result.name,
        "phone": result.number_called,
        "regional": result.prospect.regional,
        "witel": result.prospect.witel,
        "receiver": result.receiver,
        "relation": result.relation,
        "offer": result.offer,
        "amount": result.amount_told or 0,
        "promised_on": result.promised_on.isoformat() if result.promised_on else "",
        "duration": result.duration,
        "recording": result.recording,
        "note": result.remark,
    }


@effect(_("MyCX: result (S-05); CWC, the input of TAMARA: the same row (S-23, S-24)"))
def enter(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    """Once the softphone has told how long the call was; it is asked by the outbox, and its first silence counts."""
    if result.state != State.ENTERING:
        return
    yield StartTimer(ENTRY)
    if result.log_awaited:
        return
    yield from _entries(result, but=result.entered_in)


@effect(_("a call log that comes late: both applications are told of it"))
def correct_log(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    if result.state not in {State.DRAFT, State.ENTERING} and taken.inputs.get("duration") and not result.is_judged:
        yield from _entries(result)


def _entries(result: CaringResult, but: Collection[str] = ()) -> Iterable[Outgoing]:
    row, sent = row_of(result), f"caring:{result.key}:{result.version}"
    for system, name in (("mycx", "result"), ("cwc", "enter")):
        if system not in but:
            yield CallOut(system, name, row, key=f"{sent}:{system}", back_off=CATCHES_UP)


@effect(_("QC's verdict to MyCX and TAMARA (S-05, S-23)"))
def tell_verdict(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    verdict = {
        "key": result.key,
        "valid": "Valid" if result.approved else "Not Valid",
        "qco": taken.actor.username if isinstance(taken.actor, User) else "",
        "note": taken.inputs.get("note") or taken.inputs.get("recommendation") or "",
    }
    sent = f"caring:{result.key}:{result.version}:verdict"
    yield CallOut("mycx", "verdict", verdict, key=sent, back_off=CATCHES_UP)
    yield CallOut("tamara", "verdict", verdict, key=f"{sent}:tamara", back_off=CATCHES_UP)


# --- QC --------------------------------------------------------------------------------------------------------------
@effect(_("no more open results at QC than allowed"))
def only_so_many(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    if result.owner is not None:
        yield OnlySoMany(result.owner, (State.QC_CLAIMED,), settings.CARING["qc_open"])


@effect(_("APPREC: the recording by its call id (S-27)"))
def fetch_recording(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    if result.call_id:
        yield CallOut("apprec", "find", {"call_id": result.call_id}, key=f"caring:{result.key}:{result.version}:tape")


@dataclass(frozen=True)
class Judged:
    """The verdict as a row that never changes; a second about the same version is that on the appeal."""

    decision: Verdict.Decision
    qco: User
    inputs: Mapping[str, Any]

    def write(self, case: Any, event: Any) -> None:
        before = case.deciding_verdict()
        kind = Verdict.Kind.APPEAL if before else Verdict.Kind.DECIDING
        verdict = instruments.verdict(case, kind, self.decision, self.qco, self.inputs)
        verdict.at, verdict.supersedes = event.at, before
        verdict.save(force_insert=True)


def judged(decision: Verdict.Decision, label: Any) -> Any:
    """An effect: the verdict is kept with the instrument's version."""

    @effect(label)
    def keeps(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
        if isinstance(taken.actor, User):
            yield Judged(decision, taken.actor, taken.inputs)

    return keeps


# --- the prospect moves with it --------------------------------------------------------------------------------------
@effect(_("the prospect: to be called again by the same agent (8 langkah 4)"))
def call_again(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    if result.state == State.RECALL:
        yield StepOn(result.prospect, "call_again", {"result": result, "agent": result.agent})


# --- the promise -----------------------------------------------------------------------------------------------------
@effect(_("the promise to pay is written, line by line"))
def promise(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    if result.category == Category.AGREE:
        yield writing.Made()


@effect(_("the promise is confirmed, its next day watched"))
def confirm_promise(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    if result.category == Category.AGREE:
        yield writing.Confirmed()


@effect(_("the promise gives way"))
def unmake_promise(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    if result.category == Category.AGREE:
        yield writing.Unmade()


@effect(_("I-payment: payments since the call (S-17)"))
def ask_payments(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    since = result.day - SEEN_LATE  # what was paid before the call, and could not be read then, is told as well
    payload = {"product_id": result.fastel, "since": since.isoformat()}
    yield writing.Asked()
    yield CallOut("epayment", "payments", payload, key=f"caring:{result.pk}:v{result.version}:payments")


@effect(_("the verdict on the promise; the next line is watched, or the score of the customer follows"))
def judge_promise(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    yield writing.Judged(taken.inputs["verdict"], taken.inputs["paid"], taken.inputs.get("ask_on"))
    if taken.inputs["verdict"] in {Promise.State.PARTIAL, Promise.State.BROKEN}:
        yield StepOn(result.prospect, "take_up", where={Prospects.DONE_AGREE})
    yield Rescored()


@effect(_("reminder of the promise, by mail (C-20)"))
def remind(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    mailbox, line = Mailbox.of_desk(result.desk_id), result.due_next(timezone.localdate(taken.at))
    if mailbox is not None and line is not None and result.prospect.email:
        context = {
            "customer": addressed(result.name), "number": result.fastel, "amount": in_rupiah(line.amount),
            "due": day_words(line.due),
        }  # fmt: skip
        yield MailOut(
            purpose="promise_reminder", mailbox=mailbox, to=[result.prospect.email], context=context, automatic=True
        )


# --- clocks ----------------------------------------------------------------------------------------------------------
def clock(name: str, label: Any) -> Any:
    """An effect: all clocks stop, the named one starts."""

    @effect(label)
    def starts(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
        yield StopTimer()
        if result.state not in ENDED:
            yield StartTimer(name)

    return starts


judge_clock = clock(JUDGE, _("clock: decision of QC"))
follow_clock = clock(FOLLOW, _("clock: follow up on the return, 3 × 24 h"))
answer_clock = clock(ANSWER, _("clock: answer to the appeal"))
reinput_clock = clock(REENTER, _("clock: enter again"))


@effect(_("clocks stop"))
def stop_clocks(result: CaringResult, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer()
