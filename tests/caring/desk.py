"""Prospects and results for tests: by the real doors, against the real simulators, without a worker process."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from caring import services
from caring.models import CaringResult, Prospect
from caring.prospects.states import HELD, State
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.contact.models import Dial
from tenesa.knowledge import drafts
from tenesa.systems import outbox
from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed_caring_scripts import CARING_SCRIPTS
from tenesa.workflow.perform import open_case, perform
from tests import factories

_numbers = count(1)


def person(name: str, role: Role, desk_code: str = services.DESK) -> User:
    return factories.person(name, role, desk_code=desk_code)


def again(case: Any) -> Any:
    return type(case).objects.get(pk=case.pk)


def this_month() -> date:
    return timezone.localdate().replace(day=1)


def prospect(desk_code: str = services.DESK, **changes: Any) -> Prospect:
    """A prospect on the list, who may be called now, whatever the hour, by a number at which the simulated softphone
    finds somebody (its last digit tells)."""
    number, month = next(_numbers), this_month()
    given = {
        "period": month, "campaign": "PRANPC", "ncli": f"4{number:08d}", "fastel": f"131{number:09d}",
        "name": f"Debitur {number}", "witel": "BANDUNG", "zone": "WIB", "package": "IndiHome 50 Mbps",
        "bills": {f"{month:%Y-%m}": 350_000}, "total": 350_000, "oldest_month": month,
        "phones": [f"0812{number:06d}11"], "at": timezone.now() - timedelta(minutes=1), **changes,
    }  # fmt: skip
    return open_case(Prospect(desk=factories.desk(desk_code), **given), "load", actor=SYSTEM)


def opened(_people: Any = None) -> Prospect:
    return prospect("TENESA")


def placed(state: str) -> Prospect:
    """A prospect in a state without its steps: only for tests of what is refused there."""
    columns: dict[str, Any] = {"ready": state in {State.AVAILABLE, State.FOLLOW_UP}}
    if state in HELD:
        holder = User.objects.filter(username="pemegang").first()
        columns["owner"] = holder or person("pemegang", Role.AGENT_CARING, "TENESA")
    if state == State.EXCLUDED:
        columns["excluded_why"] = "OTHER"
    pk = opened().pk
    Prospect.objects.filter(pk=pk).update(state=state, **columns)
    return Prospect.objects.get(pk=pk)


def deliver(case: Any | None = None) -> list[str]:
    """Make every call that waits, as a worker would; until nothing waits."""
    done: list[str] = []
    while True:
        calls = ExternalCall.objects.filter(
            procedure__startswith="caring.", status="WAITING", next_try_at__lte=timezone.now()
        )
        if case is not None:
            calls = calls.filter(procedure=case.procedure_name(), case_id=case.pk)
        pks = list(calls.order_by("created_at", "pk").values_list("pk", flat=True))
        if not pks:
            return done
        done += [outbox.deliver(pk) for pk in pks]


def deliver_once(case: Any) -> list[str]:
    """One try of each of its calls that is due."""
    calls = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk, status="WAITING")
    due = calls.filter(next_try_at__lte=timezone.now()).order_by("created_at", "pk")
    return [outbox.deliver(pk) for pk in list(due.values_list("pk", flat=True))]


def in_call(agent: User, one: Prospect | None = None, *, payer: bool = True) -> Prospect:
    """Picked, bills read, dialled; with the payer on the line."""
    one = one or prospect()
    if one.state != State.PICKED:
        one = perform(one, "pick", actor=agent)
    bills = {"bills": one.bills, "isolated": False}
    one = perform(one, "note_bills", actor=SYSTEM, **bills)
    one = perform(one, "start_dial", actor=agent)
    now = timezone.now()
    made = {"state": Dial.State.DIALLED, "call_id": f"EB-{one.dial}", "at": now, "ended_at": now, "duration": 60}
    Dial.objects.filter(case_id=one.pk, attempt=None).update(**made)
    if payer:
        one = perform(one, "confirm_payer", actor=agent, data={"receiver": one.name, "relation": "pemilik"})
    return one


def agreed(agent: User, one: Prospect | None = None, **changes: Any) -> CaringResult:
    """An agreement, being entered."""
    one = in_call(agent, one)
    day = timezone.localdate() + timedelta(days=3)
    given = {
        "reason": "KEEPS", "offer": "FULL", "promised_on": day.isoformat(), "amount_told": str(one.owed.total),
        "willing": "on", "recording": f"EB-{one.pk}", **changes,
    }  # fmt: skip
    perform(one, "agree", actor=agent, data=given)
    result: CaringResult = CaringResult.objects.filter(prospect=one).latest("pk")
    return result


def entered(result: CaringResult) -> CaringResult:
    """Both applications have it."""
    for system in ("mycx", "cwc"):
        perform(result, "confirm_entry", actor=SYSTEM, system=system, reference=f"{system}-{result.pk}")
    found: CaringResult = again(result)
    return found


def at_qc(agent: User, qco: User, **changes: Any) -> CaringResult:
    return perform(entered(agreed(agent, **changes)), "claim", actor=qco)


OK = {f"gate_{code}": "OK" for code in ("PAYER", "BILL", "WILLING", "CONTRACT", "RECORDED", "OTHER")}
RETURN = {**OK, "gate_WILLING": "NOT_OK", "return_class": "OFFER", "recommendation": "Pastikan pelanggan bersedia."}


def publish_scripts(approver: User) -> None:
    """The five scripts of caring, as My Kiss has them and a leader has approved."""
    for path, title, text in CARING_SCRIPTS:
        made = drafts.new_script(path, readers=[Role.AGENT_CARING], mirrored=False)
        drafts.approve(drafts.draft(made.article, title, text, by=None), approver, material=False)


def answered(one: Prospect, result: str) -> None:
    """The softphone told how the call went."""
    Dial.objects.filter(case_id=one.pk, attempt=None).update(result=result, ended_at=timezone.now(), duration=0)
