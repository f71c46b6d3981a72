"""A case of every desk, and the step that leads it on: what the tests of all desks are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from caring.models import CaringResult, Prospect
from pending.models import PendingRequest
from segmentation.lists import ListEntry
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import HUMAN_ROLES, Role
from tenesa.escalation.models import Escalation
from tenesa.workflow.perform import open_case, perform
from tests import factories
from tests.caring import desk as caring
from tests.caring import results
from tests.pending.desk import ahead, asked
from tests.segmentation import entries
from tests.vvip import audits, callbacks
from tests.vvip import desk as calls
from tests.workspace.sample.procedure import Visit
from tickets.models import EmailCase
from vvip import services
from vvip.models import Audit, Callback, SpecialCase

People = Mapping[Role, User]
INCIDENTS = ["IN10482219", "IN10482301", "IN10480003", "IN10480004", "IN10480005"]  # of the seed, then unknown ones


@dataclass(frozen=True)
class Work:
    """How a desk is worked: `opened` gives its next case, on which `role` may take `step` with `inputs` at once."""

    opened: Callable[[People], Any]
    role: Role
    step: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


def people() -> dict[Role, User]:
    """One person a role; an API client is a person of a unit, who knows of what they asked for."""
    return factories.person_each(HUMAN_ROLES)


def visit(_people: People | None = None, **changes: Any) -> Visit:
    given = {"customer": "Bonar Nababan", "address": "bonar@samudra.example", "service": "4700112-0045127790"}
    mailbox = factories.mailbox()
    return open_case(Visit(desk=mailbox.desk, mailbox=mailbox, **{**given, **changes}), "ask", actor=SYSTEM)


def placed(state: str) -> Visit:
    """A visit in a state without its steps: only for tests of what is refused there."""
    pk = visit().pk
    Visit.objects.filter(pk=pk).update(state=state)
    found: Visit = Visit.objects.get(pk=pk)
    return found


def _hold(people: People) -> PendingRequest:
    factories.mailbox()
    return asked(people[Role.TELKOM_UNIT], INCIDENTS[PendingRequest.objects.count()])


def _escalation(people: People) -> Escalation:
    agent = people[Role.AGENT_EMAIL]
    case = perform(factories.opened(), "take", actor=agent)
    perform(case, "escalate", actor=agent, data={"level": "TEAM_LEADER", "reason": "Pelanggan meminta kepastian."})
    found: Escalation = Escalation.objects.get(case_id=case.pk)
    return found


def _entry(people: People) -> ListEntry:
    one = entries.customer(f"31{ListEntry.objects.count():05d}")
    return entries.proposed(people[Role.AGENT_147], customer=one.reference)


def _call(people: People) -> SpecialCase:
    agent, count = people[Role.AGENT_147], SpecialCase.objects.count()
    one = entries.with_internet(entries.customer(f"33{count:05d}"), f"1220555{count:05d}")
    factories.desk(services.DESK)
    call = services.record(agent, {"number": one.reference, "report": "Internet mati."}, owner=agent)[0]
    return calls.at_desk_of(agent, call)


def _audit(people: People) -> Audit:
    return audits.placed("DRAWN", people[Role.TEAM_LEADER].places[0][1])


WORK: Mapping[str, Work] = {
    EmailCase.procedure_name(): Work(lambda _people: factories.opened(), Role.AGENT_EMAIL, "take"),
    PendingRequest.procedure_name(): Work(_hold, Role.AGENT_EMAIL, "pick_up"),
    Escalation.procedure_name(): Work(_escalation, Role.TEAM_LEADER, "approve"),
    ListEntry.procedure_name(): Work(_entry, Role.TEAM_LEADER, "approve"),
    Callback.procedure_name(): Work(callbacks.opened, Role.AGENT_TIER2, "claim"),
    SpecialCase.procedure_name(): Work(_call, Role.AGENT_147, "start_verification"),
    Audit.procedure_name(): Work(_audit, Role.TEAM_LEADER, "audit", audits.ticks()),
    Prospect.procedure_name(): Work(caring.opened, Role.AGENT_CARING, "pick"),
    CaringResult.procedure_name(): Work(lambda _people: results.opened(), Role.QCO, "claim"),
    Visit.procedure_name(): Work(visit, Role.AGENT_EMAIL, "plan", {"at": f"{ahead(hours=3):%Y-%m-%d %H:%M}"}),
}
