"""REST of the lists: read what one may see, propose; approved and changed by steps, as everywhere."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from segmentation.lists import ListEntry
from segmentation.special_list import services
from segmentation.special_list.forms import ProposeForm
from tenesa.accounts.models import User
from tenesa.api.inputs import inputs_of
from tenesa.api.steps import IDEMPOTENCY_KEY, REFUSALS
from tenesa.workspace.rest import DeskViewSet

PROPOSAL = inline_serializer(
    "ListProposal",
    {
        "customer": serializers.CharField(help_text="Customer, internet or telephone number"),
        "criterion": serializers.CharField(),
        "action": serializers.CharField(required=False),
        "service": serializers.CharField(required=False, help_text="Product id; empty: all services"),
        "evidence": serializers.CharField(),
        "source": serializers.CharField(),
        "platform": serializers.CharField(required=False),
        "count": serializers.IntegerField(required=False),
        "measured_at": serializers.DateField(required=False),
        "term_end": serializers.DateField(required=False),
        "valid_from": serializers.DateField(required=False),
        "valid_to": serializers.DateField(),
        "review_due": serializers.DateField(required=False),
    },
)


class ListEntrySerializer(serializers.ModelSerializer[ListEntry]):
    number = serializers.CharField(read_only=True)
    customer = serializers.CharField(source="customer.reference", read_only=True)
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    service = serializers.CharField(source="service.product_id", default=None, read_only=True)
    entered_by = serializers.CharField(source="entered_by.username", default=None, read_only=True)
    approved_by = serializers.CharField(source="approved_by.username", default=None, read_only=True)
    note = serializers.CharField(source="remark", read_only=True)

    class Meta:
        model = ListEntry
        fields = [
            "id", "number", "state", "customer", "customer_name", "service", "kind", "criterion", "action", "evidence",
            "source", "measure", "valid_from", "valid_to", "review_due", "reviewed_on", "entered_by", "approved_by",
            "decided_at", "change", "note", "opened_at", "urgent_at", "urgent_for", "version",
        ]  # fmt: skip
        read_only_fields = fields


class ListEntryViewSet(DeskViewSet):
    """The whole list for leaders, else what the caller proposed."""

    @extend_schema(
        request=PROPOSAL,
        parameters=[IDEMPOTENCY_KEY],
        responses={200: ListEntrySerializer, 201: ListEntrySerializer, **REFUSALS},
    )
    def create(self, request: Request) -> Response:
        """Propose; another person approves. 201 stored; 200 when this key stored it before."""
        data, key = inputs_of(request, ProposeForm), request.headers.get("Idempotency-Key")
        made, new = services.propose(cast("User", request.user), data, key=key)
        return Response(self.get_serializer(made).data, status=201 if new else 200)
