"""REST of a desk's cases: list, read, offered steps, take a step; the same answers as its page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from tenesa.accounts.models import User
from tenesa.api.pagination import CasePagination
from tenesa.api.steps import StepActions
from tenesa.workflow.errors import NotNow
from tenesa.workflow.procedures import visible
from tenesa.workspace.desk import Desk, desks
from tenesa.workspace.lists import narrowed
from tenesa.workspace.tag_api import TagActions
from tenesa.workspace.tag_filter import TAG

EVERY = ("id", "number", "state", "title", "who", "owner", "opened_at", "urgent_at", "urgent_for", "version")


class DeskViewSet(ListModelMixin, RetrieveModelMixin, TagActions, StepActions, GenericViewSet[Any]):
    """Cases that the caller may know of; the most urgent first."""

    desk: ClassVar[Desk]
    pagination_class = CasePagination
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        user, desk = self.request.user, self.desk
        if not isinstance(user, User):
            return desk.model._default_manager.none()
        rows: QuerySet[Any] = visible(desk.model, user).select_related(*desk.rest_related)
        return self.listed(rows, user) if self.action == "list" else rows.prefetch_related(*desk.rest_prefetch)

    def get_object(self) -> Any:
        try:
            return super().get_object()
        except Http404:
            user, pk = self.request.user, int(self.kwargs["pk"])
            if isinstance(user, User) and (words := self.desk.opens_later(user, pk)):
                raise NotNow([words]) from None
            raise

    def listed(self, rows: QuerySet[Any], user: User) -> QuerySet[Any]:
        """Narrowed by the filters of the page and by holder; `q` searches every case."""
        asked = {name: str(value).strip() for name, value in self.request.query_params.items()}
        rows = narrowed(self.desk, rows, {name: asked.get(name, "") for name in (*self.desk.rest_filters, TAG.name)})
        if self.desk.rest_open_only and not asked.get("state"):
            rows = rows.exclude(state__in=self.desk.ended)
        if words := asked.get("q"):
            rows = self.desk.search_result(rows, user, words)
        match asked.get("owner"):
            case "me":
                return rows.filter(owner=user)
            case "none":
                return rows.filter(owner=None)
        return rows

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        rows: Any = self.desk.row_serializer if self.action == "list" else None
        return rows or super().get_serializer_class()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Most urgent first, by keyset pages."""
        return super().list(request, *args, **kwargs)


class Deadline(serializers.DateTimeField):
    """The nearest deadline; none of a case in a state of `ended`."""

    def __init__(self, *, ended: Collection[str] = (), **more: Any) -> None:
        self.ended = ended
        super().__init__(read_only=True, allow_null=True, **more)

    def get_attribute(self, instance: Any) -> Any:
        return None if instance.state in self.ended else super().get_attribute(instance)


def _serializer(desk: Desk) -> type[serializers.BaseSerializer[Any]]:
    """What every case says of itself, and the columns that the desk names."""
    name, shown = desk.model.__name__, [*EVERY, *desk.rest_fields]
    meta = type("Meta", (), {"model": desk.model, "fields": shown, "read_only_fields": shown})
    read = {one: serializers.CharField(read_only=True) for one in ("number", "title", "who")}
    owner = serializers.CharField(source="owner.username", default=None, read_only=True)
    own = {"owner": owner, "urgent_at": Deadline(ended=desk.ended), **read}
    return type(f"{name}Serializer", (serializers.ModelSerializer,), {"Meta": meta, **own})


def _parameters(desk: Desk) -> list[OpenApiParameter]:
    states = "Only this state; default: every open case" if desk.rest_open_only else ""
    shown = [one for one in desk.filters if one.name in desk.rest_filters]
    found = [
        OpenApiParameter(one.name, str, enum=list(desk.labels), description=states)
        if one.name == "state"
        else OpenApiParameter(one.name, str)
        for one in shown
    ]
    words = "Anything that stands in a case or its mails, the newest thousand"
    owner = OpenApiParameter("owner", str, enum=["me", "none"], description="Default: whoever holds it")
    tag = OpenApiParameter(TAG.name, str, description="Name of a tag that the case has now")
    return [*found, owner, tag, OpenApiParameter("q", str, description=words)]


def viewset(desk: Desk) -> type[GenericViewSet[Any]]:
    """Made of the desk's columns and filters; what it has beyond that it declares as `viewset`."""
    base: Any = desk.viewset or DeskViewSet
    parameters = base.parameters or _parameters(desk)
    made: Any = type(
        f"{desk.model.__name__}ViewSet",
        (base,),
        {
            "__doc__": base.__doc__,
            "desk": desk,
            "serializer_class": desk.serializer or _serializer(desk),
            "queryset": desk.model._default_manager.none(),
            "parameters": parameters,
        },
    )
    shown: type[GenericViewSet[Any]] = extend_schema_view(list=extend_schema(parameters=parameters))(made)
    return shown


def register(router: SimpleRouter) -> None:
    """Give every desk its place under `api/`."""
    for desk in desks():
        router.register(desk.rest_path, viewset(desk), basename=desk.rest_name)
