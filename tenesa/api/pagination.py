"""Keyset paging for lists of cases: as fast on the last page as on the first."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from tenesa import door
from tenesa.workflow import keyset

CURSOR, SIZE = "cursor", "page_size"


class CasePagination(BasePagination):
    """Pages by (urgent_at, id): rows that come, go or move meanwhile make no other row be skipped or repeated.

    `next` and `previous` are whole addresses; the cursor in them is signed and belongs to its list.
    """

    page_size, largest = 50, 200
    columns: tuple[str, ...] = ("urgent_at",)  # a moment, before it perhaps whole numbers

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.address, self.list = request.build_absolute_uri(), request.path
        order = (*self.columns, "pk")
        size, place, backwards = self._size(request), *self._cursor(request)
        sign = "-" if backwards else ""
        if place is not None:
            queryset = queryset.filter(keyset.behind_all(order, place, descending=backwards))
        found = list(queryset.order_by(*(f"{sign}{name}" for name in order))[: size + 1])
        more, rows = len(found) > size, found[:size]
        if backwards:
            rows.reverse()
        self.after = self._link(rows[-1], "after") if rows and (more or backwards) else None
        self.before = self._link(rows[0], "before") if rows and place and (more or not backwards) else None
        return rows

    def _size(self, request: Request) -> int:
        asked = request.query_params.get(SIZE)
        size = self.page_size if asked is None else door.number(asked)
        if not size:
            raise ValidationError({SIZE: [_("A whole number from 1 to %(n)d.") % {"n": self.largest}]})
        return min(size, self.largest)

    def _cursor(self, request: Request) -> tuple[tuple[Any, ...] | None, bool]:
        if not (asked := request.query_params.get(CURSOR)):
            return None, False
        try:
            way, *numbers, moment, pk = signing.loads(asked, salt=self.list)
        except signing.BadSignature:
            raise ValidationError(
                {CURSOR: [_("This place in the list is not known. Begin again at its top.")]}
            ) from None
        if len(numbers) != len(self.columns) - 1:  # a cursor of the same list in another order
            numbers = [0] * (len(self.columns) - 1)
        return (*numbers, keyset.moment_of(moment), pk), way == "before"

    def _link(self, row: Any, way: str) -> str:
        *numbers, moment = (getattr(row, name) for name in self.columns)
        cursor = signing.dumps([way, *numbers, moment.isoformat(), row.pk], salt=self.list)
        return replace_query_param(remove_query_param(self.address, CURSOR), CURSOR, cursor)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.after, "previous": self.before, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["results"], "properties": properties}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {"name": CURSOR, "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": SIZE, "in": "query", "required": False, "schema": {"type": "integer"}},
        ]
