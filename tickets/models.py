"""E-mail cases and the rows that belong to them. No I/O here; state is written by `perform` alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from segmentation.mixed_segments import mixed_segments
from tenesa import door
from tenesa.accounts.models import Actor
from tenesa.incidents.models import Incident
from tenesa.mail.recipients import Conversation
from tenesa.workflow.case import CaseQuerySet
from tenesa.workflow.readings import Reading
from tickets.clocks import UPDATES
from tickets.customer_services import ServiceChoice, choices_of
from tickets.evidence.models import WORST_FIRST, ToolCheck
from tickets.procedure.intake import Intake
from tickets.procedure.mail_steps import MailSteps
from tickets.procedure.need import HandOver, Need, SegmentCheck
from tickets.procedure.ownership import Ownership
from tickets.procedure.progress import Closing, Progress
from tickets.procedure.service_updates import ServiceUpdates
from tickets.procedure.troubleshooting import Ticket, Troubleshooting
from tickets.states import (
    ENDED,
    NOT_A_CHECK,
    SEGMENT_TOOLS,
    Channel,
    CheckState,
    Complaint,
    Handling,
    Kind,
    State,
    Unread,
)

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class EmailCase(
    Intake,
    SegmentCheck,
    HandOver,
    Need,
    Troubleshooting,
    Ticket,
    Progress,
    Closing,
    Ownership,
    ServiceUpdates,
    MailSteps,
):
    lines: RelatedManager[Line]
    checks: RelatedManager[ToolCheck]
    expedites: RelatedManager[Expedite]

    objects = CaseQuerySet.as_manager()  # type: ignore[django-manager-missing, unused-ignore]

    @property
    def title(self) -> str:
        return self.subject

    @property
    def who(self) -> str:
        return str(self.customer or self.sender_name or self.sender_address)

    class Meta:
        verbose_name = _("e-mail case")
        verbose_name_plural = _("e-mail cases")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="email_state_known"),
            models.CheckConstraint(condition=Q(handling_level__in=Handling.values), name="email_level_known"),
            models.CheckConstraint(condition=Q(unread_by__in=["", *Unread.values]), name="email_unread_by_known"),
            models.CheckConstraint(condition=Q(kind="COMPLAINT") | Q(complaint=""), name="email_only_complaints_age"),
            models.CheckConstraint(
                condition=~Q(segment_source="MANUAL") | ~Q(segment_reason=""), name="email_manual_segment_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="FORWARDED")
                | Q(educated_at__isnull=False, forwarded_at__isnull=False, posted_at__isnull=False),
                name="email_forwarded_is_three_parts",
            ),
            models.CheckConstraint(
                condition=~Q(state="RECOVERED_INFORMED") | (~Q(cause="") & ~Q(repair="")), name="email_recovery_facts"
            ),
            models.CheckConstraint(condition=~Q(state="ESCALATED") | ~Q(reason=""), name="email_escalation_reason"),
            models.CheckConstraint(
                condition=Q(state="MERGED", merged_into__isnull=False)
                | ~Q(state="MERGED") & Q(merged_into__isnull=True),
                name="email_merged_has_target",
            ),
        ]
        indexes = [
            models.Index(
                fields=["desk", "urgent_at", "id"],
                condition=Q(owner=None, needs_action=True, triage=""),
                name="email_queue",
            ),
            models.Index(fields=["desk", "urgent_at", "id"], condition=~Q(state__in=ENDED), name="email_open"),
            models.Index(
                fields=["desk", "handling_level", "urgent_at", "id"], condition=~Q(state__in=ENDED), name="email_level"
            ),
            models.Index(fields=["owner", "urgent_at", "id"], condition=~Q(state__in=ENDED), name="email_mine"),
            models.Index(
                fields=["desk", "urgent_at", "id"],
                condition=~Q(state__in=ENDED) & Q(needs_action=False),
                name="email_waiting",
            ),
            models.Index(fields=["desk", "urgent_at", "id"], condition=Q(urgent_for__in=UPDATES), name="email_updates"),
            models.Index(fields=["desk", "-changed_at", "-id"], name="email_newest"),
            models.Index(
                fields=["desk", "urgent_at", "id"],
                condition=~Q(triage="") | Q(state__in=["ESCALATED", "VOID_PROPOSED"]),
                name="email_triage",
            ),
            models.Index(fields=["sender_address", "-id"], name="email_sender"),
            models.Index(fields=["customer", "-id"], name="email_customer"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="email_lease"),
        ]

    # --- the case's own rows (called by the bodies of steps) -----------------------------------------------------
    def set_lines(self, product_ids: list[str], incident: str) -> None:
        """The products this case is about, one line each; a bare ticket number is a line without a product. What came
        with a merged case is its own then."""
        self.lines.filter(product_id__in=product_ids).exclude(given_by=None).update(given_by=None)
        for product_id in product_ids:
            self.lines.get_or_create(product_id=product_id, defaults={"incident_number": ""})
        self.lines.exclude(product_id__in=product_ids).filter(incident=None).exclude(product_id="").delete()
        if incident:
            first = self.lines.exclude(product_id="").first()
            if first is not None and len(product_ids) == 1:
                self.lines.filter(pk=first.pk).update(incident_number=incident)
            elif not self.lines.filter(incident_number=incident).exists():
                self.lines.create(incident_number=incident)

    def keep_lines(self, product_ids: list[str]) -> None:
        """Drop the lines that the agent left out of the ticket; lines with an incident stay."""
        self.lines.filter(incident=None).exclude(product_id__in=product_ids).delete()

    def leave_old_tickets(self) -> None:
        """What is reported anew has no ticket yet: numbers that NOSSA does not know, and closed ones, go."""
        for line in self.lines.select_related("incident").filter(opened_here=False):
            if line.incident is None or not line.incident.is_open:
                product_id = line.product_id or (line.incident.product_id if line.incident else "")
                line.delete()
                if product_id:
                    self.lines.get_or_create(product_id=product_id)

    def link_incident(self, product_id: str, number: str, *, opened_here: bool) -> None:
        incident, _made = Incident.objects.get_or_create(number=number, defaults={"product_id": product_id})
        found = self.lines.filter(Q(product_id=product_id) & ~Q(product_id="") | Q(incident_number=number))
        changes = {"incident": incident, "incident_number": number, "opened_here": opened_here}
        if not found.filter(Q(incident=None) | Q(incident=incident)).update(**changes):
            self.lines.create(product_id=product_id, **changes)

    # --- readings used by forms, guards and effects --------------------------------------------------------------
    @property
    def all_lines(self) -> list[Line]:
        return LINES.of(self)

    @property
    def products(self) -> list[str]:
        return [line.product_id for line in self.all_lines if line.product_id]

    @property
    def incidents(self) -> list[Incident]:
        """Each once, the oldest first."""
        found = {line.incident.pk: line.incident for line in self.all_lines if line.incident}
        return [found[pk] for pk in sorted(found)]

    @property
    def all_checks(self) -> list[ToolCheck]:
        """In the order of reading, without what was seen."""
        return CHECKS.of(self)

    @property
    def verdicts(self) -> list[ToolCheck]:
        """Readings that say something of the service."""
        return [
            check for check in self.all_checks if check.tool not in NOT_A_CHECK and check.state != CheckState.FAILED
        ]

    def known_product_ids(self) -> list[str]:
        """From the lines, or before the need is identified from the customer's own words."""
        ids: list[str] = []
        if not self._state.adding:  # a case that is being opened has no lines yet
            ids = self.products
        return ids or self.in_mails("product_ids")

    def mixed_segments(self) -> str:
        """Why its products cannot be one case, or ""."""
        return self.once("mixed segments", lambda: mixed_segments(self.known_product_ids()))

    def suggested_product_ids(self) -> list[str]:
        """Where none is known, the hints of signatures and quotes: for a person to look at."""
        return self.known_product_ids() or self.in_mails("product_ids", hints=True)

    def hints(self) -> list[str]:
        """Products and incidents of signatures and quotes that nobody has taken for the case's."""
        found = [self.last_mail.extracted, self.first_mail.extracted]
        numbers = [one for each in found for kind in ("product_ids", "incidents") for one in each.get(kind) or ()]
        answers = {one for each in found for one in each.get("own", numbers)}
        lines = {one for line in self.all_lines for one in (line.product_id, line.incident_number)}
        return [one for one in dict.fromkeys(numbers) if one not in answers | lines]

    def known_incident(self) -> str:
        number = next((line.incident_number for line in self.all_lines if line.incident_number), "")
        return number or next(iter(self.in_mails("incidents")), "")

    def suggested_incident(self) -> str:
        return self.known_incident() or self.running_ticket() or next(iter(self.in_mails("incidents", hints=True)), "")

    def running_ticket(self) -> str:
        """The open ticket that NOSSA names of a product of this case, before anybody has taken it for the case's."""
        read = self.tickets_read()
        return next((read[one] for one in self.known_product_ids() if read.get(one)), "")

    def mycx_ticket(self) -> str:
        """The open ticket that MyCX names of a product of this case, by its newest answer."""
        read = {one.product_id: one.tickets for one in self.all_checks if one.tool == "mycx"}
        return next((read[one][0] for one in self.known_product_ids() if read.get(one)), "")

    def services_to_choose(self) -> list[ServiceChoice]:
        """Services of the customer, where no mail and nobody has named a product; what is out of order comes first."""
        known = self.customer_id
        if known is None or self.suggested_product_ids():
            return []
        return self.once("services", lambda: choices_of(known))

    def tickets_read(self) -> dict[str, str]:
        """Product → its open ticket, "" where NOSSA says that none is open; by the newest answer."""
        return {
            check.product_id: next(iter(check.tickets), "") if check.state == CheckState.FAULT else ""
            for check in self.all_checks
            if check.tool == "nossa" and check.by_id is None and check.state in {CheckState.FAULT, CheckState.NORMAL}
        }

    def in_mails(self, kind: str, *, hints: bool = False) -> list[str]:
        """Numbers of the customer's last mail, else of the first; mails read before hints were told apart have none."""
        for found in (self.last_mail.extracted, self.first_mail.extracted):
            numbers: list[str] = found.get(kind) or []
            own = numbers if hints else [one for one in numbers if one in found.get("own", numbers)]
            if own:
                return own
        return []

    def product_ids_text(self) -> str:
        return ", ".join(self.known_product_ids()) or "-"

    def incident_numbers(self) -> list[str]:
        return [line.incident.number for line in self.all_lines if line.incident]

    def newest_incident(self) -> Incident | None:
        return max(self.incidents, key=lambda incident: incident.pk, default=None)

    def status_words(self) -> str:
        return "; ".join(f"{incident.number}: {incident.status_words}" for incident in self.incidents) or "-"

    def progress_words(self) -> str:
        """NOSSA's newest public log, for the agent to send or better; the mail itself says number and status."""
        incident = self.newest_incident()
        if incident is None:
            return ""
        logs = [log for log in incident.worklogs if log.get("client_viewable")]
        return f"Perkembangan terakhir: {logs[-1]['summary']}." if logs else "Penanganannya terus kami pantau."

    def closing_words(self) -> str:
        """What a mail says beside its own words where it also closes the case."""
        return (
            f"Dengan ini laporan Bapak/Ibu nomor {self.number} kami tutup. "
            "Bila masih ada kendala, cukup balas surel ini dan laporan dibuka kembali."
        )

    def segment_checks(self) -> list[ToolCheck]:
        """What SISKAS and TENOSS named, in the order of reading."""
        named = {"case__in": self.family(), "tool__in": SEGMENT_TOOLS, "state": CheckState.NORMAL}
        return self.once("segment checks", lambda: list(ToolCheck.objects.filter(**named).order_by("at")))

    def segments_named(self) -> list[tuple[str, str]]:
        """System and segment, for the sender and the products of this case; each reading, in its order."""
        mine = {"", *self.suggested_product_ids()}
        checks = [one for one in self.segment_checks() if one.product_id in mine and one.segment]
        return [(one.tool.upper(), one.segment) for one in checks]

    def unit_said(self) -> str:
        """The newest words of the unit that has the case: its answer in the group, or its mail."""
        return next((one.summary for one in reversed(self.all_checks) if one.tool == "coordination"), "")

    def newest_checks(self) -> list[ToolCheck]:
        """The last reading of every tool and product that says something of the service."""
        newest = {(check.tool, check.product_id): check for check in self.verdicts}
        return [newest[key] for key in sorted(newest)]

    def worst_check(self) -> str:
        states = {check.state for check in self.newest_checks()}
        return next((state for state in WORST_FIRST if state in states), CheckState.UNKNOWN)

    @property
    def known_lines(self) -> list[Line]:
        """Its lines with their incidents; before the need is identified, of the products that its mails name."""
        return self.all_lines or [Line(product_id=product_id) for product_id in self.in_mails("product_ids")]

    def received(self, family: Sequence[int]) -> Q:
        return super().received(family) | Q(pk=self.first_mail_id)

    def family(self) -> list[int]:
        """This case and every one that was merged into it, also by way of another."""
        return self.once("family", self._family)

    def _family(self) -> list[int]:
        found, fresh = [self.pk], [self.pk]
        while fresh:
            fresh = list(type(self).objects.filter(merged_into__in=fresh).values_list("pk", flat=True))
            found += fresh
        return found

    @cached_property
    def conversation(self) -> Conversation:
        """The mails of this case and of those merged into it; the customer's newest one is answered."""
        family = [self.pk] if self._state.adding else self.family()
        return Conversation(self.last_mail, Q(procedure=self.procedure_name(), case_id__in=family))

    def current(self) -> EmailCase:
        """Where this case lives on: itself, or what it was merged into."""
        return self.merged_into.current() if self.merged_into else self

    @classmethod
    def twin(cls, number: str, actor: Actor) -> EmailCase | None:
        digits = number.removeprefix(cls.prefix)
        if (pk := door.number(digits)) is None:
            return None
        found: EmailCase | None = cls.objects.visible_to(actor).filter(pk=pk).first()
        return found


