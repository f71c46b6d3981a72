"""REST for escalations: list, read, offered steps, take a step; the same answers as the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenesa import door
from tenesa.accounts.models import User
from tenesa.escalation.models import Escalation
from tenesa.workspace.rest import DeskViewSet

VIEWS = ["waiting", "units", "asked", "done"]
FILTERS = [
    OpenApiParameter("view", str, enum=VIEWS, description="Default: what waits for the caller's decision"),
    OpenApiParameter("procedure", str, description="With `case`: every escalation of that case, ended ones too"),
    OpenApiParameter("case", int),
]


class EscalationSerializer(serializers.ModelSerializer[Escalation]):
    """Who asked whom for what about which case, and what was decided."""

    number = serializers.CharField(read_only=True)
    asker = serializers.CharField(source="asker.username", read_only=True)
    owner = serializers.CharField(source="owner.username", default=None, read_only=True)
    decided_by = serializers.CharField(source="decided_by.username", default=None, read_only=True)
    note = serializers.CharField(source="remark", read_only=True)

    class Meta:
        model = Escalation
        fields = [
            "id",
            "number",
            "state",
            "purpose",
            "level",
            "procedure",
            "case_id",
            "desk",
            "area",
            "asker",
            "owner",
            "reason",
            "decided_by",
            "note",
            "unit",
            "reference",
            "reminders",
            "answer",
            "opened_at",
            "urgent_at",
            "urgent_for",
            "version",
        ]
        read_only_fields = fields


class EscalationViewSet(DeskViewSet):
    """Escalations of the caller's desks and areas; the most urgent first."""

    parameters = FILTERS

    def listed(self, rows: QuerySet[Any], user: User) -> QuerySet[Any]:
        params, desk = self.request.query_params, self.desk
        if case := params.get("case", ""):
            return rows.filter(procedure=params.get("procedure", ""), case_id=door.number(case))
        view = next((view for view in desk.views if view.slug == params.get("view")), desk.views[0])
        return view.of(rows, user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By view or by case, most urgent first, by keyset pages."""
        return super().list(request, *args, **kwargs)
