"""What the steps of mail beyond the document set going (ADR-0008): in the same transaction another case is told,
opened, given its rows; mails are cancelled, or leave now."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from segmentation.mixed_segments import segments_of
from segmentation.models import Customer
from segmentation.segments import Segment
from tenesa.accounts.models import SYSTEM, User
from tenesa.audit.models import Event
from tenesa.mail import outbox
from tenesa.timers.outgoing import RestoreTimers
from tenesa.workflow.other_case import StepOn
from tenesa.workflow.perform import open_case
from tenesa.workflow.step import Outgoing, StepContext, effect
from tenesa.workspace.mail_steps import OnMail
from tenesa.workspace.notes import noted
from tickets import clocks, learnt
from tickets.states import SEGMENT_TOOLS, State

if TYPE_CHECKING:
    from tenesa.workflow.case import Case
    from tickets.models import EmailCase


@dataclass(frozen=True)
class OpenSplit:
    """Open the second case of a mail; its segment counts as checked only where that of the first one was."""

    made: EmailCase
    source: EmailCase
    product_ids: Sequence[str]

    def write(self, case: Case, event: Event) -> None:
        if event.source == State.ASSIGNED:
            self.made.segment, self.made.segment_source = "", ""
        open_case(self.made, "open_split", actor=SYSTEM, source=self.source, product_ids=self.product_ids)


@dataclass(frozen=True)
class MoveLines:
    """Move products with their incidents to the case, and copy what was read for them: evidence stays where it was."""

    source: EmailCase
    product_ids: Sequence[str]

    def write(self, case: Case, event: Event) -> None:
        self.source.lines.filter(product_id__in=self.product_ids).update(case_id=case.pk)
        about_sender = Q(tool__in=SEGMENT_TOOLS, product_id="")
        checks = list(self.source.checks.filter(about_sender | Q(product_id__in=self.product_ids)))
        for check in checks:
            check.pk, check.case_id = uuid.uuid4(), case.pk
        self.source.checks.model.objects.bulk_create(checks)


@dataclass(frozen=True)
class GiveLines:
    """Products with their incidents, from the case that was merged; where the other names them too, their incident."""

    given: EmailCase

    def write(self, case: Case, event: Event) -> None:
        mine = cast("EmailCase", case).lines
        for line in self.given.lines.order_by("pk"):
            ticket = {"incident_number": line.incident_number, "incident_id": line.incident_id}
            same = {"product_id": line.product_id} if line.product_id else {"incident_number": line.incident_number}
            known = mine.filter(**same)
            if not known:
                mine.create(product_id=line.product_id, given_by=self.given, opened_here=line.opened_here, **ticket)
            elif line.incident_id:
                known.filter(incident=None).update(**ticket)


@dataclass(frozen=True)
class TakeLinesBack:
    """What came with a case goes with it again; a ticket that was opened here meanwhile stays."""

    given: EmailCase

    def write(self, case: Case, event: Event) -> None:
        mine = cast("EmailCase", case).lines.filter(given_by=self.given)
        opened = mine.filter(opened_here=True).exclude(incident__in=self.given.lines.values("incident"))
        mine.exclude(pk__in=opened.values("pk")).delete()


@effect(_("products and tickets of the other case"))
def receive_lines(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield GiveLines(taken.inputs["given"])


@effect(_("what came with the other case goes with it"))
def return_lines(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield TakeLinesBack(taken.inputs["given"])


@effect(_("the other case is told, and opens again where it was closed"))
def tell_target(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    target = case.merged_into
    if target is None:
        return
    given = {"merged": case.number, "given": case, "learnt": learnt.to_learn(target, case)}
    if target.state == State.CLOSED:
        before = {"held_by": target.owner_id, "answered_at": target.answered_at}
        yield StepOn(target, "reopen_with_case", {**given, **before})
    else:
        yield StepOn(target, "take_in", given)


@effect(_("clocks: reminder, then closing, where the merging had stopped them"))
def wait_for_reference(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if learnt.stopped_waiting(case, taken.inputs["given"], clocks.REFERENCE):
        yield from clocks.waits_again.plan(case, taken)


@effect(_("the other case is told"))
def let_go_of(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StepOn(_merged_by(case)[1], "let_go", {"merged": case.number, "given": case})


@effect(_("clocks run as before"))
def restore_clocks(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield RestoreTimers(_merged_by(case)[0])


def _merged_by(case: EmailCase) -> tuple[Event, EmailCase]:
    """The event that merged the case last, and the case it was merged into: the row says so until it is written."""
    events = Event.objects.filter(procedure=case.procedure_name(), case_id=case.pk, step__in=["merge", "join_case"])
    newest = events.latest("seq")
    return newest, type(case).objects.get(pk=newest.data.get("into") or cast("int", case.referenced_case_id))


@effect(_("a second case on the same mail, with the chosen products"))
def open_split(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    moved = taken.inputs["product_ids"]
    customers = list(Customer.objects.filter(services__product_id__in=moved).distinct()[:2])
    customer = customers[0] if len(customers) == 1 else None
    made = type(case)(
        desk_id=case.desk_id, area_id=case.area_id, mailbox_id=case.mailbox_id, subject=case.subject,
        sender_name=case.sender_name, sender_address=case.sender_address, received_at=case.received_at,
        first_mail_id=case.first_mail_id, last_mail_id=case.last_mail_id, split_from_id=case.pk,
        owner=taken.actor if isinstance(taken.actor, User) else None, customer=customer or case.customer,
    )  # fmt: skip
    if customer and set(segments_of(moved)) == set(moved) and customer.segment != Segment.OTHER:
        made.segment, made.segment_source = customer.segment, customer.source
    yield OpenSplit(made, case, moved)


@effect(_("its products with what was read for them"))
def move_lines(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield MoveLines(taken.inputs["source"], taken.inputs["product_ids"])


@effect(_("the dead mail is cancelled; whom, which number, when and what is kept as a note"))
def told_by_phone(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    inputs = taken.inputs
    yield OnMail(inputs["mail"], outbox.settle)
    moment = timezone.localtime(inputs["called_at"])
    words = {
        "when": f"{date_format(moment, 'j M Y')} {moment:%H.%M}",
        "who": inputs["called_name"],
        "number": inputs["called_number"],
        "said": inputs["said"],
    }
    yield from noted(case, taken, gettext("By phone on %(when)s: %(who)s, %(number)s.\n%(said)s") % words)


@effect(_("the scheduled mail leaves now"))
def send_scheduled(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield OnMail(taken.inputs["mail"], outbox.send_now)


@effect(_("the scheduled mail is cancelled; whom it would have answered waits again"))
def cancel_scheduled(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    mail = taken.inputs["mail"]
    yield OnMail(mail, outbox.cancel)
    if "letter" in taken.inputs:
        yield RestoreTimers(mail.event, ("first_response", "customer_replied"))
