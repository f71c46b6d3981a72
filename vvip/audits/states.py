"""Words of an audit: states, verdicts, and the criteria by which a call is judged (W-26 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.timers.targets import Default
from vvip.calls.states import Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class State(TextChoices):
    DRAWN = "DRAWN", _("To audit")
    DONE = "DONE", _("Audited")
    OBJECTED = "OBJECTED", _("Objection")
    SUPERSEDED = "SUPERSEDED", _("Corrected by a later audit")


JUDGE, ANSWER = "judge", "objection"
CLOCKS = {JUDGE: _("judge the call"), ANSWER: _("answer the objection")}
DEFAULTS = (Default(JUDGE, 3 * 24 * 60, 2 * 24 * 60), Default(ANSWER, 3 * 24 * 60, 2 * 24 * 60))
ALL = tuple(State)
JUDGED = (State.DONE, State.OBJECTED)  # what the figures count
STRATA = (Kind.SPECIAL, Kind.VVIP, Kind.NOT_LISTED)  # by the path that the call took


class Verdict(TextChoices):
    MET = "MET", _("Right")
    NOT_MET = "NOT_MET", _("Wrong")
    NOT_NEEDED = "NOT_NEEDED", _("Did not arise")


class Part(TextChoices):
    """The two things that clause 4 asks for."""

    EDUCATION = "EDUCATION", _("Education")
    ESCALATION = "ESCALATION", _("Escalation")


@dataclass(frozen=True)
class Criterion:
    """One line of the audit: what must have been done, and by which clause; of calls on these paths alone."""

    part: Part
    clause: str
    words: _StrPromise
    paths: Collection[str] = STRATA


LISTED = (Kind.SPECIAL, Kind.VVIP)
CRITERIA: Mapping[str, Criterion] = {
    "data_confirmed": Criterion(
        Part.EDUCATION, "W-26 5.2.3", _("Nothing was told before the data of the customer were confirmed")
    ),
    "way_out_told": Criterion(
        Part.EDUCATION, "W-26 5.2.5, 5.3.3", _("The way-out script was told, whole and in its valid version"), LISTED
    ),
    "next_told": Criterion(
        Part.EDUCATION, "W-26 5.2.6, 5.3.4", _("The customer knows who calls back, and about when"), LISTED
    ),
    "plasa_shown": Criterion(
        Part.EDUCATION, "W-26 5.1.1", _("No un-isolation was promised; the way to the Plasa was shown"),
        (Kind.SPECIAL, Kind.VVIP),
    ),
    "explained_by_sop": Criterion(
        Part.EDUCATION, "W-26 5.2.7", _("Cause and remedy were explained as the SOP says"), (Kind.NOT_LISTED,)
    ),
    "right_path": Criterion(
        Part.ESCALATION, "W-26 5.2.4, 5.3.2", _("The call took the path of the customer's class")
    ),
    "callback_entered": Criterion(
        Part.ESCALATION, "W-26 5.2.6, 5.3.4", _("The callback was entered with all that Tier 2 needs"), LISTED
    ),
    "as_requested": Criterion(
        Part.ESCALATION, "W-26 5.2.6", _("Tier 2 escalated as the list entry orders"), (Kind.SPECIAL,)
    ),
    "by_sop": Criterion(Part.ESCALATION, "W-26 5.3.4", _("Tier 2 escalated as the SOP says"), (Kind.VVIP,)),
    "super_emergency": Criterion(
        Part.ESCALATION, "W-26 5.3.4", _("What was not solved became a super emergency, and nothing else did"),
        (Kind.VVIP,),
    ),
    "backend_tier2": Criterion(
        Part.ESCALATION, "W-26 5.3.6", _("What Tier 2 could not solve went to the back-end, and nothing else did"),
        (Kind.SPECIAL,),
    ),
    "backend_tier1": Criterion(
        Part.ESCALATION, "W-26 5.2.8", _("What Tier 1 could not solve went to the back-end, and nothing else did"),
        (Kind.NOT_LISTED,),
    ),
}  # fmt: skip
NAMES = [(name, criterion.words) for name, criterion in CRITERIA.items()]


def criteria_of(path: str) -> dict[str, Criterion]:
    """Those by which a call on this path is judged, in their order."""
    return {name: criterion for name, criterion in CRITERIA.items() if path in criterion.paths}
