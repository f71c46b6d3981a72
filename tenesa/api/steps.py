"""The one step endpoint: read what is offered, take a step. Every procedure's viewset mixes it in."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.choices import flatten_choices
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tenesa.accounts.models import User
from tenesa.api.inputs import inputs_of, type_of
from tenesa.api.parameters import NamedParameters
from tenesa.mail.recipient_form import RecipientForm
from tenesa.workflow.case import Case
from tenesa.workflow.offered import Offer, offered
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of

PROBLEM = inline_serializer(
    "Problem",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "detail": serializers.CharField(),
        "reasons": serializers.ListField(child=serializers.CharField(), required=False),
        "errors": serializers.DictField(
            required=False, help_text="Messages by input; “form”: what is wrong with several of them together"
        ),
    },
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same request sent twice is done once; another one with the same key is refused (422)",
)
REFUSALS = {401: PROBLEM, 403: PROBLEM, 404: PROBLEM, 409: PROBLEM, 422: PROBLEM}


class InputSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField(help_text="Its JSON type; array: of strings; file: by multipart/form-data alone")
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = serializers.ListField(child=serializers.CharField(), required=False)
    initial = serializers.JSONField(required=False)
    offered = serializers.ListField(child=serializers.CharField(), required=False)


class OfferSerializer(serializers.Serializer[Offer]):
    """A step from the present state: takeable when `allowed`, else `refusals` says why not."""

    step = serializers.CharField(source="step.name")
    label = serializers.CharField(source="step.label")  # type: ignore[assignment]
    clause = serializers.CharField(source="step.clause")
    allowed = serializers.BooleanField()
    refusals = serializers.ListField(child=serializers.CharField())
    inputs = serializers.SerializerMethodField()

    @extend_schema_field(InputSerializer(many=True))
    def get_inputs(self, offer: Offer) -> list[dict[str, Any]]:
        if offer.form is None:
            return []
        return [_input(offer.form, name, field) for name, field in offer.form.fields.items()]


def _input(form: forms.Form, name: str, field: forms.Field) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "label": str(field.label), "required": field.required}
    described["type"] = type_of(field).name
    if isinstance(field, forms.ModelChoiceField):
        described["choices"] = [str(item.pk) for item in field.queryset] if field.queryset is not None else []
    elif isinstance(field, forms.ChoiceField):
        flat: list[tuple[Any, Any]] = list(flatten_choices(cast("Any", field.choices)))
        described["choices"] = [str(value) for value, _label in flat]
    if isinstance(form, RecipientForm) and name == "to":
        described["offered"] = form.offered
    initial = form.get_initial_for_field(field, name)
    if initial not in (None, ""):
        described["initial"] = initial
    return described


class StepActions(NamedParameters, GenericViewSet[Any]):
    """Adds `GET …/steps/` and `POST …/steps/<step>/` to a procedure's viewset. Inputs are JSON or a form with files."""

    @extend_schema(responses={200: OfferSerializer(many=True), 401: PROBLEM, 404: PROBLEM})
    @action(detail=True, url_path="steps", pagination_class=None)
    def steps(self, request: Request, pk: str) -> Response:
        """The steps from the case's present state for the caller's roles, with inputs or with the reasons against."""
        offers: Any = offered(self.get_object(), cast("User", request.user))
        return Response(OfferSerializer(offers, many=True).data)

    @extend_schema(
        request={"application/json": {"type": "object", "additionalProperties": True}},
        parameters=[
            IDEMPOTENCY_KEY,
            OpenApiParameter("step", str, OpenApiParameter.PATH),
        ],
        responses=REFUSALS,
    )
    @action(detail=True, methods=["post"], url_path=r"steps/(?P<step>[a-z_]{1,60})")
    def take(self, request: Request, pk: str, step: str) -> Response:
        """Take a step. 404 not visible or unknown, 403 not your role, 409 not now (reasons), 422 inputs (errors).

        A step that writes a mail takes its `message` as plain text, to the letter. With `formatted: true` it is
        Markdown: bold, italic, lists, tables, links (https, http, mailto, tel), and `![name](name)` for a picture among
        the `attachments`; everything else, HTML above all, stays literal.
        """
        case: Case = self.get_object()
        declared = steps_of(type(case)).get(step)
        case = perform(
            case,
            step,
            actor=cast("User", request.user),
            data=inputs_of(request, declared.form, case, cast("User", request.user)) if declared else {},
            files=request.FILES,
            key=request.headers.get("Idempotency-Key"),
        )
        return Response(self.get_serializer(case).data)
