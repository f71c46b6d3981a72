"""What REST takes in as parameters: those that the view names, once, and such as can be meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from tenesa import door
from tenesa.workflow.keyset import YEARS


class NamedParameters(APIView):
    """Refuses parameters that the view does not name, that come twice, or that cannot be meant.

    `parameters` are those of reading (GET); a list also has those of its paging.
    """

    parameters: Sequence[OpenApiParameter] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = {one.name: one for one in self._asked()}
        errors: dict[str, list[str]] = {}
        for name, values in request.query_params.lists():
            if name not in known:
                errors[name[:60]] = [_("No such parameter. There are: %(names)s") % {"names": ", ".join(known) or "–"}]
            elif len(values) > 1:
                errors[name] = [_("Given more than once.")]
            elif values[0] and (words := _against(known[name], values[0])):
                errors[name] = [words]
        if errors:
            raise ValidationError(errors)

    def _asked(self) -> Sequence[OpenApiParameter]:
        if getattr(self, "action", "list") != "list":
            return ()
        paging = getattr(self, "paginator", None)
        names = [one["name"] for one in paging.get_schema_operation_parameters(self)] if paging else []
        return [*self.parameters, *map(OpenApiParameter, names)]


def _against(declared: OpenApiParameter, value: str) -> str:
    if declared.enum and value not in declared.enum:
        return _("One of: %(values)s") % {"values": ", ".join(map(str, declared.enum))}
    if declared.type is int and door.number(value) is None:
        return _("Not a number that a row could have.")
    if declared.type == OpenApiTypes.DATE and not _is_day(value):
        return _("Not a day of this time, as 2026-12-31.")
    return ""


def _is_day(text: str) -> bool:
    try:
        day = parse_date(text)
    except ValueError:
        return False
    return day is not None and day.year in YEARS
