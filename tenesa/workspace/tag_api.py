"""REST of the tags: those of a case, read and written by the same rules as its page, and the names in use."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from tenesa.accounts.models import User
from tenesa.api.parameters import NamedParameters
from tenesa.api.steps import REFUSALS
from tenesa.workflow.case import Case
from tenesa.workspace import tags
from tenesa.workspace.desk import Desk
from tenesa.workspace.tag_filter import may_tag

ASKED = OpenApiParameter("q", str, description="A part of the name")


class TagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)


class TagsSerializer(serializers.Serializer[Any]):
    tags = serializers.ListField(child=serializers.CharField())


class TagActions(GenericViewSet[Any]):
    """Adds `GET` and `POST …/tags/` and `DELETE …/tags/<name>/` to a desk's cases."""

    desk: ClassVar[Desk]

    @extend_schema(responses={200: TagsSerializer})
    @action(detail=True, url_path="tags", pagination_class=None)
    def tags(self, request: Request, pk: str) -> Response:
        """The tags that the case has now."""
        return _answer(self.get_object())

    @extend_schema(request=TagSerializer, responses={200: TagsSerializer, **REFUSALS})
    @tags.mapping.post
    def add_tag(self, request: Request, pk: str) -> Response:
        """Put a tag on; nothing is done again where the case has it. 409 too many or no longer used, 422 no name."""
        case: Case = self.get_object()
        given = request.data.get("name", "") if hasattr(request.data, "get") else ""
        tags.add(case, given if isinstance(given, str) else "", self._worker())
        return _answer(case)

    @extend_schema(responses={200: TagsSerializer, **REFUSALS})
    @action(detail=True, methods=["delete"], url_path=r"tags/(?P<name>[^/]{1,100})", pagination_class=None)
    def remove_tag(self, request: Request, pk: str, name: str) -> Response:
        """Take a tag off; nothing is done where the case has it no more."""
        case: Case = self.get_object()
        tags.remove(case, name, self._worker())
        return _answer(case)

    def _worker(self) -> User:
        user = cast("User", self.request.user)
        if not may_tag(self.desk, user):
            raise PermissionDenied
        return user


def _answer(case: Case) -> Response:
    case.forget_readings()
    return Response({"tags": [tag.name for tag in tags.of(case)]})


class TagNamesView(NamedParameters):
    parameters = [ASKED]

    @extend_schema(operation_id="tags", parameters=[ASKED], responses=TagsSerializer)
    def get(self, request: Request) -> Response:
        """Names in use, those of most cases first, at most fifty."""
        user = cast("User", request.user)
        found = tags.suggestions(request.query_params.get("q", "")) if user.workplaces else []
        return Response({"tags": found})
