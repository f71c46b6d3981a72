"""REST for the search: the same answers as the page."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenesa import door
from tenesa.accounts.models import User
from tenesa.api.parameters import NamedParameters
from tenesa.search.results import Group, search

MOST = 50
ASKED = [
    OpenApiParameter("q", str, required=True, description="Words, numbers in any spelling, addresses, parts of them"),
    OpenApiParameter("procedure", str, description="Only cases of this one, for example “tickets.emailcase”"),
    OpenApiParameter("limit", int, description=f"Cases of each procedure; 1 to {MOST}, default 20"),
]


class FoundSerializer(serializers.Serializer[Any]):
    """A case; `snippet` is HTML: escaped, with the matches in `<mark>`."""

    procedure = serializers.CharField()
    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    who = serializers.CharField()
    state = serializers.CharField()
    where = serializers.CharField()
    snippet = serializers.CharField()


class SearchAnswer(serializers.Serializer[Any]):
    """`more` names the procedures that have further cases."""

    results = FoundSerializer(many=True)
    more = serializers.ListField(child=serializers.CharField())


class SearchView(NamedParameters):
    parameters = ASKED

    @extend_schema(operation_id="search", parameters=ASKED, responses=SearchAnswer)
    def get(self, request: Request) -> Response:
        """The newest cases of each procedure that have all the words; nothing for no words."""
        asked = request.query_params
        most = min(door.number(asked.get("limit", "")) or 20, MOST)
        groups = search(cast("User", request.user), asked.get("q", ""), most, asked.get("procedure", ""))
        more = [group.source.procedure for group in groups if group.more]
        return Response({"results": [row for group in groups for row in _rows(group)], "more": more})


def _rows(group: Group) -> list[dict[str, Any]]:
    return [
        {
            "procedure": group.source.procedure,
            "id": one.pk,
            "number": one.line.number,
            "title": one.line.title,
            "who": one.line.who,
            "state": one.line.state,
            "where": one.where,
            "snippet": one.snippet,
        }
        for one in group.matches
    ]
