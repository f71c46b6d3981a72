"""The limits of a line as they are set now."""

from __future__ import annotations

from tenesa.systems.embassy.values import LIMITS, Limit


def limits_now() -> dict[str, Limit]:
    """What an administrator set; where a row is missing, the limits that the code begins with."""
    from tenesa.systems.models import LineLimit

    rows = LineLimit.objects.values_list("measure", "at_risk", "breached")
    return {**LIMITS, **{measure: Limit(at_risk, breached) for measure, at_risk, breached in rows}}
