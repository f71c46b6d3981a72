"""REST of the reconciliation: exports come in, runs and their questions are read (X-13).

API clients hand in and read; answers and the signature are a team leader's and stand on the page alone. A leader
withdraws a run here as there.
"""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from caring.prospects.states import Campaign
from caring.reconciliation import answers, runs
from caring.reconciliation.forms import AskForm
from caring.reconciliation.models import LONGEST, Difference, Reconciliation
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.api.parameters import NamedParameters
from tenesa.api.steps import REFUSALS
from tenesa.workflow.errors import InvalidInput, NotYourStep

PAGE, NEWEST = 500, 100
STATE = OpenApiParameter("state", str, enum=Difference.State.values)
AFTER = OpenApiParameter("after", int, description="Id of the last difference of the page before")


class AskedSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    campaign = serializers.ChoiceField(Campaign.choices, required=False, help_text="Empty: both")
    tamara = serializers.FileField(required=False, help_text="XLSX or CSV; without it TAMARA is asked")
    mycx = serializers.FileField(required=False, help_text="XLSX or CSV; without it MyCX is asked")


class WithdrawnSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST, help_text="Why the run was a mistake")


class ReconciliationSerializer(serializers.ModelSerializer[Reconciliation]):
    asked_by = serializers.CharField(source="asked_by.username", default=None, read_only=True)
    signed_by = serializers.CharField(source="signed_by.username", default=None, read_only=True)
    withdrawn_by = serializers.CharField(source="withdrawn_by.username", default=None, read_only=True)
    address = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Reconciliation
        fields = [
            "id", "first", "last", "campaign", "status", "problem", "refused_side", "names_version", "reads",
            "counts", "closes", "read_at", "asked_by", "at", "signed_by", "signed_at", "finalised_at", "finalised",
            "withdrawn_by", "withdrawn_at", "withdrawn_why", "address",
        ]  # fmt: skip
        read_only_fields = fields


class DifferenceSerializer(serializers.ModelSerializer[Difference]):
    result = serializers.CharField(source="result.number", default=None, read_only=True)
    owner = serializers.CharField(source="owner.username", default=None, read_only=True)

    class Meta:
        model = Difference
        fields = [
            "id", "system", "kind", "fields", "group", "result", "ours", "theirs", "state", "owner", "due", "reason",
            "answered_at",
        ]  # fmt: skip
        read_only_fields = fields


def _reader(request: Request) -> User:
    user = cast("User", request.user)
    if not answers.reads(user) and not _is_client(user):
        raise Http404
    return user


def _is_client(user: User) -> bool:
    return any(role == Role.API_CLIENT and desk == runs.DESK for role, desk, _area in user.places)


class ReconciliationsView(APIView):
    """Runs of the reconciliation (P-01 8 langkah 5)."""

    parser_classes = [MultiPartParser]

    @extend_schema(responses={200: ReconciliationSerializer(many=True), **REFUSALS})
    def get(self, request: Request) -> Response:
        """The newest runs."""
        _reader(request)
        found = Reconciliation.objects.filter(desk_id=runs.DESK).select_related("asked_by", "signed_by", "withdrawn_by")
        return Response(ReconciliationSerializer(found.order_by("-at", "-pk")[:NEWEST], many=True).data)

    @extend_schema(request=AskedSerializer, responses={201: ReconciliationSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """Ask for a run; files stand for a side. 201: a worker reads them; look at `status`."""
        user = _reader(request)
        if not answers.leads(user) and not _is_client(user):
            raise NotYourStep(_("A reconciliation is asked for by the team leader or by an API client."))
        form = AskForm(cast("Any", request.data), request.FILES)
        if not form.is_valid():
            raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
        return Response(ReconciliationSerializer(runs.ask(user, **form.asked())).data, status=201)


class ReconciliationView(APIView):
    @extend_schema(responses={200: ReconciliationSerializer, **REFUSALS})
    def get(self, request: Request, pk: int) -> Response:
        """One run: how far it is, its counts and its proof."""
        return Response(ReconciliationSerializer(_run(request, pk)).data)


class WithdrawView(APIView):
    @extend_schema(request=WithdrawnSerializer, responses={200: ReconciliationSerializer, **REFUSALS})
    def post(self, request: Request, pk: int) -> Response:
        """A leader takes back a run made by mistake. 409 where it is signed, or withdrawn already."""
        run = _run(request, pk)
        told = WithdrawnSerializer(data=request.data)
        why = told.validated_data["reason"] if told.is_valid() else ""  # which is refused, after who may not
        return Response(ReconciliationSerializer(answers.withdraw(cast("User", request.user), run, why)).data)


class DifferencesView(NamedParameters):
    parameters = (STATE, AFTER)

    @extend_schema(parameters=[STATE, AFTER], responses={200: DifferenceSerializer(many=True), **REFUSALS})
    def get(self, request: Request, pk: int) -> Response:
        """The differences of a run by their ids, at most 500 at once."""
        found = _run(request, pk).differences.select_related("result", "owner").order_by("pk")
        if state := request.query_params.get("state"):
            found = found.filter(state=state)
        if after := request.query_params.get("after"):
            found = found.filter(pk__gt=int(after))
        return Response(DifferenceSerializer(found[:PAGE], many=True).data)


def _run(request: Request, pk: int) -> Reconciliation:
    _reader(request)
    found = Reconciliation.objects.filter(desk_id=runs.DESK).select_related("asked_by", "signed_by", "withdrawn_by")
    return get_object_or_404(found, pk=pk)
