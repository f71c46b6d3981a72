"""The next step of a 147 call, by what is known of it (W-26 5.2, 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.roles import Role
from tenesa.audit.masking import mask
from tenesa.ui.templatetags.ui import when
from tenesa.workspace.suggestions import Suggestion
from vvip.calls.forms import QUESTIONS, confirmed_number, proposed
from vvip.calls.states import AT_TIER1, NEWS_OWED, State

if TYPE_CHECKING:
    from vvip.models import SpecialCase


def nobodys(case: SpecialCase) -> str:
    return "" if case.owner_id else _("Nobody holds it yet.")


def report_missing(case: SpecialCase) -> str:
    return "" if case.report else _("What the customer reports is missing.")


def customer_known(case: SpecialCase) -> str:
    known = case.customer if case.customer_id else case.only_match()
    return _("The number leads to one customer: confirm the data.") if known else ""


def asks(case: SpecialCase) -> str:
    names = [str(QUESTIONS[name]) for name in proposed(case)]
    return _("Ask the customer: %(names)s.") % {"names": ", ".join(names)} if names else ""


def on_a_list(case: SpecialCase) -> str:
    return _("%(kind)s: read the way-out script aloud.") % {"kind": case.get_kind_display()} if case.is_listed else ""


def whom_to_call(case: SpecialCase) -> str:
    words = _("The way out was read. Callback: %(name)s, %(number)s.")
    return words % {"name": case.customer, "number": mask(case.contact_number or confirmed_number(case))}


def callback_waits(case: SpecialCase) -> str:
    waiting = case.waiting_callback()
    return _("Callback %(number)s about this waits already.") % {"number": waiting.number} if waiting else ""


def called_again(case: SpecialCase) -> str:
    waiting = case.waiting_callback()
    return _("The customer called again: they may be helped at once.") if waiting and waiting.calls > 1 else ""


def news_promised(case: SpecialCase) -> str:
    if not case.is_super_emergency or case.news_due is None:
        return ""
    return _("Super emergency: the customer is to hear news by %(time)s.") % {"time": when(case.news_due)}


TABLE = (
    Suggestion(AT_TIER1, "take", nobodys, to=(Role.AGENT_147,)),
    Suggestion(AT_TIER1, "take_over", nobodys),
    Suggestion((State.REPORTED,), "note_report", report_missing),
    Suggestion((State.REPORTED,), "start_verification", customer_known),
    Suggestion((State.REPORTED,), "choose_customer", gettext_lazy("It is not known which customer it is.")),
    Suggestion((State.VERIFYING,), "confirm_identity", asks, says="all_matched"),
    Suggestion((State.VERIFYING,), "confirm_identity", gettext_lazy("The data of the customer are not confirmed yet.")),
    Suggestion((State.LIST_CHECKED, State.WAYOUT_READ), "join_callback", callback_waits),
    Suggestion((State.LIST_CHECKED,), "read_way_out", on_a_list, says="read"),
    Suggestion((State.LIST_CHECKED,), "analyse", gettext_lazy("On no list, and no VVIP (W-26 5.2.7).")),
    Suggestion((State.WAYOUT_READ,), "queue_callback", whom_to_call, whole=True),
    Suggestion((State.T1_ANALYSED,), "solve", gettext_lazy("The case is analysed.")),
    Suggestion((State.CALLBACK_QUEUED,), "help_now", called_again, to=(Role.AGENT_147,)),
    Suggestion(NEWS_OWED, "tell_news", news_promised),
)
