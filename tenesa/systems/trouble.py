"""Trouble of our own tools, reported to the IOC and followed until it is solved (P-01 6.9, X-15; S-28)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from tenesa.accounts.models import SYSTEM, Actor, Area, User
from tenesa.accounts.roles import AGENTS, Role
from tenesa.systems import clients
from tenesa.systems.errors import SystemError_
from tenesa.systems.ioc.values import OPEN
from tenesa.workflow.case import Case, CaseQuerySet
from tenesa.workflow.perform import open_case, perform
from tenesa.workflow.step import START, Outgoing, StepContext, effect, step

logger = logging.getLogger(__name__)
USERS = AGENTS | {Role.QCO, Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN}


class State(models.TextChoices):
    SENT = "SENT", _("On its way to the IOC")
    OPEN = "OPEN", _("Accepted by the IOC")
    SOLVED = "SOLVED", _("Solved")
    RETURNED = "RETURNED", _("Returned by the IOC")


UNSOLVED = (State.SENT, State.OPEN)


@effect(_("the report to the IOC"))
def tell_ioc(report: TroubleReport, taken: StepContext) -> Iterable[Outgoing]:
    from tenesa.systems.outbox import CallOut

    area = report.affected.code if report.affected else ""
    payload = {"tool": report.tool, "text": report.text, "since": report.since.isoformat(), "area": area}
    yield CallOut("ioc", "report", payload, key=f"{report.procedure_name()}:{report.pk}")


class TroubleReport(Case):
    document = "P-01"
    prefix = "TR"
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    tool = models.CharField(_("application"), max_length=20)
    text = models.TextField(_("what is wrong"), max_length=2_000)
    since = models.DateTimeField(_("since"))
    affected = models.ForeignKey(
        Area, models.PROTECT, verbose_name=_("affected area"), related_name="+", null=True, blank=True
    )
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    progress = models.CharField(max_length=20, blank=True)  # the IOC's own word
    note = models.TextField(blank=True)

    objects = CaseQuerySet.as_manager()  # type: ignore[django-manager-missing, unused-ignore]

    class Meta:
        verbose_name = _("trouble report")
        verbose_name_plural = _("trouble reports")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="trouble_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["OPEN", "SOLVED"]) | ~Q(reference=""), name="trouble_has_reference"
            ),
            models.CheckConstraint(condition=Q(since__lte=models.F("opened_at")), name="trouble_has_begun"),
        ]
        indexes = [
            models.Index(fields=["tool"], condition=Q(state__in=["SENT", "OPEN"]), name="trouble_unsolved"),
            models.Index(fields=["-opened_at", "-id"], name="trouble_newest"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("systems-status")

    @property
    def title(self) -> str:
        return self.text

    @property
    def who(self) -> str:
        return str(self.reporter or _("by itself"))

    @step(
        requirement="X-15",
        clause="P-01 6.9",
        label=_("Report tool trouble"),
        roles=USERS | {Role.SYSTEM},
        source=START,
        target=State.SENT,
        effects=[tell_ioc],
    )
    def report(self, *, actor: Actor) -> None:
        self.reporter = actor if isinstance(actor, User) else None

    @step(
        requirement="X-15",
        clause="P-01 6.9",
        label=_("The IOC accepted the report"),
        roles={Role.SYSTEM},
        source=State.SENT,
        target=State.OPEN,
    )
    def accept(self, *, reference: str, progress: str, note: str) -> None:
        self.reference, self.progress, self.note = reference, progress, note

    @step(
        requirement="X-15",
        clause="P-01 6.9",
        label=_("The IOC returned the report"),
        roles={Role.SYSTEM},
        source=State.SENT,
        target=State.RETURNED,
    )
    def turn_back(self, *, note: str) -> None:
        self.note = note

    @step(
        requirement="X-15",
        clause="P-01 6.9",
        label=_("The IOC works on it"),
        roles={Role.SYSTEM},
        source=State.OPEN,
        target=None,
    )
    def note_progress(self, *, progress: str, note: str) -> None:
        self.progress, self.note = progress, note

    @step(
        requirement="X-15",
        clause="P-01 6.9",
        label=_("The IOC solved the trouble"),
        roles={Role.SYSTEM},
        source=State.OPEN,
        target=State.SOLVED,
    )
    def solve(self, *, progress: str, note: str) -> None:
        self.progress, self.note, self.needs_action = progress, note, False


def report_trouble(user: User, *, tool: str, text: str, since: datetime, affected: Area | None) -> TroubleReport:
    """Report trouble as a person; the reference comes with the IOC's answer."""
    desk, area = next((desk, area) for _role, desk, area in user.places)
    report = TroubleReport(desk_id=desk, area_id=area, tool=tool, text=text, since=since, affected=affected)
    return open_case(report, "report", actor=user)


def report_by_itself(*, desk: str, tool: str, text: str, since: datetime) -> TroubleReport | None:
    """Report a tool that is silent, once: None while a report of it, by whomever, is not solved."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trouble:{tool}"])
        if unsolved(tool).exists():
            return None
        return open_case(TroubleReport(desk_id=desk, tool=tool, text=text, since=since), "report", actor=SYSTEM)


def unsolved(tool: str = "") -> models.QuerySet[TroubleReport]:
    """Reports that the IOC has not solved, newest first: a tool's trouble is everybody's, whatever their desk."""
    reports = TroubleReport.objects.filter(state__in=UNSOLVED).select_related("reporter", "affected")
    return (reports.filter(tool=tool) if tool else reports).order_by("-opened_at", "-pk")


def answered(call: object) -> None:
    """Take over what the IOC said to a report; called with the call locked, in a transaction."""
    from tenesa.systems.models import ExternalCall

    assert isinstance(call, ExternalCall)  # noqa: S101 - for the type checker
    report = TroubleReport.objects.get(pk=call.case_id)
    if report.state != State.SENT or call.status in {ExternalCall.Status.WAITING, ExternalCall.Status.DEAD}:
        return  # it is tried again: by itself, or by a person on the board
    if call.succeeded:
        told = {"reference": call.answer["reference"], "progress": call.answer["status"], "note": call.answer["note"]}
        perform(report, "accept", actor=SYSTEM, **told)
    else:
        perform(report, "turn_back", actor=SYSTEM, note=call.error_message)


def read_progress() -> int:
    """Ask the IOC about every report that it has accepted and not solved. Returns how many have changed."""
    return sum(_read(report) for report in TroubleReport.objects.filter(state=State.OPEN).order_by("pk")[:200])


def _read(report: TroubleReport) -> bool:
    try:
        now = clients.ioc().status(report.reference)
    except SystemError_ as error:
        logger.info("%s not read: %s", report, error)
        return False
    if (now.status, now.note) == (report.progress, report.note):
        return False
    following = "note_progress" if now.status in OPEN else "solve"
    perform(report, following, actor=SYSTEM, progress=now.status, note=now.note)
    return True
