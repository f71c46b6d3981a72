"""The next step of an audit, by what is known of it. What becomes of an objection is a person's decision alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenesa.workspace.suggestions import Suggestion
from vvip.audits.states import State

if TYPE_CHECKING:
    from vvip.models import Audit


def not_judged(case: Audit) -> str:
    return _("The sample drew %(call)s; nobody has judged it yet.") % {"call": case.call.number}


TABLE = (Suggestion((State.DRAWN,), "audit", not_judged),)
