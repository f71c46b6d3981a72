"""When each guard of W-05 lets pass and when it refuses, on real rows; the code is asked only for its answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from segmentation.models import Service
from tenesa.accounts.models import PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.incidents.models import Incident
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tests import factories
from tickets.models import EmailCase

VPN, WIFI = "4700112-0045127790", "122710005432"
Arrange = Callable[[EmailCase, User, User], object]


def columns(**values: Any) -> Arrange:
    return lambda case, rini, dewi: EmailCase.objects.filter(pk=case.pk).update(**values)


def owned_by(who: str) -> Arrange:
    return lambda case, rini, dewi: EmailCase.objects.filter(pk=case.pk).update(
        owner={"rini": rini, "dewi": dewi, "nobody": None}[who]
    )


def line(product: str = VPN, number: str = "", status: str = "", *, here: bool = False) -> Arrange:
    def arrange(case: EmailCase, rini: User, dewi: User) -> None:
        incident = Incident.objects.get_or_create(number=number, defaults={"status": status})[0] if status else None
        case.lines.create(product_id=product, incident_number=number, incident=incident, opened_here=here)

    return arrange


def check(tool: str, state: str = "NORMAL", product: str = VPN) -> Arrange:
    return lambda case, rini, dewi: case.checks.create(tool=tool, state=state, product_id=product, summary="-")


def mail(status: str, *, automatic: bool = False, bounced: bool = False, step: str = "") -> Arrange:
    def arrange(case: EmailCase, rini: User, dewi: User) -> None:
        OutboundMail.objects.create(
            procedure=case.procedure_name(), case_id=case.pk, event=case.last_event(), mailbox=case.mailbox,
            purpose="reply", template="reply", template_version=0, to=[case.sender_address], subject="Re:", text="Ya",
            message_id=f"<{uuid.uuid4()}@x>", idempotency_key=str(uuid.uuid4()), status=status, automatic=automatic,
            error="550" if status == "DEAD" else "", bounced_at=timezone.now() if bounced else None,
            sent_at=timezone.now() if status == "SENT" else None,
        )  # fmt: skip

    return arrange


def call(operation: str, status: str) -> Arrange:
    return lambda case, rini, dewi: ExternalCall.objects.create(
        procedure=case.procedure_name(), case_id=case.pk, event=case.last_event(), system="mycx", operation=operation,
        idempotency_key=str(uuid.uuid4()), status=status,
    )  # fmt: skip


def service(product: str, segment: str) -> Arrange:
    return lambda case, rini, dewi: Service.objects.create(
        product_id=product, customer=factories.customer(segment, f"PT {segment} {product}")
    )


def presence(state: str) -> Arrange:
    return lambda case, rini, dewi: change_presence(rini, PresenceState(state), reason="break")


def taken_by(who: str) -> Arrange:
    return lambda case, rini, dewi: perform(case, "take", actor={"rini": rini, "dewi": dewi}[who])


def names(desk: str) -> Arrange:
    def arrange(case: EmailCase, rini: User, dewi: User) -> None:
        other = factories.opened()
        EmailCase.objects.filter(pk=other.pk).update(desk=factories.desk(desk))
        EmailCase.objects.filter(pk=case.pk).update(referenced_case=other)

    return arrange


def forgotten(case: EmailCase, rini: User, dewi: User) -> None:
    """The opening wrote mails and calls of its own; none of them is meant here."""
    OutboundMail.objects.all().delete()
    ExternalCall.objects.all().delete()


IS_NEW = columns(kind="COMPLAINT", complaint="NEW")
ASKS = columns(kind="COMPLAINT", complaint="PROGRESS")
DONE = {"educated_at": timezone.now(), "forwarded_at": timezone.now(), "posted_at": timezone.now()}

# guard | arrangements that let pass | arrangements that refuse; each arrangement is a list of facts
TRUTH: dict[str, tuple[list[list[Arrange]], list[list[Arrange]]]] = {
    "the case is yours": ([[owned_by("rini")]], [[owned_by("dewi")], [owned_by("nobody")]]),
    "nobody holds the case": ([[owned_by("nobody")]], [[owned_by("rini")], [owned_by("dewi")]]),
    "the case is yours or nobody's": ([[owned_by("rini")], [owned_by("nobody")]], [[owned_by("dewi")]]),
    "somebody holds the case": ([[owned_by("rini")], [owned_by("dewi")]], [[owned_by("nobody")]]),
    "somebody else holds the case": ([[owned_by("dewi")]], [[owned_by("rini")], [owned_by("nobody")]]),
    "you are ready (auto-in)": ([[presence("AVAILABLE")]], [[presence("AUX")], [presence("OFFLINE")]]),
    "no triage is waiting": ([[columns(triage="")]], [[columns(triage="Segmen tidak dikenal.")]]),
    "triage is waiting": ([[columns(triage="Segmen tidak dikenal.")]], [[columns(triage="")]]),
    "segment is DCS": ([[columns(segment="DCS")]], [[columns(segment=s)] for s in ("", "DES", "DGS", "DBS", "OTHER")]),
    "segment is DES, DGS or DBS": (
        [[columns(segment=s)] for s in ("DES", "DGS", "DBS")],
        [[columns(segment=s)] for s in ("", "DCS", "OTHER")],
    ),
    "the segment is another one": (
        [[columns(segment="OTHER")]],
        [[columns(segment=s)] for s in ("", "DES", "DGS", "DBS", "DCS")],
    ),
    "a request of a DBS customer": (
        [[columns(segment="DBS", kind="REQUEST")]],
        [[columns(segment="DBS", kind="INFORMATION")], [columns(segment="DES", kind="REQUEST")]],
    ),
    "a request of a DES or DGS customer": (
        [[columns(segment=s, kind="REQUEST")] for s in ("DES", "DGS")],
        [[columns(segment="DBS", kind="REQUEST")], [columns(segment="DES", kind="INFORMATION")]],
    ),
    "the need is information": ([[columns(kind="INFORMATION")]], [[columns(kind="REQUEST")], [IS_NEW], []]),
    "a new complaint": ([[IS_NEW]], [[ASKS], [columns(kind="REQUEST")], []]),
    "the customer asks for progress": ([[ASKS]], [[IS_NEW], [columns(kind="INFORMATION")], []]),
    "a product id is known": ([[line()]], [[], [line("", "IN10482301")]]),
    "no product id is known": ([[], [line("", "IN10482301")]], [[line()]]),
    "a ticket number or product id is known": ([[line()], [line("", "IN10482301")]], [[]]),
    "neither ticket number nor product id is known": ([[]], [[line()], [line("", "IN10482301")]]),
    "old or new was checked in NOSSA for every product": (
        [[line(), check("nossa")], [line(), check("nossa", "UNKNOWN")]],
        [[line()], [line(), check("nossa", "FAILED")], [line(), line(WIFI), check("nossa")], [line(), check("mrtg")]],
    ),
    "no product has an open incident": (
        [[line()], [line(VPN, "IN10482301", "CLOSED")], [line(VPN, "IN10482301", "BACKEND", here=True)]],
        [[line(VPN, "IN10482301", "BACKEND")], [line(), line(WIFI, "IN10482302", "PENDING")]],
    ),
    "a check is recorded for every product": (
        [[line(), check("mrtg")], [line(), check("mrtg", "FAULT")], [line(), line(WIFI), check("mrtg"),
          check("embassy", product=WIFI)]],
        [[line()], [line(), check("mrtg", "FAILED")], [line(), check("siskas")], [line(), check("nossa")],
         [line(), line(WIFI), check("mrtg")]],
    ),
    "education, forward and group post are all confirmed": (
        [[columns(**DONE)]],
        [[columns(**{**DONE, missing: None})] for missing in DONE],
    ),
    "every product has its incident": (
        [[line(VPN, "IN10482301", "NEW")]],
        [[line()], [line(VPN, "IN10482301", "NEW"), line(WIFI)]],
    ),
    "an incident is linked": ([[line(VPN, "IN10482301", "NEW")]], [[], [line()]]),
    "the incident is under watch": (
        [[columns(state="MONITORING")], [columns(state="ESCALATED", state_before="MONITORING", reason="perlu")]],
        [[columns(state="ESCALATED", state_before="PROGRESS_LOOKUP", reason="perlu")]],
    ),
    "NOSSA knows no open ticket of the case": (
        [[columns(state="NEED_REFERENCE")],
         [columns(state="PROGRESS_LOOKUP"), line(VPN, "IN10482301"), check("nossa", "UNKNOWN")],
         [columns(state="PROGRESS_LOOKUP"), line(VPN, "IN10482301", "CLOSED"), check("nossa")]],
        [[columns(state="PROGRESS_LOOKUP"), line(VPN, "IN10482301")],
         [columns(state="PROGRESS_LOOKUP"), line(VPN, "IN10482301", "BACKEND"), check("nossa")]],
    ),
    "NOSSA says that every incident is repaired": (
        [[line(VPN, "IN10482301", status)] for status in ("FINALCHECK", "RESOLVED", "MEDIACARE", "SALAMSIM", "CLOSED")],
        [[line(VPN, "IN10482301", status)] for status in ("NEW", "BACKEND", "PENDING", "SLAHOLD")]
        + [[line(VPN, "IN10482301", "CLOSED"), line(WIFI, "IN10482302", "BACKEND")]],
    ),
    "no mail is unsent": (
        [[forgotten], [forgotten, mail("SENT")], [forgotten, mail("CANCELLED")]],
        [[forgotten, mail(status)] for status in ("HELD", "WAITING", "SENDING", "DEAD")]
        + [[forgotten, mail("SENT", bounced=True)]],
    ),
    "NOSSA knows none of the given references": (
        [[line(), check("nossa", "UNKNOWN")]],
        [[line()], [line(VPN, "IN10482301", "NEW"), check("nossa")]],
    ),
    "MyCX could not be reached to the last try": (
        [[call("create_ticket", "DEAD")]],
        [[], [call("create_ticket", "WAITING")], [call("search", "DEAD")]],
    ),
    "your last step sent nothing yet but mail that is still held": (
        [[taken_by("rini"), mail("HELD")]],
        [[taken_by("dewi"), mail("HELD")], [taken_by("rini"), mail("SENT")], [taken_by("rini")],
         [taken_by("rini"), mail("HELD"), call("search", "WAITING")],
         [taken_by("rini"), mail("HELD"), mail("SENDING")]],
    ),
    "all services are of one segment": (
        [[line()], [line(), service(VPN, "DES")], [line(), line(WIFI), service(VPN, "DES"), service(WIFI, "DES")]],
        [[line(), line(WIFI), service(VPN, "DES"), service(WIFI, "DCS")]],
    ),
    "nothing is unread": (
        [[columns(unread_by="")]],
        [[columns(unread_by=whose)] for whose in ("CUSTOMER", "UNIT", "COLLEAGUE", "NOSSA", "SYSTEM")],
    ),
    "the mail names a case": ([[names("TENESA")]], [[], [names("TDSCC")]]),
    "no mail is held or scheduled": (
        [[forgotten], [forgotten, mail("SENT")], [forgotten, mail("HELD", automatic=True)]],
        [[forgotten, mail("HELD")]],
    ),
    "the case names two products or more": ([[line(), line(WIFI)]], [[], [line()]]),
    "a mail did not arrive": (
        [[forgotten, mail("DEAD")], [forgotten, mail("SENT", bounced=True)]],
        [[forgotten], [forgotten, mail("SENT")], [forgotten, mail("WAITING")]],
    ),
    "the case was taken over from somebody": (
        [[lambda case, rini, dewi: EmailCase.objects.filter(pk=case.pk).update(taken_from=dewi)]],
        [[]],
    ),
}  # fmt: skip
# Held to account in their own files: who is at work, requests under way, scheduled mails, mergings undone.
ELSEWHERE = {
    "the former owner is at work", "nobody has asked for the case yet", "no escalation waits for a decision",
    "a mail is scheduled", "only the merging that was undone had opened it",
}  # fmt: skip

with override("en"):
    GUARDS = {str(guard.label): guard for step in steps_of(EmailCase).values() for guard in step.guards}
CASES = [
    (name, let, place)
    for name, (passing, refusing) in TRUTH.items()
    for let, facts in ((True, passing), (False, refusing))
    for place in range(len(facts))
]


def test_every_guard_has_its_truth() -> None:
    assert set(GUARDS) == set(TRUTH) | ELSEWHERE


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "let", "place"), CASES)
def test_it_lets_pass_and_refuses(name: str, let: bool, place: int, rini: User, dewi: User) -> None:
    case = factories.opened()
    for arrange in TRUTH[name][0 if let else 1][place]:
        arrange(EmailCase.objects.get(pk=case.pk), rini, dewi)
    words = GUARDS[name].refuses(EmailCase.objects.get(pk=case.pk), User.objects.get(pk=rini.pk))
    assert bool(words) is not let, words
