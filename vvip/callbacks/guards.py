"""When a step of a callback is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.special_list.states import Action
from tenesa.accounts.models import Actor, User
from tenesa.workflow.claiming import held_by
from tenesa.workflow.step import guard
from vvip.callbacks import contact
from vvip.callbacks.states import HELD
from vvip.calls.duty import is_there
from vvip.calls.states import Kind
from vvip.calls.states import State as CallState

if TYPE_CHECKING:
    from vvip.models import Callback


@guard(gettext_lazy("you have room for one more"))
def has_room(callback: Callback, actor: Actor) -> str:
    most = settings.W26["open_items"]
    if not isinstance(actor, User):
        return ""
    held = callback.once(f"held by {actor.pk}", partial(held_by, type(callback), actor, HELD))
    return "" if held < most else _("You hold %(n)d callbacks already: finish one first.") % {"n": held}


@guard(gettext_lazy("the appointment is not another agent's"))
def is_not_promised(callback: Callback, actor: Actor) -> str:
    if callback.promised_to_id is None or (isinstance(actor, User) and callback.promised_to_id == actor.pk):
        return ""
    return _("%(who)s has promised to call; after 15 minutes it is open to all.") % {"who": callback.promised_to}


@guard(gettext_lazy("the customer may be called now"))
def may_call(callback: Callback, actor: Actor) -> str:
    verdict = contact.verdict_now(callback)
    return "" if verdict.allowed else verdict.reason_words


@guard(gettext_lazy("the customer may not be called now"))
def may_not_call(callback: Callback, actor: Actor) -> str:
    verdict = contact.verdict_now(callback)
    return _("The customer may be called now.") if verdict.allowed or verdict.next_at is None else ""


@guard(gettext_lazy("identification and analysis are noted"))
def is_analysed(callback: Callback, actor: Actor) -> str:
    return "" if callback.analysis else _("Identify and analyse the case first (5.2.6 b, 5.3.4 b).")


@guard(gettext_lazy("you have dialled"))
def is_dialled(callback: Callback, actor: Actor) -> str:
    if not isinstance(actor, User) or contact.dialled(callback, actor) is not None:
        return ""
    return _("The number was not dialled yet, or your softphone refused it: dial first.")


@guard(gettext_lazy("you have not dialled"))
def is_not_dialled(callback: Callback, actor: Actor) -> str:
    if isinstance(actor, User) and contact.dialled(callback, actor) is not None:
        return _("You have dialled: say what came of the call.")
    return ""


@guard(gettext_lazy("the team leader decides about it"))
def is_with_leader(callback: Callback, actor: Actor) -> str:
    return "" if callback.with_leader else _("There are attempts left: the callback comes back by itself.")


@guard(gettext_lazy("attempts are left"))
def has_attempts(callback: Callback, actor: Actor) -> str:
    return _("No attempts are left: the team leader decides.") if callback.with_leader else ""


def _orders(callback: Callback) -> bool:
    return callback.call.action not in {"", Action.NONE}


@guard(gettext_lazy("the list entry orders something, and still holds"))
def has_request(callback: Callback, actor: Actor) -> str:
    if not _orders(callback):
        return _("No list entry orders anything: escalate by the SOP (5.3.4 c).")
    if not callback.once("ordered now", callback.is_still_ordered):
        return _("The list entry has ended since the check: escalate by the SOP.")
    return ""


@guard(gettext_lazy("VVIP, or nothing that the list orders"))
def is_by_sop(callback: Callback, actor: Actor) -> str:
    if callback.call.kind == Kind.VVIP or not _orders(callback):
        return ""
    if not callback.once("ordered now", callback.is_still_ordered):
        return ""
    return _("The list orders what to do: escalate as it says (5.2.6 c).")


@guard(gettext_lazy("no escalation waits for its answer"))
def is_answered(callback: Callback, actor: Actor) -> str:
    if callback.how and callback.escalated_at is None and not callback.problem_words:
        return _("%(how)s: the answer is awaited.") % {"how": callback.get_how_display()}
    return ""


@guard(gettext_lazy("nothing is asked of the team leader"))
def is_not_asked(callback: Callback, actor: Actor) -> str:
    if callback.call.state == CallState.BACKEND_WAIT_APPROVAL:
        return _("The team leader decides about it just now.")
    return ""


@guard(gettext_lazy("CTI says VVIP and the case was checked as another"))
def has_new_class(callback: Callback, actor: Actor) -> str:
    return "" if callback.call.is_behind else _("The case is of the class that CTI and our list say.")


@guard(gettext_lazy("the class is the one that CTI says"))
def class_is_taken(callback: Callback, actor: Actor) -> str:
    return _("CTI says VVIP meanwhile: take the new class first (5.3.2).") if callback.call.is_behind else ""


@guard(gettext_lazy("special, not VVIP"))
def is_special(callback: Callback, actor: Actor) -> str:
    return "" if callback.call.kind != Kind.VVIP else _("For a VVIP ask for the super emergency (5.3.4).")


@guard(gettext_lazy("a VVIP whose case was escalated and is not solved"))
def is_unsolved_vvip(callback: Callback, actor: Actor) -> str:
    if callback.call.kind != Kind.VVIP:
        return _("Only a VVIP becomes a super emergency (5.3.4).")
    if callback.call.state != CallState.T2_ESCALATED and callback.escalated_at is None:
        return _("Escalate it first: a super emergency is what that did not solve (5.3.4 d).")
    return ""


@guard(gettext_lazy("its time has come"))
def is_due(callback: Callback, actor: Actor) -> str:
    if callback.at is None or callback.at <= timezone.now():
        return ""
    return _("Its time is %(time)s.") % {"time": f"{timezone.localtime(callback.at):%d/%m %H.%M}"}


@guard(gettext_lazy("whoever holds it has gone"))
def is_left(callback: Callback, actor: Actor) -> str:
    owner = callback.owner
    return _("Whoever holds it is still there.") if owner is not None and is_there(owner) else ""


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
