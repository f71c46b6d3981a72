"""When a step of a callback is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, User
from tenesa.workflow.step import guard
from vvip.callbacks.states import HELD
from vvip.calls.states import Kind
from vvip.calls.states import State as CallState

if TYPE_CHECKING:
    from vvip.models import Callback

PURPOSE = "callback"  # what the contact rules know these calls as


@guard(gettext_lazy("you are ready (auto-in)"))
def is_ready(callback: Callback, actor: Actor) -> str:
    if not isinstance(actor, User) or actor.is_machine or callback.finds_ready(actor):
        return ""
    return _("Set yourself to auto-in first: work reaches only people who are ready.")


@guard(gettext_lazy("you have room for one more"))
def has_room(callback: Callback, actor: Actor) -> str:
    most = settings.W26["open_items"]
    if not isinstance(actor, User):
        return ""
    held = type(callback)._default_manager.filter(owner=actor, state__in=HELD).exclude(pk=callback.pk).count()
    return "" if held < most else _("You hold %(n)d callbacks already: finish one first.") % {"n": held}


@guard(gettext_lazy("the appointment is not another agent's"))
def is_not_promised(callback: Callback, actor: Actor) -> str:
    if callback.promised_to_id is None or (isinstance(actor, User) and callback.promised_to_id == actor.pk):
        return ""
    return _("%(who)s has promised to call; after 15 minutes it is open to all.") % {"who": callback.promised_to}


@guard(gettext_lazy("the customer may be called now"))
def may_call(callback: Callback, actor: Actor) -> str:
    verdict = callback.may_call(timezone.now())
    return "" if verdict.allowed else verdict.reason_words


@guard(gettext_lazy("identification and analysis are noted"))
def is_analysed(callback: Callback, actor: Actor) -> str:
    return "" if callback.analysis else _("Identify and analyse the case first (5.2.6 b, 5.3.4 b).")


@guard(gettext_lazy("the team leader decides about it"))
def is_with_leader(callback: Callback, actor: Actor) -> str:
    return "" if callback.with_leader else _("There are attempts left: the callback comes back by itself.")


@guard(gettext_lazy("attempts are left"))
def has_attempts(callback: Callback, actor: Actor) -> str:
    return _("No attempts are left: the team leader decides.") if callback.with_leader else ""


@guard(gettext_lazy("the list entry orders something, and still holds"))
def has_request(callback: Callback, actor: Actor) -> str:
    call = callback.call
    if not call.action:
        return _("No list entry orders anything: escalate by the SOP (5.3.4 c).")
    if not callback.once("ordered now", callback.is_still_ordered):
        return _("The list entry has ended since the check: escalate by the SOP.")
    return ""


@guard(gettext_lazy("VVIP, or nothing that the list orders"))
def is_by_sop(callback: Callback, actor: Actor) -> str:
    call = callback.call
    if call.kind == Kind.VVIP or not call.action or not callback.once("ordered now", callback.is_still_ordered):
        return ""
    return _("The list orders what to do: escalate as it says (5.2.6 c).")


@guard(gettext_lazy("nothing is asked of the team leader"))
def is_not_asked(callback: Callback, actor: Actor) -> str:
    if callback.call.state == CallState.BACKEND_WAIT_APPROVAL:
        return _("The team leader decides about it just now.")
    return ""


@guard(gettext_lazy("special, not VVIP"))
def is_special(callback: Callback, actor: Actor) -> str:
    return "" if callback.call.kind != Kind.VVIP else _("For a VVIP ask for the super emergency (5.3.4).")


@guard(gettext_lazy("a VVIP whose case was escalated and is not solved"))
def is_unsolved_vvip(callback: Callback, actor: Actor) -> str:
    if callback.call.kind != Kind.VVIP:
        return _("Only a VVIP becomes a super emergency (5.3.4).")
    if callback.call.state != CallState.T2_ESCALATED:
        return _("Escalate it first: a super emergency is what that did not solve (5.3.4 d).")
    return ""


@guard(gettext_lazy("its time has come"))
def is_due(callback: Callback, actor: Actor) -> str:
    if callback.at is None or callback.at <= timezone.now():
        return ""
    return _("Its time is %(time)s.") % {"time": f"{timezone.localtime(callback.at):%d/%m %H.%M}"}


@guard(gettext_lazy("nobody was heard of it for too long"))
def is_abandoned(callback: Callback, actor: Actor) -> str:
    if callback.lease_until is not None and callback.lease_until < timezone.now():
        return ""
    return _("Whoever holds it is still there.")


@guard(gettext_lazy("its time is over"))
def is_over(callback: Callback, actor: Actor) -> str:
    return "" if callback.expires_at <= timezone.now() else _("There is time left.")


@guard(gettext_lazy("it has waited long enough to rise"))
def may_rise(callback: Callback, actor: Actor) -> str:
    moment = callback.rises_at()
    return "" if moment is not None and moment <= timezone.now() else _("It has not waited so long yet.")
