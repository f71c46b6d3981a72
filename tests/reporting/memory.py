"""`python -m tests.reporting.memory USER ROWS…`: peak memory (kB) after exporting so many rows as CSV and XLSX."""

from __future__ import annotations

import resource
import sys


def main() -> None:
    import django

    django.setup()
    from tenesa.accounts.models import User

    user = User.objects.get(username=sys.argv[1])
    for rows in map(int, sys.argv[2:]):
        fill(rows)
        for kind in ("csv", "xlsx"):
            run(user, kind, rows)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def fill(rows: int) -> None:
    """As many measurements of the KPI "response", all of one real case."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reporting_measurement (kpi, day, segment, part, procedure, case_id, seq, at, reference, met,"
            " seconds, agent_id, area_id, desk_id, team_id) SELECT kpi, day, segment, part, procedure, case_id,"
            " 1000 + i, at, reference, met, seconds, agent_id, area_id, desk_id, team_id FROM reporting_measurement,"
            " generate_series((SELECT count(*) FROM reporting_measurement WHERE kpi = 'response'), %s) i"
            " WHERE kpi = 'response' AND seq < 1000",
            [rows - 1],
        )


def run(user: object, kind: str, rows: int) -> float:
    """Export and throw away; gives megabytes."""
    from tenesa.accounts.models import User
    from tenesa.reporting import export, lists
    from tenesa.reporting.models import Export
    from tenesa.reporting.registry import kpis
    from tenesa.reporting.report_query import ReportQuery

    assert isinstance(user, User)
    log = Export.objects.create(by=user, report="cases-response", kind=kind)
    listing = lists.measurements(kpis()["response"])
    size = sum(map(len, export.produce(log, listing, user, ReportQuery.of({}))))
    assert log.end.rows == rows, log.end.rows
    return size / 1e6


if __name__ == "__main__":
    main()
