"""When a step of W-02 is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pending.contact import appointed_in_words, call_verdict, rule
from pending.mails import mailbox_of
from pending.states import HELD, State
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.systems.operations import REPAIRED
from tenesa.workflow.step import guard

if TYPE_CHECKING:
    from pending.models import PendingRequest

LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}


def leads(actor: Actor) -> bool:
    return actor.has_role(*LEADERS)


@guard(gettext_lazy("you are ready (auto-in)"))
def is_ready(request: PendingRequest, actor: Actor) -> str:
    if not isinstance(actor, User) or request.finds_ready(actor):
        return ""
    return _("Set yourself to auto-in first: work reaches only people who are ready (W-02 1.1).")


@guard(gettext_lazy("nobody works on it"))
def is_free(request: PendingRequest, actor: Actor) -> str:
    return _("%(who)s works on this request.") % {"who": request.owner} if request.owner else ""


@guard(gettext_lazy("you work on it"))
def is_mine(request: PendingRequest, actor: Actor) -> str:
    if not isinstance(actor, User) or request.owner_id == actor.pk:
        return ""
    if request.owner is None:
        return _("Nobody works on this request: take it first.")
    return _("%(who)s works on this request.") % {"who": request.owner}


@guard(gettext_lazy("nobody else works on it"))
def is_mine_or_free(request: PendingRequest, actor: Actor) -> str:
    return is_mine.refuses(request, actor) if request.owner_id else ""


@guard(gettext_lazy("there is a mailbox to write from"))
def has_mailbox(request: PendingRequest, actor: Actor) -> str:
    return "" if mailbox_of(request) else _("No mailbox of this desk is active: there is nothing to write from.")


@guard(gettext_lazy("you work on it, or you lead"))
def is_mine_or_you_lead(request: PendingRequest, actor: Actor) -> str:
    if request.owner is None:
        return _("Nobody works on this request.")
    return "" if leads(actor) else is_mine.refuses(request, actor)


@guard(gettext_lazy("the customer wrote"))
def has_letter(request: PendingRequest, actor: Actor) -> str:
    return "" if request.is_unread else _("There is no mail of the customer that nobody has read.")


@guard(gettext_lazy("NOSSA was read"))
def is_checked(request: PendingRequest, actor: Actor) -> str:
    if request.checked_at is not None:
        return ""
    return request.problem or _("NOSSA has not answered yet: its ticket is needed first (1.2.2).")


@guard(gettext_lazy("the ticket is open"))
def is_open(request: PendingRequest, actor: Actor) -> str:
    if request.status not in REPAIRED:
        return ""
    return _("The ticket is %(status)s in NOSSA: there is nothing to put on hold.") % {"status": request.status}


@guard(gettext_lazy("the ticket is not on hold already"))
def is_not_on_hold(request: PendingRequest, actor: Actor) -> str:
    if request.status not in HELD or request.is_extension:
        return ""
    return _("The ticket is on hold in NOSSA already (%(status)s).") % {"status": request.status}


@guard(gettext_lazy("the next call is allowed"))
def may_call(request: PendingRequest, actor: Actor) -> str:
    return call_verdict(request, actor).reason_words if isinstance(actor, User) else ""


@guard(gettext_lazy("the customer was reached"))
def is_connected(request: PendingRequest, actor: Actor) -> str:
    if request.connected_at is not None:
        return ""
    return _("The customer was not reached yet: record the call in which they answered (1.2.3).")


@guard(gettext_lazy("attempts by the rule, and none connected"))
def is_unreached(request: PendingRequest, actor: Actor) -> str:
    if request.connected_at is not None or request.call_back_at is not None:
        return _("The customer was reached: only their own answer counts now.")
    needed = rule()
    made = needed.counted(request.tried)
    if made >= needed.attempts:
        return ""
    return _(
        "%(made)d of %(needed)d attempts count: at least %(gap)d minutes apart, all within %(window)d minutes (1.2.4)."
    ) % {
        "made": made, "needed": needed.attempts, "gap": _minutes(needed.gap), "window": _minutes(needed.window),
    }  # fmt: skip


@guard(gettext_lazy("no appointment was made yet"))
def has_no_appointment(request: PendingRequest, actor: Actor) -> str:
    if request.call_back_at is None:
        return ""
    return _("There was one appointment already, at %(time)s: now the customer decides.") % {
        "time": appointed_in_words(request)
    }


@guard(gettext_lazy("it was extended fewer times than allowed"))
def may_extend(request: PendingRequest, actor: Actor) -> str:
    if request.extension < settings.PENDING["extensions"]:
        return ""
    return _("It was extended %(n)d times already: the work goes on at the agreed time.") % {"n": request.extension}


@guard(gettext_lazy("it extends a hold that runs"))
def is_extension(request: PendingRequest, actor: Actor) -> str:
    return "" if request.is_extension else _("No hold runs that could be kept.")


@guard(gettext_lazy("it does not extend a running hold"))
def is_no_extension(request: PendingRequest, actor: Actor) -> str:
    if not request.is_extension:
        return ""
    return _("A hold runs until the agreed time: keep it as it was instead.")


@guard(gettext_lazy("the agreed time has come"))
def is_over(request: PendingRequest, actor: Actor) -> str:
    ends = request.until if request.state == State.PENDED else request.held_until
    if ends is not None and ends <= timezone.now():
        return ""
    return _("The hold is not over yet.")


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
