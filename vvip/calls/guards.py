"""When a step of a 147 call is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.special_list.states import Action
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.knowledge import scripts
from tenesa.knowledge.models import Version
from tenesa.workflow.step import guard
from vvip.calls.states import Asked, Topic

if TYPE_CHECKING:
    from vvip.models import SpecialCase

WAY_OUT = "Knowledge/Script Handling 147/Way Out"  # W-26 5.2.5, 5.3.3: the menu of My Kiss


@guard(gettext_lazy("nobody holds it"))
def is_free(call: SpecialCase, actor: Actor) -> str:
    if call.owner_id is None:
        return ""
    if isinstance(actor, User) and call.owner_id == actor.pk:
        return _("You have this call already.")
    return _("%(who)s handles this call.") % {"who": call.owner}


@guard(gettext_lazy("it is known what the customer reports"))
def has_report(call: SpecialCase, actor: Actor) -> str:
    return "" if call.report else _("Write down first what the customer reports (5.2.1).")


@guard(gettext_lazy("it is known which customer it is"))
def has_customer(call: SpecialCase, actor: Actor) -> str:
    known = call.customer_id or call.only_match()
    return "" if known else _("Say first which customer it is: several or none have this number (5.2.2).")


@guard(gettext_lazy("a list entry or VVIP"))
def is_listed(call: SpecialCase, actor: Actor) -> str:
    if call.is_listed:
        return ""
    return _("The customer is on no list and no VVIP: analyse the case yourself (5.2.7).")


@guard(gettext_lazy("no list entry and no VVIP"))
def is_not_listed(call: SpecialCase, actor: Actor) -> str:
    if not call.is_listed:
        return ""
    return _("The customer is listed: read the way-out script and enter the callback (5.2.5, 5.3.3).")


@guard(gettext_lazy("the way-out script is published"))
def has_script(call: SpecialCase, actor: Actor) -> str:
    if call.once("way out", lambda: scripts.current(WAY_OUT)) is not None:
        return ""
    return _("There is no way-out script: neither in My Kiss nor as a copy here. Ask your team leader.")


def must_acknowledge(call: SpecialCase, version: Version, reader: User) -> bool:
    """Asked by the page and by the step: once a page."""
    return call.once(f"script unread by {reader.pk}", lambda: scripts.must_acknowledge(reader, version))


@guard(gettext_lazy("you have read what changed in the script"))
def knows_script(call: SpecialCase, actor: Actor) -> str:
    script = call.once("way out", lambda: scripts.current(WAY_OUT))
    if script is None or not isinstance(actor, User) or not must_acknowledge(call, script.version, actor):
        return ""
    return _("The way-out script has changed: read and acknowledge version %(n)d first.") % {"n": script.version.number}


@guard(gettext_lazy("no callback about this waits already"))
def nothing_waits(call: SpecialCase, actor: Actor) -> str:
    waiting = call.waiting_callback()
    if waiting is None:
        return ""
    return _("%(number)s about this waits already: join this call to it.") % {"number": waiting.number}


@guard(gettext_lazy("a callback about this waits already"))
def something_waits(call: SpecialCase, actor: Actor) -> str:
    if call.waiting_callback() is not None:
        return ""
    return _("No callback about this waits: enter a new one (5.2.6).")


@guard(gettext_lazy("the callback is not in somebody's hands"))
def is_not_held(call: SpecialCase, actor: Actor) -> str:
    callback = call.live_callback()
    if callback is None or callback.owner is None:
        return ""
    return _("%(who)s is calling this customer just now.") % {"who": callback.owner}


@guard(gettext_lazy("un-isolation is allowed"))
def may_be_unisolated(call: SpecialCase, actor: Actor) -> str:
    if any(entry["action"] == Action.TO_PLASA for entry in call.entries):
        return _(
            "The isolation of this customer may not be lifted by order of the management: decline, and show the way"
            " to the nearest Plasa Telkom (5.1.1)."
        )
    return ""


@guard(gettext_lazy("the customer asks for un-isolation"))
def is_about_isolation(call: SpecialCase, actor: Actor) -> str:
    return "" if call.topic == Topic.UNISOLATE else _("The customer did not ask for that.")


@guard(gettext_lazy("a super emergency was asked for"))
def asks_super(call: SpecialCase, actor: Actor) -> str:
    return "" if call.asked == Asked.SUPER else _("Only the hand-over to the back-end was asked for.")


@guard(gettext_lazy("the hand-over alone was asked for, or the super emergency is declared"))
def is_declared(call: SpecialCase, actor: Actor) -> str:
    if call.asked != Asked.SUPER or call.is_super_emergency:
        return ""
    return _("The super emergency comes first.")


@guard(gettext_lazy("it is a super emergency"))
def is_emergency(call: SpecialCase, actor: Actor) -> str:
    return "" if call.is_super_emergency else _("This is no super emergency (any more).")


@guard(gettext_lazy("you own the emergency, or you lead"))
def owns_emergency(call: SpecialCase, actor: Actor) -> str:
    if not isinstance(actor, User) or actor.pk == call.emergency_owner_id:
        return ""
    if actor.has_role(Role.TEAM_LEADER, Role.SUPERVISOR):
        return ""
    return _("%(who)s owns this super emergency.") % {"who": call.emergency_owner}


@guard(gettext_lazy("you have the customer, nobody does, or you lead"))
def has_customer_or_leads(call: SpecialCase, actor: Actor) -> str:
    """While the back-end has it: who owns the emergency, else who of Tier 2 spoke with the customer last."""
    holder = call.owner or call.tier2
    if not isinstance(actor, User) or holder is None or holder.pk == actor.pk:
        return ""
    if actor.has_role(Role.TEAM_LEADER, Role.SUPERVISOR, Role.API_CLIENT, Role.TELKOM_UNIT):
        return ""
    return _("%(who)s tells the customer what the back-end says.") % {"who": holder.as_holder}
