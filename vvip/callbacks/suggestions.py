"""The next step of a callback, by what is known of it (W-26 5.2.6, 5.3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.roles import Role
from tenesa.workspace import softphone_words
from tenesa.workspace.suggestions import Suggestion
from vvip.callbacks import contact
from vvip.callbacks.states import HELD, State
from vvip.calls.states import Kind

if TYPE_CHECKING:
    from tenesa.contact.models import Dial
    from vvip.models import Callback


def another_class(case: Callback) -> str:
    return _("CTI says VVIP; the case was checked as another class.") if case.call.is_behind else ""


def to_be_told(case: Callback) -> str:
    return _("The back-end answered: call the customer.") if case.analysis and case.call.backend_answer else ""


def analysed(case: Callback) -> str:
    return _("Identification and analysis are noted.") if case.analysis else ""


def not_analysed(case: Callback) -> str:
    return "" if case.analysis else _("Identification and analysis are missing.")


def just_escalated(case: Callback) -> str:
    """In the talk in which it went out nothing is solved yet: they are to hear the result in another."""
    if case.escalated_at is None or case.connected_at is None or case.escalated_at < case.connected_at:
        return ""
    return _("The escalation went out: tell the customer, and agree when they hear the result.")


def escalated(case: Callback) -> str:
    return _("It was escalated before this call: is it solved?") if case.escalated_at else ""


def refused(case: Callback) -> str:
    return _("It was not taken: %(why)s") % {"why": case.problem_words} if case.problem_words else ""


def ordered(case: Callback) -> str:
    """For a VVIP the SOP comes first (5.3.4 c); what the list orders stays possible."""
    if case.call.kind == Kind.VVIP or not case.call.ordered:
        return ""
    return _("The list orders: %(what)s") % {"what": case.call.ordered}


def nobody(case: Callback) -> str:
    return softphone_words.unanswered(_call(case))


def somebody(case: Callback) -> str:
    return softphone_words.while_spoken(_call(case), _("You have dialled: who answers?"))


def _call(case: Callback) -> Dial | None:
    return contact.dialled(case, case.owner) if case.owner else None


waits = gettext_lazy("It waits for somebody of Tier 2.")
TABLE = (
    Suggestion(HELD, "take_class", another_class),
    Suggestion((State.QUEUED,), "claim", waits, to=(Role.AGENT_TIER2,)),
    Suggestion((State.QUEUED,), "assign", waits),
    Suggestion((State.CLAIMED,), "start_dial", to_be_told),
    Suggestion((State.CLAIMED,), "start_dial", analysed),
    Suggestion((State.CLAIMED,), "analyse", not_analysed),
    Suggestion((State.DIALLING,), "miss", nobody, whole=True),
    Suggestion((State.DIALLING,), "connect", somebody),
    Suggestion((State.CONNECTED,), "escalate_by_request", refused),
    Suggestion((State.CONNECTED,), "escalate_by_sop", refused),
    Suggestion((State.CONNECTED,), "appoint", just_escalated),
    Suggestion((State.CONNECTED,), "solve", escalated),
    Suggestion((State.CONNECTED,), "escalate_by_request", ordered),
    Suggestion((State.CONNECTED,), "escalate_by_sop", gettext_lazy("Nothing was escalated for the customer yet.")),
    Suggestion((State.RETRY_WAIT,), "call_again", gettext_lazy("Nobody was reached in any attempt.")),
)
