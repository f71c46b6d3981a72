"""What the steps of a prospect set going: the order in MyCX, the bills, the dial, the result, clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from caring import scoring
from caring.prospects import contact
from caring.prospects.states import APPOINTMENT, HELD, PICK, RESULT, State
from caring.tree import TREE, Category, Reason
from tenesa.accounts.models import Actor, User
from tenesa.contact import dialling
from tenesa.contact.kinds import Result
from tenesa.contact.outgoing import Dialled, HungUp, attempted
from tenesa.systems.outbox import CallOut, TryNow
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.claiming import OnlySoMany
from tenesa.workflow.other_case import StepOn
from tenesa.workflow.perform import open_case
from tenesa.workflow.step import AddRow, Outgoing, StepContext, effect

if TYPE_CHECKING:
    from caring.models import CaringResult, Prospect
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case

AT_ONCE, CONNECTED = timedelta(seconds=1), Result.CONNECTED


def key(prospect: Prospect, part: str) -> str:
    return f"prospect:{prospect.pk}:{part}"


# --- who holds it ----------------------------------------------------------------------------------------------------
@effect(_("no more open prospects than allowed"))
def only_so_many(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    if prospect.owner is not None:
        yield OnlySoMany(prospect.owner, HELD, settings.CARING["open_picks"])


@effect(_("MyCX: order picked (S-04)"))
def picked(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    if prospect.mycx_order and prospect.owner is not None:
        payload = {"order": prospect.mycx_order, "agent": prospect.owner.username}
        yield CallOut("mycx", "pick_order", payload, key=key(prospect, f"v{prospect.version}:pick"))


@effect(_("MyCX: order released (S-04)"))
def released(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    if prospect.mycx_order and prospect.state not in HELD:
        payload = {"order": prospect.mycx_order}
        yield CallOut("mycx", "release_order", payload, key=key(prospect, f"v{prospect.version}:release"))


@effect(_("I-payment: bills are read (S-17)"))
def read_bills(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User):
        yield TryNow("epayment")
    yield CallOut("epayment", "bills", {"product_id": prospect.fastel}, key=key(prospect, f"v{prospect.version}:bills"))


# --- the call --------------------------------------------------------------------------------------------------------
@effect(_("Eyebeam: dial (S-25)"))
def dial(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User) and prospect.dial is not None:
        yield Dialled(contact.callee_of(prospect), taken.actor, prospect.dial)


@effect(_("the attempt is kept in the log of all desks"))
def keep_attempt(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    callee, made = contact.callee_of(prospect), contact.dialled(prospect)
    agent = made.agent if made else taken.actor
    if not isinstance(agent, User):
        return
    if made and made.call_id and not made.ended_at:  # what came of it is told: the softphone is free for the next one
        yield HungUp(made, agent)
    result = contact.result_of(prospect, taken.inputs["reason"], made)
    said = {name: taken.inputs.get(name, "") for name in ("recording", "note")}
    if contact.was_answered(result):
        said["answered_by"] = prospect.receiver or (prospect.name if result == CONNECTED else str(_("somebody else")))
    yield from attempted(callee, agent=agent, at=taken.at, result=result, dial=made, **said)


@effect(_("why the customer may not be called now is kept (contact proof)"))
def keep_refusal(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    agent = taken.actor if isinstance(taken.actor, User) else None
    yield AddRow(dialling.refusal_of(contact.callee_of(prospect), "", contact.verdict_now(prospect), agent=agent))


@dataclass(frozen=True)
class Rescored:
    """The customer's open prospects are scored anew, in the step's transaction."""

    def write(self, case: Case, event: Event) -> None:
        scoring.rescore(case, event.at)


@effect(_("the customer's prospects are scored anew"))
def rescore(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    yield Rescored()


# --- the result ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OpenResult:
    """The result of the call as a case of its own, in the transaction of the prospect's step."""

    actor: Actor
    inputs: Mapping[str, Any]
    recalled: CaringResult | None

    def write(self, case: Case, event: Event) -> None:
        prospect: Any = case
        result = prospect.new_result(self.actor, event.at, self.inputs, self.recalled)
        open_case(result, "record", actor=self.actor)


@effect(_("the result is kept and entered into both applications (5.3, 8 langkah 6)"))
def open_result(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    """A result of a recall that reached somebody stands in the place of the one that was returned."""
    recalled = prospect.recalled()
    reached = TREE[Reason(taken.inputs["reason"])].category in {Category.AGREE, Category.DECLINE}
    if recalled is not None and reached:
        yield StepOn(recalled, "supersede")
    yield OpenResult(taken.actor, taken.inputs, recalled)


@effect(_("the returned result: nobody was reached any more, or the customer is not called any more"))
def recall_left(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    recalled = prospect.recalled()
    if recalled is not None and prospect.state == State.EXHAUSTED:
        yield StepOn(recalled, "give_up_recall")
    elif recalled is not None and prospect.state == State.EXCLUDED:
        yield StepOn(recalled, "end_excluded", {"why": prospect.not_called_because})


@effect(_("the returned result: paid meanwhile"))
def recall_paid(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    recalled = prospect.recalled()
    if recalled is not None and prospect.state == State.PAID:
        yield StepOn(recalled, "end_paid")


# --- clocks ----------------------------------------------------------------------------------------------------------
@effect(_("clock: work on the prospect"))
def pick_clock(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((APPOINTMENT,))
    yield StartTimer(PICK)


@effect(_("clock: result of the call"))
def result_clock(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer()
    yield StartTimer(RESULT)


@effect(_("clock: time of the agreed call"))
def appointment_clock(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    """A time at which the customer was tried runs no more: the next attempt is by the reason of that one."""
    yield StopTimer()
    untried = prospect.at is not None and (prospect.ready or prospect.at > taken.at)
    if prospect.state == State.FOLLOW_UP and prospect.at is not None and untried:
        yield StartTimer(APPOINTMENT, until=max(prospect.at, taken.at + AT_ONCE))


@effect(_("clocks stop"))
def stop_clocks(prospect: Prospect, taken: StepContext) -> Iterable[Outgoing]:
    if prospect.state not in HELD:
        yield StopTimer()
