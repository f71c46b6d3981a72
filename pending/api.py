"""REST for pend requests: a unit asks and reads its own; the desk reads all of its; steps as everywhere."""

from __future__ import annotations

from typing import cast

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pending import selectors, services
from pending.forms import RequestForm
from pending.models import PendingRequest
from pending.states import Channel
from tenesa.accounts.models import User
from tenesa.api.inputs import inputs_of
from tenesa.api.steps import IDEMPOTENCY_KEY, REFUSALS
from tenesa.contact.models import ContactAttempt
from tenesa.workflow.errors import NotYourStep
from tenesa.workspace.rest import DeskViewSet

ADDRESSES = ("pending-list", "pending-detail", "pending-steps", "pending-take")
ASKED = inline_serializer(
    "PendAsked",
    {
        "incident": serializers.CharField(),
        "reason": serializers.CharField(help_text="A code of the reason list"),
        "reason_text": serializers.CharField(),
        "until": serializers.DateTimeField(),
        "unit": serializers.CharField(),
        "person": serializers.CharField(),
        "evidence": serializers.CharField(required=False),
        "attachments": serializers.ListField(
            child=serializers.FileField(), required=False, help_text="Files of evidence, by multipart/form-data"
        ),
    },
)


class AttemptSerializer(serializers.ModelSerializer[ContactAttempt]):
    number = serializers.CharField(source="masked", read_only=True)
    agent = serializers.CharField(source="agent.username", read_only=True)

    class Meta:
        model = ContactAttempt
        fields = ["at", "by", "number", "result", "answered_by", "recording", "duration", "note", "agent"]


class PendingSerializer(serializers.ModelSerializer[PendingRequest]):
    number = serializers.CharField(read_only=True)
    owner = serializers.CharField(source="owner.username", default=None, read_only=True)
    nossa_status = serializers.CharField(source="status", read_only=True)
    note = serializers.CharField(source="remark", read_only=True)

    class Meta:
        model = PendingRequest
        fields = [
            "id", "number", "state", "incident", "unit", "person", "channel", "reason", "reason_text", "evidence",
            "asked_until", "nossa_status", "checked_at", "attempts_made", "connected_at", "call_back_at", "answer",
            "said", "decided_at", "until", "pended_at", "resumed_at", "note", "problem", "extends", "extension",
            "held_until", "owner", "opened_at", "urgent_at", "urgent_for", "version",
        ]  # fmt: skip
        read_only_fields = fields


class PendingWithAttempts(PendingSerializer):
    attempts = AttemptSerializer(many=True, read_only=True)

    class Meta(PendingSerializer.Meta):
        fields = [*PendingSerializer.Meta.fields, "attempts"]
        read_only_fields = fields


class PendingViewSet(DeskViewSet):
    """A unit's own requests, or those of the caller's desks."""

    @extend_schema(
        request=ASKED,
        parameters=[IDEMPOTENCY_KEY],
        responses={200: PendingWithAttempts, 201: PendingWithAttempts, **REFUSALS},
    )
    def create(self, request: Request) -> Response:
        """Ask for a hold. 201 stored; 200 when a request lives for this ticket already: that one."""
        user = cast("User", request.user)
        if not selectors.may_ask(user):
            raise NotYourStep(_("Requests come from units and from the desk."))
        given = inputs_of(request, RequestForm)
        data = {"channel": Channel.API, **(given.dict() if isinstance(given, QueryDict) else given)}
        made, new = services.ask(user, data, request.FILES, key=request.headers.get("Idempotency-Key"))
        return Response(self.get_serializer(made).data, status=201 if new else 200)
