"""REST for escalations: list, read, offered steps, take a step; the same answers as the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tenesa import door
from tenesa.accounts.models import User
from tenesa.api.pagination import CasePagination
from tenesa.api.steps import StepActions
from tenesa.escalation.desk import VIEWS
from tenesa.escalation.models import Escalation

BY_NAME = {view.slug: view for view in VIEWS}
FILTERS = [
    OpenApiParameter("view", str, enum=list(BY_NAME), description="Default: what waits for the caller's decision"),
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


class EscalationViewSet(ListModelMixin, RetrieveModelMixin, StepActions, GenericViewSet[Escalation]):
    """Escalations of the caller's desks and areas; the most urgent first."""

    pagination_class = CasePagination
    parameters = FILTERS
    serializer_class = EscalationSerializer
    queryset = Escalation.objects.none()
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Escalation]:
        user = self.request.user
        if not isinstance(user, User):
            return Escalation.objects.none()
        params = self.request.query_params
        rows: QuerySet[Escalation] = Escalation.objects.visible_to(user)
        if self.action == "list":
            case, view = params.get("case", ""), BY_NAME.get(params.get("view", ""), VIEWS[0])
            about = {"procedure": params.get("procedure", ""), "case_id": door.number(case)}
            rows = rows.filter(**about) if case else view.of(rows, user)
        return rows.select_related("asker", "owner", "decided_by")

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By view or by case, most urgent first, by keyset pages."""
        return super().list(request, *args, **kwargs)
