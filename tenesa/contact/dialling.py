"""Dialling a customer: claimed under a lock, so that two desks never dial one number at once, then asked for.

The claim is a row before the softphone is asked: a process that dies between the two leaves a dial that counts, and
the same key pressed again asks the softphone again for the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.contact.kinds import CANCELLED, Purpose, Result
from tenesa.contact.models import Dial, DialRefusal
from tenesa.contact.numbers import is_telephone, masked, normal
from tenesa.contact.policy import Tried
from tenesa.contact.rules import Verdict, Wish, may_contact
from tenesa.contact.softphone import PHONES, ask, system_of
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.models import ExternalCall
from tenesa.systems.outbox import CallOut
from tenesa.systems.softphone.values import CallLog
from tenesa.workflow.case import Case
from tenesa.workflow.errors import KeyReused, NotNow

State = Dial.State
OPEN_FOR = timedelta(hours=2)  # so long a dial waits for whoever made it to say what came of it
RINGS_OUT = timedelta(seconds=20)  # whoever does not answer for so long was called (lokal)
RESULTS = {
    "ANSWERED": Result.CONNECTED, "NO_ANSWER": Result.NO_ANSWER, "BUSY": Result.BUSY, "OFF": Result.OFF,
    "REJECTED": Result.REJECTED, "INVALID": Result.INVALID,
}  # fmt: skip


@dataclass(frozen=True)
class Callee:
    """Whom a case is to call now. `numbers` are as somebody wrote them, the usual one first; the rest as `may_contact`
    takes it."""

    name: str
    numbers: Sequence[str]
    person: str
    zone: str
    purpose: str
    procedure: str
    case_id: int
    desk_id: str | None = None
    area_id: str | None = None
    wished: Wish = None
    tried: Sequence[Tried] = ()
    agreed: bool = False  # an appointment or a promise stands

    @property
    def number(self) -> str:
        return self.numbers[0] if self.numbers else ""

    def verdict(self, number: str = "") -> Verdict:
        """Whether they may be called now."""
        return may_contact(
            person=self.person, number=number or self.number, zone=self.zone, purpose=self.purpose, wished=self.wished,
            tried=self.tried, agreed=self.agreed,
        )  # fmt: skip


def dial(callee: Callee, number: str, *, agent: User, key: UUID) -> Dial:
    """Call the number from the agent's softphone; LINKED where they have none or it is down, and dial by hand.

    The same key again is the same dial. Raises NotNow in words where the rules or the softphone refuse, KeyReused.
    """
    number = normal(number)
    if number not in map(normal, callee.numbers) or not is_telephone(number):
        raise NotNow([_("%(number)s is no number of this customer that can be dialled.") % {"number": masked(number)}])
    claimed = claim(callee, number, agent=agent, key=key)
    if claimed.state != State.CLAIMED:
        return claimed
    try:
        call_id = ask(agent, callee.purpose, lambda phone: phone.dial(number, agent=agent.username, key=str(key)))
    except Unavailable as error:
        return _moved(claimed, State.LINKED, problem=error.message)
    except Refused as refusal:
        if refusal.code == "NO_DEVICE":
            return _moved(claimed, State.LINKED, problem=_("You have no softphone on this machine."))
        words = _("You are in a call already: end it first.") if refusal.code == "BUSY" else refusal.message
        by = line_of(agent, callee.purpose) if refusal.code == "BUSY" else None
        _moved(claimed, State.FAILED, problem=words, proof={**claimed.proof, "busy_with": by and by.pk})
        raise NotNow([words]) from refusal
    return _moved(claimed, State.DIALLED, call_id=call_id)


def claim(callee: Callee, number: str, *, agent: User, key: UUID) -> Dial:
    """A dial of this normal number by the rules, under a lock of the number and of the person until it is stored; a
    refusal by the rules is stored as well, and raised as NotNow."""
    with transaction.atomic():
        _lock(f"number:{number}", f"person:{callee.person}" if callee.person else "")
        known = Dial.objects.filter(key=key).first()
        if known is not None:
            if (known.number, known.agent_id, known.case_id) != (number, agent.pk, callee.case_id):
                raise KeyReused
            return known
        verdict = callee.verdict(number)
        if verdict.allowed:
            return Dial.objects.create(
                key=key, person=callee.person, number=number, purpose=callee.purpose, procedure=callee.procedure,
                case_id=callee.case_id, agent=agent, proof=verdict.proof,
            )  # fmt: skip
    keep_refusal(callee, number, verdict, agent=agent)
    raise NotNow([verdict.reason_words])


def keep_refusal(callee: Callee, number: str, verdict: Verdict, *, agent: User | None) -> DialRefusal:
    """Keep why a call was not allowed, outside of what is rolled back by it."""
    kept = refusal_of(callee, number, verdict, agent=agent)
    kept.save(force_insert=True)
    return kept


def refusal_of(callee: Callee, number: str, verdict: Verdict, *, agent: User | None) -> DialRefusal:
    """The same as a row that a step adds, for the claim of a case."""
    return DialRefusal(
        person=callee.person, number=normal(number or callee.number), purpose=callee.purpose,
        procedure=callee.procedure, case_id=callee.case_id, desk_id=callee.desk_id, area_id=callee.area_id,
        agent=agent, why=verdict.why, words=verdict.reason_words[:300], next_at=verdict.next_at, proof=verdict.proof,
    )  # fmt: skip


@dataclass(frozen=True)
class Blocked:
    """Why the softphone did not dial, and the person's own call that keeps it from dialling, of whatever case."""

    words: str
    by: Dial | None


