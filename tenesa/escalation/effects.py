"""What the steps of an escalation set going: clocks, the step of the escalated case, calls to the unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.escalation.clocks import running
from tenesa.escalation.people import is_anybody_there
from tenesa.escalation.registry import Subject, subject_of
from tenesa.escalation.states import AGAIN, CLOCKS, NOBODY, UNIT_ANSWER, Level, Purpose, State, above, clock_of, units
from tenesa.systems.outbox import CallOut
from tenesa.timers import targets
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.step import Outgoing, StepContext, effect

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.escalation.models import Escalation
    from tenesa.workflow.case import Case


@dataclass(frozen=True)
class OnSubject:
    """The step of the escalated case, in the same transaction; a refusal there refuses the escalation's step too."""

    act: Callable[[Subject], None]

    def write(self, case: Case, event: Event) -> None:
        self.act(subject_of(case.procedure))  # type: ignore[attr-defined]


# --- the escalated case ----------------------------------------------------------------------------------------------
@effect(_("the case hears of it"))
def tell(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    words = said(escalation, taken)
    yield OnSubject(lambda subject: subject.tell(escalation, words))


@effect(_("the case hears that the next level has it"))
def tell_raised(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    if escalation.state == State.ASKED:
        yield from tell.plan(escalation, taken)


@effect(_("the case goes back to where it was; a request only ends"))
def give_back(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    words = said(escalation, taken)
    if escalation.purpose == Purpose.HELP:
        yield OnSubject(lambda subject: subject.give_back(escalation, taken.actor, words))
    else:
        yield OnSubject(lambda subject: subject.tell(escalation, words))


@effect(_("the case changes hands"))
def hand_over(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    yield OnSubject(lambda subject: subject.hand_to(escalation, escalation.asker, said(escalation, taken)))


@effect(_("the decider holds the case"))
def take_case(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    actor = taken.actor
    if isinstance(actor, User):
        yield OnSubject(lambda subject: subject.take_over(escalation, actor, said(escalation, taken)))


@effect(_("approved: back to the asker, on to the unit, or into the asker's hands"))
def carry_out(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    if escalation.state == State.WITH_UNIT:
        yield from to_unit.plan(escalation, taken)
    elif escalation.state == State.APPROVED:
        yield from (hand_over if escalation.purpose == Purpose.TAKE_OVER else give_back).plan(escalation, taken)
        yield StopTimer()


def said(escalation: Escalation, taken: StepContext) -> str:
    """What happened, in one sentence for the history of the case."""
    what = str(escalation.get_state_display())
    if escalation.state == State.ASKED:
        level = {"level": escalation.owner or escalation.get_level_display()}
        what = (gettext("Waits for: %(level)s") if escalation.owner else gettext("rises to %(level)s")) % level
    elif escalation.state == State.WITH_UNIT:
        what = f"{what}: {escalation.unit_name}" + (f" ({escalation.reference})" if escalation.reference else "")
    more = escalation.answer if escalation.state == State.ANSWERED else taken.inputs.get("note") or ""
    who = str(taken.actor) if isinstance(taken.actor, User) else ""  # the history says so of the system by itself
    return " · ".join(part for part in (what, who, more) if part)[:300]


# --- clocks (timers.Target) ------------------------------------------------------------------------------------------
@effect(_("clocks: decision of the level; nobody of it at work"))
def decision_clock(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    if escalation.state != State.ASKED:
        return
    late = _late(escalation)
    yield StopTimer(tuple(name for name in CLOCKS if name not in late))
    yield _decision(escalation)
    yield from attendance_clock.plan(escalation, taken)


def _late(escalation: Escalation) -> set[str]:
    """The clocks of levels that did not decide in time. They count on until it is decided: by the first of them it
    stands in the lists, whatever time the next level has."""
    return set(running(escalation.pk, breached=True, step="raise_overdue").values_list("name", flat=True))


def _decision(escalation: Escalation, *, unless_alive: bool = False) -> StartTimer:
    """It counts on as late where nobody above is at work to rise to."""
    step = "raise_overdue" if above(escalation.level) else ""
    return StartTimer(clock_of(escalation.level), step=step, goes_on=bool(step), unless_alive=unless_alive)


@effect(_("clock: decision of the level, once more where it was late already; nobody of it at work"))
def attended_clocks(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    late = _late(escalation)
    others = (clock_of(level) for level in Level if level != escalation.level)
    yield StopTimer(tuple(name for name in others if name not in late))
    yield _decision(escalation, unless_alive=True)
    if clock_of(escalation.level) in late and above(escalation.level):
        yield from _once_more(escalation, taken)
    yield from attendance_clock.plan(escalation, taken)


def _once_more(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    """It has come down to a level that was late with it: that has its time again, and then it rises again."""
    clock = escalation.procedure_name(), clock_of(escalation.level), escalation.desk_id, escalation.segment
    if goal := targets.goal(*clock):
        yield StartTimer(AGAIN, until=goal.due(taken.at), step="raise_overdue")


@effect(_("clock: nobody of the level is at work"))
def attendance_clock(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    if is_anybody_there(escalation) or not (above(escalation.level) or approves_unattended()):
        yield StopTimer((NOBODY,))
    else:
        yield StartTimer(NOBODY, step="pass_unattended")


def approves_unattended() -> bool:
    """By setting, what nobody is there to decide counts as approved (AMB-24); else the next level decides."""
    return str(settings.ESCALATION_NOBODY_THERE) == "approve"


@effect(_("clock: the owner's answer"))
def request_clock(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(clock_of(escalation.level), step="leave_unanswered")


@effect(_("clocks stop"))
def stop_clocks(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer()


# --- the unit (S-18, S-22) -------------------------------------------------------------------------------------------
@effect(_("the unit gets the matter (S-22), its group is told (S-18); clock: its answer"))
def to_unit(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    unit, number = units()[escalation.unit], _number(escalation)
    text = " ".join(filter(None, [escalation.reason, taken.inputs.get("note")]))
    yield StopTimer()
    yield CallOut(
        "backend", "escalate", {"case": number, "group": unit.code, "text": text}, key=f"escalation:{escalation.pk}"
    )
    yield _post(escalation, f"[{number}] Eskalasi untuk {unit.name}: {text}", "post")
    yield StartTimer(UNIT_ANSWER, step="remind")
    yield from tell.plan(escalation, taken)


@effect(_("the group is reminded; clock: its answer"))
def remind_unit(escalation: Escalation, taken: StepContext) -> Iterable[Outgoing]:
    words = f"[{_number(escalation)}] Pengingat {escalation.reminders} untuk {escalation.unit_name}"
    reference = f" ({escalation.reference})" if escalation.reference else ""
    yield _post(escalation, f"{words}{reference}: {escalation.reason}", f"reminder:{escalation.reminders}")
    yield StartTimer(UNIT_ANSWER, step="remind")
    yield from tell.plan(escalation, taken)


def _post(escalation: Escalation, text: str, part: str) -> CallOut:
    payload = {"group": units()[escalation.unit].group, "text": text, "case": _number(escalation)}
    return CallOut("coordination", "post", payload, key=f"escalation:{escalation.pk}:{part}")


def _number(escalation: Escalation) -> str:
    briefs = subject_of(escalation.procedure).briefs([escalation.case_id])
    return briefs[escalation.case_id].number
