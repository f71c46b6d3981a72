"""The next step of a pend request, by what is known of it (W-02 1.2.2 - 1.2.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pending.states import State
from tenesa.accounts.roles import Role
from tenesa.contact import dialling
from tenesa.ui.templatetags.ui import clock
from tenesa.workspace import softphone_words
from tenesa.workspace.suggestions import Suggestion

if TYPE_CHECKING:
    from pending.models import PendingRequest


def wrote(case: PendingRequest) -> str:
    return _("The customer wrote at %(time)s.") % {"time": clock(case.wrote_at)} if case.is_unread else ""


def nobodys(case: PendingRequest) -> str:
    return "" if case.owner_id else _("Nobody works on it yet.")


def nossa_says(case: PendingRequest) -> str:
    """The ticket's status, and whom it names; who is called, is seen before the key is pressed."""
    told = case.snapshot
    if not told.get("status"):
        return ""
    words = _("NOSSA: %(number)s %(status)s.") % {"number": case.incident, "status": told["status"]}
    return " ".join(filter(None, [words, told.get("reported_by"), told.get("contact_phone")]))


def heard(case: PendingRequest) -> str:
    """What is known of the owner's own call, which nobody has recorded yet."""
    made = dialling.call_of(case, case.owner) if case.owner else None
    if made is not None and made.stage == "by_hand":
        return _("Dialled by hand at %(time)s: what came of it?") % {"time": clock(made.at)}
    return softphone_words.told(made)


def reached(case: PendingRequest) -> str:
    if case.connected_at is None:
        return ""
    return _("The customer was reached at %(time)s: what do they say?") % {"time": clock(case.connected_at)}


def tried(case: PendingRequest) -> str:
    return _("Not reached in %(n)d attempts (W-02 1.2.4).") % {"n": case.attempts_made}


TABLE = (
    Suggestion(State, "read_letter", wrote),
    Suggestion((State.RECEIVED,), "pick_up", gettext_lazy("A unit waits for the check."), to=(Role.AGENT_EMAIL,)),
    Suggestion((State.CHECKING, State.CONTACTING), "take", nobodys, to=(Role.AGENT_EMAIL,)),
    Suggestion((State.CHECKING, State.CONTACTING), "take_over", nobodys),
    Suggestion((State.CHECKING,), "start_contact", nossa_says, whole=True),
    Suggestion((State.CONTACTING,), "record_attempt", heard, whole=True),
    Suggestion((State.CONTACTING,), "agree", reached),
    Suggestion((State.CONTACTING,), "give_up", tried),
    Suggestion((State.FAILED,), "retry", gettext_lazy("NOSSA did not take it.")),
)