def open_dial(procedure: str, case_id: int | None, agent: User) -> Dial | None:
    """The person's newest dial for this case of which nobody has said yet what came of it."""
    return _untold(_dials(procedure, case_id, agent))


def call_of(case: Case, agent: User) -> Dial | None:
    """The same of a case, read once a page."""
    return _untold(_dials_of(case, agent))


def running_of(case: Case, agent: User) -> Dial | None:
    """The person's call about this case that still runs, also where what came of it was told."""
    return next((one for one in _dials_of(case, agent) if one.is_running), None)


def blocked(case: Case, agent: User) -> Blocked | None:
    """Why the person's newest dial of this case was refused; None where it was not, or what kept it has ended since."""
    newest = next(iter(_dials_of(case, agent)), None)
    if newest is None or newest.state != State.FAILED:
        return None
    other = newest.proof.get("busy_with")
    by = Dial.objects.filter(pk=other).first() if other else None
    return Blocked(newest.problem, by) if by is None or by.is_running else None


def line_of(agent: User, purpose: str) -> Dial | None:
    """The call that this person's softphone for the purpose is in, of whatever case, as far as it was asked."""
    phone = system_of(purpose)
    purposes = [one for one in Purpose.values if system_of(one) == phone]
    calls = Dial.objects.filter(agent=agent, state=State.DIALLED, ended_at=None, purpose__in=purposes)
    return calls.filter(at__gt=timezone.now() - OPEN_FOR).order_by("-at").first()


def _dials(procedure: str, case_id: int | None, agent: User) -> list[Dial]:
    """The person's dials for a case, newest first, as long as they wait to be told of."""
    mine = Dial.objects.filter(procedure=procedure, case_id=case_id, agent=agent, at__gt=timezone.now() - OPEN_FOR)
    return list(mine.select_related("attempt").order_by("-at"))


def _untold(dials: list[Dial]) -> Dial | None:
    return next((one for one in dials if one.state != State.FAILED and not one.is_told), None)


def _dials_of(case: Case, agent: User) -> list[Dial]:
    return case.once(f"dials of {agent.pk}", lambda: _dials(case.procedure_name(), case.pk, agent))


def may_call(case: Case, agent: User, callee: Callable[[], Callee], number: str = "") -> Verdict:
    """For guard, form and page of a case: whether the next call may be made, read once a page; what was dialled from
    the page may always be told of."""
    if call_of(case, agent):
        return Verdict(allowed=True)
    return case.once(f"verdict on {normal(number)}", lambda: callee().verdict(number))


def refresh(one: Dial, agent: User) -> str:
    """Read how the call stands: RINGING, CONNECTED or ENDED; what came of it is kept. Unavailable or Refused."""
    found = ask(agent, one.purpose, lambda phone: phone.call_log(one.call_id))
    _keep(one, found)
    return found.state


def hang_up(one: Dial, agent: User) -> None:
    """Unavailable or Refused where the softphone does not do it."""
    ask(agent, one.purpose, lambda phone: phone.hang_up(one.call_id))


def log_of(one: Dial) -> CallOut:
    """The outbox's question how a call went, for a step that is taken before the call has ended."""
    payload = {"call_id": one.call_id}
    return CallOut(system_of(one.purpose), "call_log", payload, key=f"call-log:{one.call_id}")


def heard(call: ExternalCall) -> bool:
    """Keep a call's log that the outbox has read; False where the call was about something else."""
    if call.system not in PHONES:
        return False
    if call.succeeded and call.answer["state"] == "ENDED":
        duration, recording = call.answer["duration"], call.answer["recording"]
        result = RESULTS.get(call.answer["result"], "")  # "" also of one that was hung up as its result was told
        Dial.objects.filter(call_id=call.answer["call_id"]).update(
            duration=duration, recording=recording, result=result, ended_at=call.answer["ended_at"]
        )
    return True


def _keep(one: Dial, found: CallLog) -> None:
    if found.state != "ENDED" and not found.result:
        return
    result = RESULTS.get(found.result, "")
    if found.result == CANCELLED and found.ended_at and not one.is_told:
        if found.ended_at - found.started_at < RINGS_OUT:
            words = _("You hung up before it had rung for %(seconds)d s: this is no attempt. Dial again.")
            one.state, one.ended_at = State.FAILED, found.ended_at
            one.problem = words % {"seconds": RINGS_OUT.total_seconds()}
            one.save(update_fields=["state", "problem", "ended_at"])
            return
        result = Result.NO_ANSWER
    one.result, one.recording = result, found.recording
    one.duration, one.ended_at = (found.duration, found.ended_at) if found.ended_at else (None, None)
    one.save(update_fields=["result", "recording", "duration", "ended_at"])


def _moved(one: Dial, state: Dial.State, *, problem: str = "", **columns: Any) -> Dial:
    """From CLAIMED once: of two that asked with the same key the first decides, and both see what it decided."""
    Dial.objects.filter(pk=one.pk, state=State.CLAIMED).update(state=state, problem=problem[:200], **columns)
    one.refresh_from_db()
    return one


def _lock(*names: str) -> None:
    """Wait for each name in one order, until the transaction ends."""
    with connection.cursor() as cursor:
        for name in sorted(filter(None, names)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"contact:{name}"])
