"""REST shapes of e-mail cases; names follow the model, personal data is masked in lists (X-09)."""

from __future__ import annotations

from rest_framework import serializers

from tenesa.audit.masking import mask
from tickets.models import EmailCase, Incident, Line, ToolCheck


class CaseRowSerializer(serializers.ModelSerializer[EmailCase]):
    """A row of the list."""

    number = serializers.CharField(read_only=True)
    sender_address = serializers.SerializerMethodField()
    owner = serializers.CharField(source="owner.username", default=None, read_only=True)

    class Meta:
        model = EmailCase
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
            "triage",
            "names",
            "merged_into",
            "split_from",
            "version",
        ]
        read_only_fields = fields

    def get_sender_address(self, case: EmailCase) -> str:
        return mask(case.sender_address)


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


class ToolCheckSerializer(serializers.ModelSerializer[ToolCheck]):
    class Meta:
        model = ToolCheck
        fields = ["id", "tool", "product_id", "state", "summary", "measures", "at"]
        read_only_fields = fields


class CaseSerializer(CaseRowSerializer):
    """One case whole: its lines with incidents and what was read for it."""

    lines = LineSerializer(many=True, read_only=True)
    checks = ToolCheckSerializer(many=True, read_only=True)

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
        ]
        read_only_fields = fields

    def get_sender_address(self, case: EmailCase) -> str:
        return case.sender_address
