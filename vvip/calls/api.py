"""REST of the 147 desk beside its cases and steps: a call that rings, a call that another system records (S-20)."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.api.inputs import inputs_of
from tenesa.api.steps import IDEMPOTENCY_KEY, REFUSALS
from tenesa.workflow.errors import InvalidInput, NotYourStep
from tenesa.workspace.rest import DeskViewSet
from vvip import services
from vvip.calls.forms import ReportForm
from vvip.calls.procedure.base import TIER1
from vvip.calls.states import Channel
from vvip.models import SpecialCase


class ScreenPopSerializer(serializers.Serializer[Any]):
    """The event of the CTI: a call that rings for an agent."""

    call_id = serializers.CharField(max_length=64)
    number = serializers.CharField(max_length=40, help_text="Of the caller, in any writing")
    agent = serializers.CharField(max_length=150, help_text="Login")
    at = serializers.DateTimeField()
    category = serializers.ChoiceField(["VVIP", "REGULAR"], required=False)


POPPED = inline_serializer(
    "ScreenPopped",
    {
        "id": serializers.IntegerField(),
        "number": serializers.CharField(),
        "address": serializers.CharField(help_text="Of its page"),
        "state": serializers.CharField(),
        "owner": serializers.CharField(allow_null=True, help_text="null: it waits in the list of the desk"),
    },
)


class ScreenPopView(APIView):
    """Calls that ring; the same call id twice is one call."""

    @extend_schema(request=ScreenPopSerializer, responses={200: POPPED, 201: POPPED, **REFUSALS})
    def post(self, request: Request) -> Response:
        """Open a call for the agent for whom it rings. 201 opened; 200 known already; 409 known with another number."""
        user = cast("User", request.user)
        if not user.has_role(Role.API_CLIENT):
            raise NotYourStep(_("Calls that ring come from the CTI alone."))
        event = ScreenPopSerializer(data=request.data)
        if not event.is_valid():
            raise InvalidInput({name: [str(text) for text in texts] for name, texts in event.errors.items()})
        call, new = services.screen_pop(user, event.validated_data)
        told = {
            "id": call.pk,
            "number": call.number,
            "address": call.get_absolute_url(),
            "state": call.state,
            "owner": call.owner.username if call.owner else None,
        }
        return Response(told, status=201 if new else 200)


RECORDED = inline_serializer(
    "CallRecorded",
    {
        "number": serializers.CharField(help_text="Internet, telephone or ticket number"),
        "caller_number": serializers.CharField(required=False),
        "topic": serializers.CharField(required=False),
        "report": serializers.CharField(required=False),
        "call_id": serializers.CharField(required=False, help_text="The same one twice is one call"),
    },
)


class CallViewSet(DeskViewSet):
    """147 calls of the caller's desk; the most urgent first."""

    @extend_schema(request=RECORDED, parameters=[IDEMPOTENCY_KEY], responses={**REFUSALS})
    def create(self, request: Request) -> Response:
        """Record a call (V-01). 201 stored; 200 where the call id is known already: that call."""
        user = cast("User", request.user)
        if not user.has_role(*TIER1, Role.API_CLIENT) or not services.may_record(user):
            raise NotYourStep(_("Calls are recorded at the 147 desk."))
        data = {"channel": Channel.API, **inputs_of(request, ReportForm)}
        owner = user if user.has_role(*TIER1) else None
        made, new = services.record(user, data, key=request.headers.get("Idempotency-Key"), owner=owner)
        shown = SpecialCase.objects.select_related("owner", "customer").get(pk=made.pk)
        return Response(self.get_serializer(shown).data, status=201 if new else 200)
