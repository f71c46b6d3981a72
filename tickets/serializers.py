"""REST shapes of e-mail cases; names follow the model, personal data is masked in lists (X-09)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenesa.audit.masking import mask
from tenesa.incidents.models import Incident
from tenesa.mail.models import OutboundMail
from tenesa.timers.models import Timer
from tenesa.workspace.clock_panel import Clock, panel
from tenesa.workspace.delivery import delivery_of_mail
from tenesa.workspace.reading import last_mails
from tickets.models import EmailCase, Line, ToolCheck
from tickets.selectors import repair_times


class DeliverySerializer(serializers.Serializer[Any]):
    """What became of the mail that the case's row tells of: one that did not arrive, else the newest."""

    text = serializers.CharField(help_text="In the words of the page")
    failed = serializers.BooleanField(help_text="It did not arrive, and nobody has dealt with that")
    problem = serializers.CharField(help_text="What the mail server said")
    at = serializers.DateTimeField(help_text="When the mail was written")


class CaseListSerializer(serializers.ListSerializer[EmailCase]):
    """A page of rows asks for their mails once."""

    def to_representation(self, data: Any) -> list[Any]:
        cases: Iterable[EmailCase] = list(data)
        self.child.posted = last_mails(EmailCase.procedure_name(), [case.pk for case in cases])  # type: ignore[union-attr]
        return super().to_representation(cases)


class CaseRowSerializer(serializers.ModelSerializer[EmailCase]):
    """A row of the list."""

    number = serializers.CharField(read_only=True)
    sender_address = serializers.SerializerMethodField()
    owner = serializers.CharField(source="owner.username", default=None, read_only=True)
    unread = serializers.BooleanField(read_only=True)
    names: Any = serializers.PrimaryKeyRelatedField(source="referenced_case", read_only=True)
    delivery = serializers.SerializerMethodField()
    posted: dict[int, OutboundMail] | None = None

    class Meta:
        model = EmailCase
        list_serializer_class = CaseListSerializer
        fields = [
            "id",
            "number",
            "state",
            "subject",
            "sender_name",
            "sender_address",
            "segment",
            "kind",
            "complaint",
            "owner",
            "desk",
            "area",
            "received_at",
            "urgent_at",
            "urgent_for",
            "unread",
            "unread_by",
            "triage",
            "names",
            "merged_into",
            "split_from",
            "delivery",
            "version",
        ]
        read_only_fields = fields

    def get_sender_address(self, case: EmailCase) -> str:
        return mask(case.sender_address)

    @extend_schema_field(DeliverySerializer(allow_null=True))
    def get_delivery(self, case: EmailCase) -> dict[str, Any] | None:
        posted = last_mails(case.procedure_name(), [case.pk]) if self.posted is None else self.posted
        if (mail := posted.get(case.pk)) is None:
            return None
        text = delivery_of_mail(mail).text
        return {"text": text, "failed": mail.failed, "problem": mail.error, "at": mail.created_at}


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    class Meta:
        model = Incident
        fields = ["number", "product_id", "status", "summary", "cause", "solution", "read_at"]
        read_only_fields = fields


class LineSerializer(serializers.ModelSerializer[Line]):
    incident = IncidentSerializer(read_only=True)

    class Meta:
        model = Line
        fields = ["product_id", "incident_number", "opened_here", "incident"]
        read_only_fields = fields


class ClockSerializer(serializers.Serializer[Clock]):
    """A clock that runs or is paused (X-05)."""

    name = serializers.CharField(source="timer.name")
    words = serializers.CharField(source="name", help_text="In the words of the page")
    state = serializers.ChoiceField(source="timer.state", choices=[str(state) for state in Timer.LIVE])
    signal = serializers.ChoiceField(choices=["met", "risk", "breach", ""], help_text="As coloured on the page")
    started_at = serializers.DateTimeField(source="timer.started_at")
    warn_at = serializers.DateTimeField(source="timer.warn_at", allow_null=True)
    due_at = serializers.DateTimeField(source="timer.due_at", help_text="Of a paused clock: as it was before the pause")
    paused_at = serializers.DateTimeField(source="timer.paused_at", allow_null=True)
    breached = serializers.BooleanField(source="timer.breached", help_text="It was told to be overdue")
    target_seconds = serializers.SerializerMethodField(help_text="Working time that it may take")
    elapsed_seconds = serializers.SerializerMethodField(help_text="Working time that it took so far")

    def get_target_seconds(self, clock: Clock) -> int:
        return int(clock.wanted.total_seconds())

    def get_elapsed_seconds(self, clock: Clock) -> int:
        return int(clock.spent.total_seconds())


class RepairTimeSerializer(serializers.Serializer[Any]):
    """TTR of an incident from NOSSA's status history; what counts as net is the segment's rule."""

    incident = serializers.CharField()
    gross_seconds = serializers.IntegerField()
    pending_seconds = serializers.IntegerField()
    net_seconds = serializers.IntegerField()
    target_seconds = serializers.IntegerField(allow_null=True)
    signal = serializers.ChoiceField(choices=["met", "risk", "breach", ""])


class ToolCheckSerializer(serializers.ModelSerializer[ToolCheck]):
    class Meta:
        model = ToolCheck
        fields = ["id", "tool", "product_id", "state", "summary", "measures", "at"]
        read_only_fields = fields


class CaseSerializer(CaseRowSerializer):
    """One case whole: its lines with incidents, what was read for it, its clocks and repair times."""

    lines = LineSerializer(many=True, read_only=True)
    checks = ToolCheckSerializer(many=True, read_only=True)
    clocks = serializers.SerializerMethodField()
    repair_times = serializers.SerializerMethodField()

    class Meta(CaseRowSerializer.Meta):
        fields = [
            *CaseRowSerializer.Meta.fields,
            "customer",
            "segment_source",
            "segment_reason",
            "related_product",
            "reporter_name",
            "reporter_phone",
            "reporter_email",
            "symptom",
            "description",
            "ticket_problem",
            "educated_at",
            "forwarded_at",
            "posted_at",
            "cause",
            "repair",
            "taken_from",
            "reason",
            "answered_at",
            "lines",
            "checks",
            "clocks",
            "repair_times",
        ]
        read_only_fields = fields

    def get_sender_address(self, case: EmailCase) -> str:
        return case.sender_address

    @extend_schema_field(ClockSerializer(many=True))
    def get_clocks(self, case: EmailCase) -> list[Any]:
        return [ClockSerializer(clock).data for clock in panel(case).clocks]

    @extend_schema_field(RepairTimeSerializer(many=True))
    def get_repair_times(self, case: EmailCase) -> list[dict[str, Any]]:
        return [
            {
                "incident": number,
                **{f"{name}_seconds": _seconds(getattr(times, name)) for name in ("gross", "pending", "net", "target")},
                "signal": times.signal,
            }
            for number, times in repair_times(case, case.lines.all())
        ]


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())
