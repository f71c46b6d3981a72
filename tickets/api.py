"""REST for e-mail cases: list, read, offered steps, take a step; the same answers as the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from tenesa.accounts.models import User
from tenesa.api.pagination import CasePagination
from tenesa.api.steps import StepActions
from tickets.desk import EmailDesk
from tickets.models import EmailCase
from tickets.serializers import CaseRowSerializer, CaseSerializer
from tickets.states import ENDED, State

FILTERS = [
    OpenApiParameter("state", str, enum=State.values, description="Only this state; default: every open case"),
    OpenApiParameter("owner", str, enum=["me", "none"], description="Default: whoever holds it"),
    OpenApiParameter("q", str, description="Anything that stands in a case or its mails, the newest thousand"),
]


class CaseViewSet(ListModelMixin, RetrieveModelMixin, StepActions, GenericViewSet[EmailCase]):
    """Cases that the caller's desks and areas may see; the most urgent first."""

    pagination_class = CasePagination
    parameters = FILTERS
    serializer_class = CaseSerializer
    queryset = EmailCase.objects.none()
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[EmailCase]:
        user = self.request.user
        if not isinstance(user, User):
            return EmailCase.objects.none()
        visible: QuerySet[EmailCase] = EmailCase.objects.visible_to(user).select_related("owner")
        if self.action == "list":
            return self._filtered(visible, user)
        return visible.prefetch_related("lines__incident", "checks")

    def _filtered(self, cases: QuerySet[EmailCase], user: User) -> QuerySet[EmailCase]:
        params = self.request.query_params
        state = params.get("state")
        cases = cases.filter(state=state) if state else cases.exclude(state__in=ENDED)
        if words := params.get("q"):
            cases = EmailDesk().found(cases, user, words)
        match params.get("owner"):
            case "me":
                return cases.filter(owner=user)
            case "none":
                return cases.filter(owner=None)
        return cases

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return CaseRowSerializer if self.action == "list" else CaseSerializer

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open cases, most urgent first, by keyset pages."""
        return super().list(request, *args, **kwargs)
