"""What other procedures show on the page of a case; they register in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tenesa.accounts.models import User
from tenesa.workflow.case import Case
from tenesa.workspace import neighbours
from tenesa.workspace.desk import Part

Source = Callable[[Case, Sequence[str], User], Part | None]
sources: list[Source] = []


def parts_beside(case: Case, user: User) -> list[Part]:
    """What every source has for the case, given the incidents that it is about, then what may be asked for it."""
    incidents = case.incident_numbers()
    parts = [part for source in sources if (part := source(case, incidents, user)) is not None]
    if incidents and (openings := neighbours.openings({"incident": incidents[-1]}, user, but=type(case))):
        parts.append(Part("workspace/_openings.html", openings))
    return parts
