"""Panels of other procedures on the page of a case; they register in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tenesa.accounts.models import User
from tenesa.workflow.case import Case
from tenesa.workflow.readings import Reading
from tenesa.workspace import cross_desk
from tenesa.workspace.desk import SidePanel

Source = Callable[[Case, Sequence[str], User], SidePanel | None]
_sources: list[Source] = []
readings: list[Reading] = []  # what the sources read of every case


def register(source: Source, *reads: Reading) -> None:
    """`source` is given the case, the incidents that it is about and who looks; None where it has nothing to show."""
    _sources.append(source)
    readings.extend(reads)


def panels_for(case: Case, user: User) -> list[SidePanel]:
    """What every source has for the case, then what may be asked of other desks for its newest incident."""
    incidents = case.incident_numbers()
    panels = [panel for source in _sources if (panel := source(case, incidents, user)) is not None]
    if incidents and (openings := cross_desk.openings({"incident": incidents[-1]}, user, but=type(case))):
        panels.append(SidePanel("workspace/_openings.html", openings))
    return panels
