"""When a step of a prospect is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.exclusions import matching
from caring.prospects import contact
from caring.prospects.states import FRESH_FOR, HELD, Excluded, State
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.workflow.claiming import held_by
from tenesa.workflow.step import guard
from tenesa.workspace.ownership import is_mine

if TYPE_CHECKING:
    from caring.models import Prospect


@guard(gettext_lazy("you have room for one more"))
def has_room(prospect: Prospect, actor: Actor) -> str:
    most = settings.CARING["open_picks"]
    if not isinstance(actor, User):
        return ""
    held = prospect.once(f"held by {actor.pk}", partial(held_by, type(prospect), actor, HELD))
    return "" if held < most else _("You hold %(n)d prospects already: finish one first.") % {"n": held}


@guard(gettext_lazy("it may be picked by now"))
def is_due(prospect: Prospect, actor: Actor) -> str:
    if prospect.ready or prospect.ready_at <= timezone.now():
        return ""
    return _("It may be called from %(time)s.") % {"time": f"{timezone.localtime(prospect.ready_at):%d/%m %H.%M}"}


@guard(gettext_lazy("the appointment is not another agent's"))
def is_not_promised(prospect: Prospect, actor: Actor) -> str:
    if prospect.promised_to_id is None or (isinstance(actor, User) and prospect.promised_to_id == actor.pk):
        return ""
    return _("%(who)s has promised to call.") % {"who": prospect.promised_to}


@guard(gettext_lazy("it is of your team's quota"))
def is_of_team(prospect: Prospect, actor: Actor) -> str:
    if prospect.team_id is None or not isinstance(actor, User):
        return ""
    if prospect.team_id in actor.teams:
        return ""
    return _("This prospect is in the quota of %(team)s.") % {"team": prospect.team}


@guard(gettext_lazy("the customer may be called now"))
def may_call(prospect: Prospect, actor: Actor) -> str:
    if not contact.number_of(prospect):
        return _("No number is left that can be called.")
    verdict = contact.verdict_now(prospect)
    return "" if verdict.allowed else verdict.reason_words


@guard(gettext_lazy("the customer may not be called now"))
def may_not_call(prospect: Prospect, actor: Actor) -> str:
    verdict = contact.verdict_now(prospect)
    return _("The customer may be called now.") if verdict.allowed or verdict.next_at is None else ""


@guard(gettext_lazy("I-payment was asked, and tells of arrears"))
def bills_are_read(prospect: Prospect, actor: Actor) -> str:
    if prospect.bills_problem:
        return ""  # the application is down: the page says so, and the list's figures stand
    read = prospect.bills_read_at
    if read is None:
        return _("The bills are being read in I-payment: wait for them, so that no debt is named that is paid (6.8).")
    if read + FRESH_FOR < timezone.now():
        return _("The bills were read %(time)s: read them again first.") % {"time": f"{timezone.localtime(read):%H.%M}"}
    return ""


@guard(gettext_lazy("no number is left"))
def has_no_number(prospect: Prospect, actor: Actor) -> str:
    return _("There is a number that can be called.") if contact.number_of(prospect) else ""


@guard(gettext_lazy("something is owed"))
def owes(prospect: Prospect, actor: Actor) -> str:
    if not prospect.is_paid:
        return ""
    return _("I-payment says that all is paid: name no debt, and end it as “says it is paid” (6.8).")


@guard(gettext_lazy("its arrears are older than both campaigns"))
def is_beyond(prospect: Prospect, actor: Actor) -> str:
    if prospect.bucket_now():
        return _("It belongs to one of the two campaigns.")
    return _("Somebody speaks with the customer: after the call.") if prospect.state == State.IN_CALL else ""


@guard(gettext_lazy("by its oldest month it belongs to the other campaign"))
def is_elsewhere(prospect: Prospect, actor: Actor) -> str:
    now = prospect.bucket_now()
    return "" if now and now != prospect.campaign else _("It is in its campaign.")


@guard(gettext_lazy("it was dialled"))
def is_dialled(prospect: Prospect, actor: Actor) -> str:
    if contact.dialled(prospect) is not None:
        return ""
    return _("The number was not dialled yet, or your softphone refused it: dial first.")


@guard(gettext_lazy("the softphone does not say that nobody answered"))
def may_be_answered(prospect: Prospect, actor: Actor) -> str:
    """A call that was dialled by hand, or whose log is not known yet, is as its agent says."""
    made = contact.dialled(prospect)
    if made is None or not made.is_unanswered:
        return ""
    said = {"result": made.get_result_display()}
    return _("The softphone says “%(result)s”: nobody answered. Record it as “Not reached”.") % said


@guard(gettext_lazy("it was not dialled"))
def is_not_dialled(prospect: Prospect, actor: Actor) -> str:
    return "" if contact.dialled(prospect) is None else _("It was dialled: say what came of the call.")


@guard(gettext_lazy("whoever calls, or called last"))
def is_callers(prospect: Prospect, actor: Actor) -> str:
    if not isinstance(actor, User) or actor.has_role(Role.TEAM_LEADER):
        return ""
    if prospect.state in HELD:
        return is_mine.refuses(prospect, actor)
    last = prospect.once("who called last", lambda: prospect.results.order_by("-pk").first())
    return "" if last is not None and last.agent_id == actor.pk else _("Somebody else has called this customer.")


@guard(gettext_lazy("the receiver is confirmed as the payer"))
def is_payer(prospect: Prospect, actor: Actor) -> str:
    if prospect.payer_confirmed_at is not None:
        return ""
    return _("Confirm first that you speak with whoever pays: nobody else hears of the debt.")


@guard(gettext_lazy("the receiver is not the payer"))
def is_other(prospect: Prospect, actor: Actor) -> str:
    return _("The payer speaks: record it as “Decline”.") if prospect.payer_confirmed_at is not None else ""


@guard(gettext_lazy("nobody was heard of it for too long"))
def is_abandoned(prospect: Prospect, actor: Actor) -> str:
    if prospect.lease_until is not None and prospect.lease_until < timezone.now():
        return ""
    return _("Whoever holds it is still there.")


@guard(gettext_lazy("it was excluded and may be called all the same"))
def may_return(prospect: Prospect, actor: Actor) -> str:
    if prospect.state == State.EXCLUDED and not prospect.phones:
        return _("No number is left that can be called.")
    if prospect.excluded_why == Excluded.WITHDRAWN:
        return _("Its list was withdrawn: restore the list.")
    return _still_listed(prospect)


@guard(gettext_lazy("it stands on an exclusion list"))
def is_listed(prospect: Prospect, actor: Actor) -> str:
    if matching.of_prospect(prospect) is None:
        return _("It stands on no exclusion list.")
    return _("Somebody speaks with the customer: after the call.") if prospect.state == State.IN_CALL else ""


@guard(gettext_lazy("it was on an exclusion list, and is on none any more"))
def was_listed(prospect: Prospect, actor: Actor) -> str:
    if prospect.excluded_why != Excluded.LISTED:
        return _("It was excluded for another reason.")
    return _still_listed(prospect)


def _still_listed(prospect: Prospect) -> str:
    entry = matching.of_prospect(prospect)
    if entry is None:
        return ""
    return _("It stands on an exclusion list, %(why)s: lift the entry first.") % {"why": entry.words}


@guard(gettext_lazy("nobody has called or picked it"))
def is_untouched(prospect: Prospect, actor: Actor) -> str:
    return _("Somebody has called already.") if prospect.attempts or prospect.owner_id else ""


@guard(gettext_lazy("its list was withdrawn"))
def is_withdrawn(prospect: Prospect, actor: Actor) -> str:
    return "" if prospect.excluded_why == Excluded.WITHDRAWN else _("It was excluded for another reason.")
