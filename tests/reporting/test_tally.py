"""Whatever is measured, and measured again otherwise, the tally is what a naive recount gives."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenesa.accounts.models import User
from tenesa.reporting import measuring, selectors, tally
from tenesa.reporting.buckets import BOUNDS, COUNT, bucket_of, percentile
from tenesa.reporting.models import Measurement
from tenesa.reporting.registry import Measured, Procedure, kpis
from tenesa.reporting.report_query import ReportQuery
from tests import factories

START = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
ONE: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    kpi=st.sampled_from(["response", "punctual"]),
    case_id=st.integers(1, 4),
    seq=st.integers(1, 3),
    at=st.integers(0, 60).map(lambda hours: START + timedelta(hours=hours)),
    segment=st.sampled_from(["", "DES"]),
    part=st.sampled_from(["", "=1+1"]),
    met=st.sampled_from([True, False, None]),
    seconds=st.none() | st.integers(0, 1_000_000) | st.sampled_from([end + one for end in BOUNDS for one in (0, 1)]),
    agent=st.booleans(),
)


@pytest.mark.django_db
@given(rounds=st.lists(st.lists(ONE, max_size=12), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_tally_is_a_naive_recount(rini: User, bowo: User, rounds: list[list[dict[str, Any]]]) -> None:
    factories.desk()
    Measurement.objects.all().delete()
    tally.rebuild()
    for drawn in rounds:
        found = {(one["case_id"], one["kpi"], one["seq"]): measured(one, rini) for one in drawn}
        measuring.measure_cases(made(list(found.values())), [1, 2, 3, 4])
        assert Counter(tally.stored()) == recount()
        stored = tally.stored()
        tally.rebuild()
        assert Counter(tally.stored()) == Counter(stored)
    report_query = ReportQuery.of({"from": "2026-11-18", "to": "2026-11-21"})
    line = next(line for line in selectors.overview(bowo, report_query) if line.kpi.slug == "response")
    short = selectors.of_kpi(bowo, report_query, kpis()["response"])
    edges = {("2026-08-01", "2026-11-30"): 0, ("2026-08-01", "2026-11-21"): 1, ("2026-08-15", "2026-11-21"): 2}
    for (first, last), days in edges.items():  # November by month, and by day
        long = ReportQuery.of({"from": first, "to": last})
        rows = selectors.of_kpi(bowo, long, kpis()["response"])
        assert [some.model.__name__ for some in rows] == ["Monthly", *["Tally"] * days]
        split = selectors.splits(rows, long, kpis()["response"])
        whole = next(one for one in selectors.overview(bowo, long) if one.kpi.slug == "response")
        assert whole.figure == split.total.figure == line.figure
        assert sum(selectors.distribution(rows).buckets) == sum(selectors.distribution(short).buckets)
    mine = [row for row in Measurement.objects.filter(kpi="response") if row.day <= report_query.last]
    assert (line.figure.total, line.figure.met) == (len(mine), sum(row.met is True for row in mine))
    kpi = kpis()["response"]
    split = selectors.splits(selectors.of_kpi(bowo, report_query, kpi), report_query, kpi)
    assert split.total.figure == line.figure
    for lines in (split.by_day(), *map(split.by, selectors.SPLITS)):
        assert sum((one.figure for one in lines), selectors.Figure()) == line.figure


def measured(one: dict[str, Any], agent: User) -> Measured:
    given_agent = agent.pk if one["agent"] else None
    values = {name: value for name, value in one.items() if name != "agent"}
    return Measured(**values, desk_id="TENESA", agent_id=given_agent)


def made(found: list[Measured]) -> Procedure:
    """A procedure that measures what was drawn."""
    return Procedure("tickets.emailcase", "P-05", lambda histories: found, [], [], {}, str, str, lambda ids: {})


def recount() -> Counter[Any]:
    cells: dict[Any, list[Any]] = {}
    for row in Measurement.objects.all():
        key = (row.kpi, row.day, row.desk_id, row.area_id, row.team_id, row.agent_id, row.segment, row.part)
        cell = cells.setdefault(key, [0, 0, 0, []])
        cell[0] += 1
        cell[1] += row.met is True
        if row.seconds is not None:
            cell[2] += row.seconds
            cell[3] = cell[3] or [0] * COUNT
            cell[3][bucket_of(row.seconds)] += 1
    return Counter((*key, *cell[:3], tuple(cell[3])) for key, cell in cells.items())


@given(durations=st.lists(st.integers(0, 2_000_000), min_size=1), share=st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_the_end_of_the_bucket_it_falls_in(durations: list[int], share: float) -> None:
    buckets = [0] * COUNT
    for seconds in durations:
        buckets[bucket_of(seconds)] += 1
    place = next(n for n in range(1, len(durations) + 1) if n >= share * len(durations))
    exact = sorted(durations)[place - 1]
    assert percentile(buckets, share) == next((bound for bound in BOUNDS if bound >= exact), 0)
