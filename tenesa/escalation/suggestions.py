"""The next step of an escalation, by what is known of it. To approve or to return is a person's decision alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.escalation.states import State
from tenesa.ui.templatetags.ui import clock
from tenesa.workspace.suggestions import Suggestion

if TYPE_CHECKING:
    from tenesa.escalation.models import Escalation


def silent(case: Escalation) -> str:
    if case.urgent_at is None or case.urgent_at > timezone.now():
        return ""
    told = {"unit": case.unit_name, "time": clock(case.urgent_at)}
    return _("%(unit)s was to answer by %(time)s and has not.") % told


def without_reference(case: Escalation) -> str:
    if case.reference or not case.message:
        return ""
    return _("The group has the message; the reference of %(unit)s is missing.") % {"unit": case.unit_name}


TABLE = (
    Suggestion((State.WITH_UNIT,), "remind", silent),
    Suggestion((State.WITH_UNIT,), "record_reference", without_reference),
)
