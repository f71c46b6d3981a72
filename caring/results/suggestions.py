"""The next step of a result, by what is known of it (P-01 8); a verdict is QC's alone, and never suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.offers import catalogue
from caring.results.states import CHECKED, Awaits, State
from tenesa.rupiah import in_rupiah
from tenesa.workspace.suggestions import Suggestion

if TYPE_CHECKING:
    from caring.models import CaringResult


def returned(case: CaringResult) -> str:
    return _("QC returned it: %(why)s") % {"why": case.recommendation or case.get_return_class_display()}


def differs(case: CaringResult) -> str:
    return case.difference or _("It differs between the applications.")


def refused(case: CaringResult) -> str:
    return case.entry_problem or case.difference or _("An application did not take it.")


def decide(case: CaringResult) -> str:
    """What whoever may agree has to know."""
    if case.awaits == Awaits.COMPLAINT:
        return _("Hard complaint: the supervisor decides whether it stands.")
    above = catalogue.above_limit(case)
    words = {"offer": catalogue.name_of(case.offer)}
    if above is None:
        return _("“%(offer)s” needs your agreement.") % words
    words |= {"relief": in_rupiah(above[0]), "limit": in_rupiah(above[1])}
    return _("“%(offer)s” gives up %(relief)s, an agent alone at most %(limit)s.") % words


TABLE = (
    Suggestion((State.DRAFT,), "allow", decide),
    Suggestion((State.QC_QUEUED,), "claim", gettext_lazy("It waits for QC.")),
    Suggestion((State.RETURNED,), "pass_on", returned),
    Suggestion((State.TL_MISMATCH,), "ask_reinput", differs),
    Suggestion((State.REINPUT,), "reenter", refused),
    Suggestion(CHECKED, "finalise", gettext_lazy("QC has decided where it had to.")),
)
