"""SV-01, visit a line: a customer asks for a visit, the back-end confirms the hour, somebody says what was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django_fsm import FSMField

from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.accounts.roles import Role
from tenesa.mail.models import Mailbox
from tenesa.mail.recipients import Conversation
from tenesa.mail.to_customer import mail_to_customer
from tenesa.systems.models import ExternalCall
from tenesa.systems.outbox import CallOut
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.case import Case, CaseQuerySet
from tenesa.workflow.perform import perform
from tenesa.workflow.step import START, Outgoing, StepForm, Taken, effect, guard, step
from tenesa.workspace.common_steps import note_step, resend_step, take_back_step
from tenesa.workspace.message import MessageForm

AGENTS = {Role.AGENT_EMAIL, Role.TEAM_LEADER}


class State(models.TextChoices):
    ASKED = "ASKED", "Diminta"
    PLANNING = "PLANNING", "Dijadwalkan"
    PLANNED = "PLANNED", "Terjadwal"
    FAILED = "FAILED", "Ditolak unit"
    DONE = "DONE", "Selesai"


class VisitForm(StepForm):
    at = forms.DateTimeField(label="Waktu kunjungan")


class FoundForm(StepForm):
    found = forms.CharField(label="Temuan", max_length=200)


@guard("the visit is yours")
def is_mine(case: Visit, actor: Actor) -> str:
    return "" if case.owner_id == actor.pk else "Kunjungan ini bukan milik Anda."


@effect("backend: a visit is ordered; clock: answer of the unit")
def order(case: Visit, taken: Taken) -> Iterable[Outgoing]:
    content = {"unit": "PLASA", "number": case.number, "reason": case.service, "case": case.number}
    yield CallOut("backend", "escalate", content, f"visit:{case.pk}:{case.version}")
    yield StartTimer("unit_answer")


@effect("mail to the customer")
def write_mail(case: Visit, taken: Taken) -> Iterable[Outgoing]:
    words = {"subject": f"Kunjungan {case.number}"}
    yield mail_to_customer(
        taken, case.conversation, case.mailbox, purpose="reply", template="reply", context=words, undo=True
    )


@effect("clock stops")
def stop_clock(case: Visit, taken: Taken) -> Iterable[Outgoing]:
    yield StopTimer(("unit_answer",))


class Visit(Case):
    document, revision, prefix = "SV-01", "00", "SV"
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)
    customer = models.CharField(max_length=80)
    address = models.EmailField()
    service = models.CharField(max_length=30)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="+")
    visit_at = models.DateTimeField(null=True)
    found = models.CharField(max_length=200, blank=True)
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "visit"
        constraints = [models.CheckConstraint(condition=Q(state__in=State.values), name="visit_state_known")]
        indexes = [models.Index(fields=["desk", "urgent_at", "id"], name="visit_urgent")]

    @property
    def title(self) -> str:
        return f"Kunjungan ke {self.service}"

    @property
    def who(self) -> str:
        return self.customer

    def get_absolute_url(self) -> str:
        return reverse("visits:case", args=[self.pk])

    @cached_property
    def conversation(self) -> Conversation:
        mine = Q(procedure=self.procedure_name(), case_id=self.pk)
        return Conversation(None, mine, [self.address])

    @step(clause="SV-01 1", label="Kunjungan diminta", by={Role.SYSTEM}, source=START, target=State.ASKED)
    def ask(self) -> None: ...

    @step(
        clause="SV-01 2",
        label="Jadwalkan kunjungan",
        by=AGENTS,
        source=[State.ASKED, State.FAILED],
        target=State.PLANNING,
        asks=VisitForm,
        effects=[order],
    )
    def plan(self, *, at: datetime, actor: User) -> None:
        self.visit_at, self.owner = at, actor

    @step(
        clause="SV-01 2",
        label="Unit menjawab",
        by={Role.SYSTEM},
        source=State.PLANNING,
        target=[State.PLANNED, State.FAILED],
        effects=[stop_clock],
    )
    def answered(self, *, agreed: bool) -> str:
        return State.PLANNED if agreed else State.FAILED

    @step(
        clause="SV-01 3",
        label="Catat temuan",
        by=AGENTS,
        source=State.PLANNED,
        target=State.DONE,
        asks=FoundForm,
        guards=[is_mine],
    )
    def finish(self, *, found: str) -> None:
        self.found = found

    @step(
        clause="SV-01 4",
        label="Tulis ke pelanggan",
        by=AGENTS,
        source=list(State),
        target=None,
        asks=MessageForm,
        effects=[write_mail],
    )
    def write(self) -> None: ...

    take_back = take_back_step(clause="SV-01 4", by=AGENTS, source=list(State))
    resend = resend_step(clause="SV-01 4", by={Role.TEAM_LEADER}, source=list(State))
    note = note_step(clause="SV-01 5", by=AGENTS, source=list(State))

    def settle(self, step: Any, taken: Taken) -> None:
        super().settle(step, taken)
        self.awaits = self.state in {State.ASKED, State.PLANNED, State.FAILED}


def heard(call: ExternalCall) -> None:
    """The unit's answer; called with the call locked."""
    if call.status != ExternalCall.Status.WAITING:
        perform(Visit.objects.get(pk=call.case_id), "answered", actor=SYSTEM, agreed=call.succeeded)
