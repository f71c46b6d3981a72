"""147 calls and callbacks for tests: by the real doors, against the real simulators, without a worker process."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from segmentation.customers import Customer
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.knowledge import drafts
from tenesa.knowledge.models import Script
from tenesa.systems import outbox
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tests import factories
from tests.segmentation import entries
from vvip import services
from vvip.callbacks import queue
from vvip.calls.guards import WAY_OUT
from vvip.models import Callback, SpecialCase

INTERNET = entries.INTERNET
PHONE = "081200004401"
ASKED = {"asked": ["name", "address", "contact"], "matched": ["name", "address"]}
BACKEND = {"reason": "Mohon perbaikan port, pelanggan belum pulih."}
FOUND = {"identification": "Nama dan alamat cocok", "analysis": "ONT mati, isolir karena tunggakan lama."}


def person(name: str, role: Role) -> User:
    return factories.person(name, role, desk_code=services.DESK)


def again(case: Any) -> Any:
    return type(case).objects.get(pk=case.pk)


def placed(state: str, agent: User) -> SpecialCase:
    """A call in a state without its steps: only for tests of what is refused there."""
    now = timezone.now()
    one = customer(reference=f"32{SpecialCase.objects.count():05d}")
    if not Script.objects.filter(path=WAY_OUT).exists():
        way_out()
    version = Script.objects.get(path=WAY_OUT).article.published
    call = recorded(agent, internet_number=f"1229{SpecialCase.objects.count():08d}")
    columns = {"customer": one, "verified_at": now, "script": version, "script_opened_at": now, "script_read_at": now}
    SpecialCase.objects.filter(pk=call.pk).update(state=state, **columns)
    return at_desk_of(agent, call)


def at_desk_of(user: User, call: SpecialCase) -> SpecialCase:
    """As if their desk were the 147 desk: tests of every desk have people of one desk alone."""
    SpecialCase.objects.filter(pk=call.pk).update(desk=user.places[0][1])
    found: SpecialCase = again(call)
    return found


def customer(**changes: Any) -> Customer:
    return entries.with_internet(entries.customer(**changes))


def listed(criterion: str = "NO_UNISOLATE", **changes: Any) -> Customer:
    """A customer with an entry in force."""
    one = customer()
    author = User.objects.filter(username="pengusul").first() or person("pengusul", Role.TEAM_LEADER)
    other = User.objects.filter(username="penyetuju").first() or person("penyetuju", Role.MANAGER)
    entries.approved(author, other, criterion, **changes)
    return one


def way_out() -> Script:
    """The way-out script, published as version 1, which nobody has to confirm."""
    made = drafts.new_script(WAY_OUT, readers=[Role.AGENT_147, Role.AGENT_TIER2])
    author, other = person("penulis", Role.DOC_CONTROL), person("penerbit", Role.SUPERVISOR)
    text = "Baik Bapak/Ibu, keluhan akan ditangani tim khusus kami, yang akan menghubungi kembali."
    drafts.approve(drafts.draft(made.article, "Way Out", text, by=author, note="pertama"), other, material=False)
    return made


def deliver(case: Any | None = None) -> list[str]:
    """Make every call that waits, as a worker would; until nothing waits."""
    done: list[str] = []
    while True:
        calls = ExternalCall.objects.filter(
            procedure__startswith="vvip.", status="WAITING", next_try_at__lte=timezone.now()
        )
        if case is not None:
            calls = calls.filter(procedure=case.procedure_name(), case_id=case.pk)
        pks = list(calls.order_by("created_at", "pk").values_list("pk", flat=True))
        if not pks:
            return done
        done += [outbox.deliver(pk) for pk in pks]


def recorded(agent: User, **changes: Any) -> SpecialCase:
    given = {"internet_number": INTERNET, "caller_number": PHONE, "report": "Internet mati sejak pagi.", **changes}
    call: SpecialCase = services.record(agent, given, owner=agent)[0]
    return call


def checked(agent: User, **changes: Any) -> SpecialCase:
    call = perform(recorded(agent, **changes), "start_verification", actor=agent)
    return perform(call, "confirm_identity", actor=agent, data=ASKED)


def told_way_out(agent: User, **changes: Any) -> SpecialCase:
    call = checked(agent, **changes)
    return perform(call, "read_way_out", actor=agent, data=script_read())


def script_read() -> dict[str, Any]:
    """As read elsewhere, not on the page."""
    return {"version": 1, "opened_at": timezone.now(), "read": True}


def queued(agent: User, **changes: Any) -> Callback:
    call = told_way_out(agent)
    given = {"number_to_call": PHONE, "contact_name": "Wulan Sasmita", **changes}
    perform(call, "queue_callback", actor=agent, data=given)
    found: Callback = call.callbacks.get()
    return found


def analysed(agent: User, callback: Callback) -> Callback:
    claimed = queue.claim_next(agent)
    assert claimed == callback, claimed
    return perform(callback, "analyse", actor=agent, data=FOUND)


def reached(agent: User, callback: Callback) -> Callback:
    perform(analysed(agent, callback), "start_dial", actor=agent)
    return perform(callback, "connect", actor=agent, data={"answered_by": "Wulan Sasmita"})


def asking_for_emergency(agent: User, tier2: User, **changes: Any) -> Callback:
    """A VVIP whom the escalation did not help: the team leader is asked for a super emergency."""
    call = told_way_out(agent, **changes)
    perform(call, "queue_callback", actor=agent, data={"number_to_call": PHONE, "contact_name": "Wulan Sasmita"})
    callback = reached(tier2, call.callbacks.get())
    perform(callback, "escalate_by_sop", actor=tier2, data={"how": "GROUP", "text": "Mohon prioritas."})
    perform(callback, "confirm_escalation", actor=SYSTEM)
    return perform(callback, "ask_for_emergency", actor=tier2, data=BACKEND)


def emergency(agent: User, tier2: User, leader: User) -> SpecialCase:
    """A super emergency that the back-end has."""
    listed("PUBLIC_FIGURE")
    way_out()
    callback = asking_for_emergency(agent, tier2)
    perform(asked(callback.call), "approve", actor=leader, data={"note": "Setuju."})
    found: SpecialCase = again(callback.call)
    return found


def asked(call: SpecialCase, **what: Any) -> Escalation:
    """What the team leader is asked about a call."""
    return Escalation.objects.get(case_id=call.pk, state="ASKED", **what)
