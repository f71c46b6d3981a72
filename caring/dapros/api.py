"""REST of the lists of prospects: hand in, look how far it is, read what was refused, pause, go on, cancel (X-13)."""

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

from caring.dapros import services
from caring.dapros.forms import HandInForm
from caring.dapros.models import CAMPAIGNS, THOUSANDS, DaprosBatch, DaprosRow, with_withdrawals
from caring.dapros.services import TURNS
from tenesa.accounts.models import User
from tenesa.api.steps import REFUSALS
from tenesa.workflow.errors import InvalidInput

PAGE = 1000
NEWEST = 100


class HandedInSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="XLSX, XLSM or CSV")
    period = serializers.CharField(help_text="Month of the list, yyyy-mm")
    campaign = serializers.ChoiceField(CAMPAIGNS, required=False, help_text="Of rows that name none")
    sheet = serializers.CharField(required=False)
    thousands = serializers.ChoiceField(THOUSANDS, required=False, help_text="Empty: learnt from the rows")


class BatchSerializer(serializers.ModelSerializer[DaprosBatch]):
    by = serializers.CharField(source="by.username", read_only=True)
    percent = serializers.IntegerField(read_only=True)
    address = serializers.CharField(source="get_absolute_url", read_only=True)
    standing = serializers.CharField(
        source="state_words", read_only=True, help_text="The state in words, with what was taken back of the list since"
    )

    class Meta:
        model = DaprosBatch
        fields = [
            "id", "name", "sha256", "size", "period", "campaign", "status", "problem", "total", "percent", "taken",
            "excluded", "refused", "reasons", "unknown", "sheet_read", "by", "at", "finished_at", "address",
            "standing",
        ]  # fmt: skip
        read_only_fields = fields


class RowSerializer(serializers.ModelSerializer[DaprosRow]):
    reasons = serializers.SerializerMethodField()
    codes = serializers.SerializerMethodField()

    class Meta:
        model = DaprosRow
        fields = ["row_number", "refused", "cells", "codes", "reasons"]
        read_only_fields = fields

    def get_reasons(self, row: DaprosRow) -> list[str]:
        return [str(one) for one in row.reasons]

    def get_codes(self, row: DaprosRow) -> list[str]:
        return [one.code for one in row.reasons]


def _batch(request: Request, pk: int) -> tuple[User, DaprosBatch]:
    user = cast("User", request.user)
    if not services.may_load(user):
        raise Http404
    return user, get_object_or_404(with_withdrawals(), pk=pk)


class BatchesView(APIView):
    """Lists of prospects (P-01 6.4)."""

    parser_classes = [MultiPartParser]

    @extend_schema(responses={200: BatchSerializer(many=True), **REFUSALS})
    def get(self, request: Request) -> Response:
        """The newest 100 lists."""
        if not services.may_load(cast("User", request.user)):
            raise Http404
        newest = with_withdrawals().order_by("-at", "-pk")[:NEWEST]
        return Response(BatchSerializer(newest, many=True).data)

    @extend_schema(request=HandedInSerializer, responses={200: BatchSerializer, 201: BatchSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """Hand in a list; it is read in the background. 201 stored; 200 where this content is there already."""
        user = cast("User", request.user)
        form = HandInForm(cast("Any", request.data), cast("Any", request.FILES))
        if not form.is_valid():
            raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
        told = form.cleaned_data
        try:
            made, status = services.hand_in(user, told.pop("file"), **told), 201
        except services.SameFile as same:
            made, status = same.batch, 200
        return Response(BatchSerializer(made).data, status=status)


class BatchView(APIView):
    """One list."""

    @extend_schema(responses={200: BatchSerializer, **REFUSALS})
    def get(self, request: Request, pk: int) -> Response:
        """How far it is, and how many rows were taken and refused by which reason."""
        return Response(BatchSerializer(_batch(request, pk)[1]).data)


class RowsView(APIView):
    """Rows of a list of which something is told."""

    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="Row number behind which the page begins")],
        responses={200: RowSerializer(many=True), **REFUSALS},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Refused rows with their cells and reasons, 1,000 at once, by row number."""
        _user, found = _batch(request, pk)
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) <= 9):
            raise InvalidInput({"after": [_("This has to be a whole number.")]})
        rows = found.rows.filter(refused=True, row_number__gt=int(after)).order_by("row_number")[:PAGE]
        return Response(RowSerializer(rows, many=True).data)


class TurnView(APIView):
    """Pause, go on, cancel."""

    @extend_schema(
        operation_id="v1_prospect_batches_turn",
        request=None,
        parameters=[OpenApiParameter("turn", str, OpenApiParameter.PATH, enum=sorted(TURNS))],
        responses={200: BatchSerializer, **REFUSALS},
    )
    def post(self, request: Request, pk: int, turn: str) -> Response:
        """409 where the list is over, or not where this turn begins."""
        user, found = _batch(request, pk)
        if turn not in TURNS:
            raise Http404
        TURNS[turn](user, found)
        return Response(BatchSerializer(found).data)
