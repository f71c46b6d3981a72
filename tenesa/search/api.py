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
from tenesa.search.registry import customers
from tenesa.search.results import Group, search

MOST = 50
ASKED = [
    OpenApiParameter("q", str, required=True, description="Words, numbers in any spelling, addresses, #tags, parts"),
    OpenApiParameter("procedure", str, description="Only cases of this one, for example “tickets.emailcase”"),
    OpenApiParameter("limit", int, description=f"Cases of each procedure, and customers; 1 to {MOST}, default 20"),
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


class FoundCustomerSerializer(serializers.Serializer[Any]):
    """A customer that the reader may know of."""

    reference = serializers.CharField(help_text="Number in SISKAS")
    name = serializers.CharField()
    segment = serializers.CharField()
    url = serializers.CharField(help_text="Address of the customer's page")


class SearchAnswer(serializers.Serializer[Any]):
    """`more` names the procedures that have further cases; `more_customers` tells that there are further customers.

    With `procedure` no customers are looked for.
    """

    results = FoundSerializer(many=True)
    more = serializers.ListField(child=serializers.CharField())
    customers = FoundCustomerSerializer(many=True)
    more_customers = serializers.BooleanField()


class SearchView(NamedParameters):
    parameters = ASKED

    @extend_schema(operation_id="search", parameters=ASKED, responses=SearchAnswer)
    def get(self, request: Request) -> Response:
        """The newest cases of each procedure, and customers, that have all the words; nothing for no words."""
        asked = request.query_params
        most = min(door.number(asked.get("limit", "")) or 20, MOST)
        user, words, procedure = cast("User", request.user), asked.get("q", "").strip(), asked.get("procedure", "")
        groups = search(user, words, most, procedure)
        people = [] if procedure else customers(user, words, most + 1)
        return Response(
            {
                "results": [row for group in groups for row in _rows(group)],
                "more": [group.source.procedure for group in groups if group.more],
                "customers": [
                    {"reference": one.number, "name": one.title, "segment": one.state, "url": one.url}
                    for one in people[:most]
                ],
                "more_customers": len(people) > most,
            }
        )


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
