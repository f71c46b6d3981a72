"""SV-01, visit a line: a customer asks for a visit, the back-end confirms the hour, somebody says what was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django import forms
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django_fsm import FSMField

from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.mail.models import Mailbox
from tenesa.mail.recipients import Conversation
from tenesa.mail.to_customer import mail_to_customer
from tenesa.systems.models import ExternalCall
from tenesa.systems.outbox import CallOut
from tenesa.timers.effects import stop
from tenesa.timers.outgoing import StartTimer
from tenesa.workflow.case import Case, CaseQuerySet
from tenesa.workflow.perform import perform
from tenesa.workflow.step import START, Outgoing, StepContext, StepForm, effect, step
from tenesa.workspace.common_steps import note_step, resend_step, take_back_step
from tenesa.workspace.message import MessageForm
from tenesa.workspace.ownership import is_mine

AGENTS = {Role.AGENT_EMAIL, Role.TEAM_LEADER}


class State(models.TextChoices):
    ASKED = "ASKED", "Diminta"
    PLANNING = "PLANNING", "Dijadwalkan"
    PLANNED = "PLANNED", "Terjadwal"
    FAILED = "FAILED", "Ditolak unit"
    DONE = "DONE", "Selesai"


TO_PLAN, ANSWERS, ANY = [State.ASKED, State.FAILED], [State.PLANNED, State.FAILED], tuple(State)


class VisitForm(StepForm):
    at = forms.DateTimeField(label="Waktu kunjungan")


class FindingForm(StepForm):
    finding = forms.CharField(label="Temuan", max_length=200)


@effect("backend: a visit is ordered; clock: answer of the unit")
def order(case: Visit, taken: StepContext) -> Iterable[Outgoing]:
    content = {"group": "BACKEND", "case": case.number, "text": case.title}
    yield CallOut("backend", "escalate", content, f"visit:{case.pk}:{case.version}")
    yield StartTimer("unit_answer")


@effect("mail to the customer")
def write_mail(case: Visit, taken: StepContext) -> Iterable[Outgoing]:
    to, words = (case.conversation, case.mailbox), {"subject": f"Kunjungan {case.number}"}
    yield mail_to_customer(taken, *to, purpose="reply", template="reply", context=words, undo=True)


class Visit(Case):
    document, prefix, page, waits_in = "SV-01", "SV", "visits:case", {*TO_PLAN, *ANSWERS}
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)
    customer = models.CharField(max_length=80)
    address = models.EmailField()
    service = models.CharField(max_length=30)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="+")
    visit_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=200, blank=True)
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "visit"
        constraints = [models.CheckConstraint(condition=Q(state__in=State.values), name="visit_state_known")]
        indexes = [
            models.Index(fields=["desk", "urgent_at", "id"], name="visit_urgent"),
            models.Index(fields=["desk", "-changed_at", "-id"], name="visit_newest"),
        ]

    @property
    def title(self) -> str:
        return f"Kunjungan ke {self.service}"

    @property
    def who(self) -> str:
        return self.customer

    @cached_property
    def conversation(self) -> Conversation:
        return Conversation(None, Q(procedure=self.procedure_name(), case_id=self.pk), [self.address])

    @step(clause="SV-01 1.1", label="Kunjungan diminta", roles={Role.SYSTEM}, source=START, target=State.ASKED)
    def ask(self) -> None: ...

    @step(
        clause="SV-01 1.2",
        label="Jadwalkan",
        roles=AGENTS,
        source=TO_PLAN,
        target=State.PLANNING,
        form=VisitForm,
        effects=[order],
    )
    def plan(self, *, at: datetime, actor: User) -> None:
        self.visit_at, self.owner = at, actor

    @step(
        clause="SV-01 1.2",
        label="Unit menjawab",
        roles={Role.SYSTEM},
        source=State.PLANNING,
        target=ANSWERS,
        effects=[stop("unit_answer")],
    )
    def answered(self, *, agreed: bool) -> str:
        return State.PLANNED if agreed else State.FAILED

    @step(
        clause="SV-01 1.3",
        label="Selesaikan",
        roles=AGENTS,
        source=State.PLANNED,
        target=State.DONE,
        form=FindingForm,
        guards=[is_mine],
    )
    def finish(self, *, finding: str) -> None:
        self.finding = finding

    @step(clause="SV-01 1.4", label="Tulis surel", roles=AGENTS, source=ANY, form=MessageForm, effects=[write_mail])
    def write(self) -> None: ...

    take_back = take_back_step(clause="SV-01 1.4", roles=AGENTS, source=ANY)
    resend = resend_step(clause="SV-01 1.4", roles={Role.TEAM_LEADER}, source=ANY)
    note = note_step(clause="SV-01 1.5", roles=AGENTS, source=ANY)


def heard(call: ExternalCall) -> None:
    """The unit's answer; called with the call locked."""
    if call.status != ExternalCall.Status.WAITING:
        perform(Visit.objects.get(pk=call.case_id), "answered", actor=SYSTEM, agreed=call.succeeded)
