"""REST of prospects: the scripts beside the call, beyond what every desk has."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from caring.prospects import scripts
from tenesa.accounts.models import User
from tenesa.api.steps import PROBLEM
from tenesa.knowledge.scripts import ScriptRead
from tenesa.workspace.rest import DeskViewSet


class CaringScriptSerializer(serializers.Serializer[ScriptRead]):
    """A script as it is read aloud."""

    title = serializers.CharField()
    version = serializers.IntegerField(source="number")
    text = serializers.CharField(source="version.body")


class ProspectViewSet(DeskViewSet):
    """Prospects that the caller may know of; the most urgent first."""

    @extend_schema(responses={200: CaringScriptSerializer, 401: PROBLEM, 404: PROBLEM})
    @action(detail=True, url_path="scripts/(?P<name>[a-z-]{1,20})", pagination_class=None)
    def script(self, request: Request, pk: str, name: str) -> Response:
        """A script beside the call: greeting, reminder, third-party, reasons, closing; kept as seen by the caller."""
        case = self.get_object()
        found = scripts.script_at(name) if name in scripts.PATHS else None
        if found is None:
            raise NotFound
        scripts.note_shown(case, found, cast("User", request.user))
        return Response(CaringScriptSerializer(found).data)