LINES = Reading("lines", lambda case: case.lines.select_related("incident").order_by("pk"))
CHECKS = Reading(  # also what was read for the cases that were merged into it
    "checks",
    lambda case: (
        ToolCheck.objects.filter(case__in=case.family()).select_related("by").defer("snapshot").order_by("at", "id")
    ),
)


class Line(models.Model):
    """One product that a case is about, and its incident: one mail may name several (requirements 4, exceptions)."""

    case = models.ForeignKey(EmailCase, models.CASCADE, related_name="lines")
    product_id = models.CharField(_("product id"), max_length=30, blank=True)
    incident_number = models.CharField(_("ticket number"), max_length=20, blank=True)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="lines", null=True)
    opened_here = models.BooleanField(default=False)
    given_by = models.ForeignKey(  # came with a case that was merged into this one
        EmailCase, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(product_id="") | ~Q(incident_number=""), name="line_names_something"),
            models.UniqueConstraint(
                fields=["case", "product_id"], condition=~Q(product_id=""), name="line_per_product"
            ),
        ]
        indexes = [
            models.Index(fields=["product_id"], name="line_product"),
            models.Index(fields=["incident_number"], condition=~Q(incident_number=""), name="line_incident"),
        ]

    def __str__(self) -> str:
        return self.product_id or self.incident_number


class Expedite(models.Model):
    """We asked the working unit to hurry: whom, how, what they said, when we ask again (E-36)."""

    case = models.ForeignKey(EmailCase, models.CASCADE, related_name="expedites")
    unit = models.CharField(_("unit"), max_length=120)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    person = models.CharField(_("person"), max_length=120)
    answer = models.TextField(_("answer"))
    next_at = models.DateTimeField(_("ask again at"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="expedite_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="expedite_channel_known"),
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(next_at__gt=models.F("at")), name="expedite_asks_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.person}"


__all__ = ["Complaint", "EmailCase", "Expedite", "Kind", "Line", "State", "ToolCheck"]
