"""REST for reports: the same figures as the pages, read only, and the same files (X-12, X-13)."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenesa.accounts.models import User
from tenesa.api.parameters import NamedParameters
from tenesa.reporting import export, lists, selectors
from tenesa.reporting.registry import Kpi, kpis
from tenesa.reporting.report_query import FILTERS, PRESETS, ReportQuery

ASKED = [
    OpenApiParameter("period", str, enum=[name for name in PRESETS if name != "own"], description="Default: 30d"),
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day, in place of a period"),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day, inclusive"),
    *(OpenApiParameter(name, str, description="“-” asks for none") for name in FILTERS),
]
CASES = [*ASKED, OpenApiParameter("met", str, enum=["0", "1"], description="Only what missed or met it")]


class FigureSerializer(serializers.Serializer[Any]):
    """So many of so many; `share` and `average_seconds` are null where nothing was counted."""

    total = serializers.IntegerField(source="figure.total")
    met = serializers.IntegerField(source="figure.met")
    share = serializers.FloatField(source="figure.share", allow_null=True)
    average_seconds = serializers.FloatField(source="figure.average", allow_null=True)
    target = serializers.FloatField(allow_null=True)


class IntervalSerializer(serializers.Serializer[Any]):
    """From where to where the share of all cases lies (95 %, Wilson), of a measure that looks at a sample."""

    low = serializers.FloatField()
    high = serializers.FloatField()


class KpiFigureSerializer(FigureSerializer):
    interval = IntervalSerializer(allow_null=True)
    kpi = serializers.CharField(source="kpi.slug")
    label = serializers.CharField(source="kpi.label")  # type: ignore[assignment]
    clause = serializers.CharField(source="kpi.clause")
    activity = serializers.CharField(source="kpi.activity")
    counted = serializers.CharField(source="kpi.counted")
    met_when = serializers.CharField(source="kpi.met")


class PartFigureSerializer(FigureSerializer):
    of = serializers.CharField(source="label")


class ReportSerializer(KpiFigureSerializer):
    first_day = serializers.DateField(source="report_query.first")
    last_day = serializers.DateField(source="report_query.last")
    by_day = PartFigureSerializer(many=True)
    by_agent = PartFigureSerializer(many=True)
    by_team = PartFigureSerializer(many=True)
    by_segment = PartFigureSerializer(many=True)
    by_part = PartFigureSerializer(many=True)
    seconds_p50 = serializers.IntegerField(allow_null=True, help_text="End of the bucket; 0: above the last")
    seconds_p90 = serializers.IntegerField(allow_null=True)


def _kpi(slug: str) -> Kpi:
    if (found := kpis().get(slug)) is None:
        raise Http404
    return found


class ReportsView(NamedParameters):
    parameters = ASKED

    @extend_schema(operation_id="reports_list", parameters=ASKED, responses=KpiFigureSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every measure with its figure of the period, of the desks that the caller leads or of the caller alone."""
        lines: Any = selectors.overview(cast("User", request.user), ReportQuery.of(request.query_params))
        return Response(KpiFigureSerializer(lines, many=True).data)


class ReportView(NamedParameters):
    parameters = ASKED

    @extend_schema(operation_id="reports_retrieve", parameters=ASKED, responses=ReportSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One measure: its figure, and the same by day (month from 93 days), agent, team, segment and part."""
        user, report_query, kpi = cast("User", request.user), ReportQuery.of(request.query_params), _kpi(slug)
        rows = selectors.of_kpi(user, report_query, kpi)
        spread, found = selectors.distribution(rows), selectors.splits(rows, report_query, kpi)
        line: Any = {
            **vars(found.total),
            "kpi": kpi,
            "interval": selectors.interval_of(kpi, found.total.figure),
            "by_day": [day for day in found.by_day() if day.figure.total],
            **{f"by_{name}": found.by(name) for name in selectors.SPLITS},
            "seconds_p50": spread.p50,
            "seconds_p90": spread.p90,
        }
        return Response(ReportSerializer(line).data)


class ReportCasesView(NamedParameters):
    parameters = CASES

    @extend_schema(
        operation_id="reports_cases",
        parameters=CASES,
        responses={
            (200, kind.partition(";")[0]): OpenApiResponse(OpenApiTypes.BINARY) for kind in export.TYPES.values()
        },
    )
    def get(self, request: Request, slug: str, kind: str) -> HttpResponse:
        """The cases behind the figure as a file, one row an occurrence, without a limit; the export is logged."""
        if kind not in export.TYPES:
            raise Http404
        met = request.query_params.get("met", "")
        listing, report_query = lists.measurements(_kpi(slug), met=met), ReportQuery.of(request.query_params)
        user, name = cast("User", request.user), f"cases-{slug}" + (f"-met{met}" if met in {"0", "1"} else "")
        answer: HttpResponse = export.download(request._request, user, listing, report_query, kind=kind, name=name)
        return answer
