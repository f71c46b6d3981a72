"""The months that were tallied before there was a table for them."""

from django.db import migrations

KEY = ("kpi", "desk_id", "area_id", "team_id", "agent_id", "segment", "part")
BUCKETS = ", ".join(f"coalesce(sum(buckets[{place}]), 0)" for place in range(1, 17))
FILL = f"""
INSERT INTO reporting_monthly (day, {", ".join(KEY)}, total, met, seconds, buckets)
SELECT date_trunc('month', day)::date, {", ".join(KEY)}, sum(total), sum(met), sum(seconds),
       CASE WHEN bool_and(buckets = '{{}}') THEN '{{}}' ELSE ARRAY[{BUCKETS}]::integer[] END
  FROM reporting_tally GROUP BY date_trunc('month', day), {", ".join(KEY)}"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_months_and_targets")]
    operations = [migrations.RunSQL(FILL, "DELETE FROM reporting_monthly")]
