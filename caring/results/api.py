"""REST of results beside their cases and steps: the verdicts that decide, to be read."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from caring.models import Promise, PromiseLine, Verdict
from tenesa.workspace.rest import DeskViewSet


class VerdictSerializer(serializers.ModelSerializer[Verdict]):
    """`ticks` are the six criteria, `scores` the items of the scorecard: code → met."""

    qco = serializers.CharField(source="qco.username", read_only=True)
    gate = serializers.IntegerField(source="gate.version", read_only=True, help_text="Version of the gate")

    class Meta:
        model = Verdict
        fields = ["id", "result_version", "kind", "decision", "gate", "ticks", "scores", "score", "note",
                  "recommendation", "qco", "at", "supersedes"]  # fmt: skip
        read_only_fields = fields


class PromiseLineSerializer(serializers.ModelSerializer[PromiseLine]):
    class Meta:
        model = PromiseLine
        fields = ["due", "amount"]
        read_only_fields = fields


class PromiseSerializer(serializers.ModelSerializer[Promise]):
    """`paid` is what I-payment told of it, in whole rupiah as every amount."""

    lines = PromiseLineSerializer(many=True, read_only=True)

    class Meta:
        model = Promise
        fields = ["state", "made_on", "lines", "paid", "again", "settled_at"]
        read_only_fields = fields


class ResultViewSet(DeskViewSet):
    """Results of calls; the most urgent first."""

    @extend_schema(responses=PromiseSerializer)
    @action(detail=True)
    def promise(self, request: Request, **_path: Any) -> Response:
        """What was promised to be paid, line by line, and what became of it; 404 where nothing was."""
        promise = get_object_or_404(Promise.objects.prefetch_related("lines"), result=self.get_object())
        return Response(PromiseSerializer(promise).data)

    @extend_schema(responses=VerdictSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def verdicts(self, request: Request, **_path: Any) -> Response:
        """What QC decided about this result, the first decision first; calibration and second looks decide nothing."""
        decided = self.get_object().verdicts.filter(kind__in=Verdict.DECIDES)
        rows = decided.select_related("qco", "gate").order_by("pk")
        return Response(VerdictSerializer(rows, many=True).data)
