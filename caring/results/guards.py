"""When a step of a result is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.results.states import CHECKED, Awaits, State
from caring.tree import Category
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import guard

if TYPE_CHECKING:
    from caring.models import CaringResult

BOTH = {"mycx", "cwc"}  # the applications that have to hold a result (5.3, 8 langkah 6; AMB-28)


@guard(gettext_lazy("the agent whose result it is"))
def is_own(result: CaringResult, actor: Actor) -> str:
    if not isinstance(actor, User) or result.agent_id == actor.pk or actor.has_role(Role.TEAM_LEADER):
        return ""
    return _("This is the result of %(who)s.") % {"who": result.agent}


@guard(gettext_lazy("whoever may agree to it"))
def may_agree(result: CaringResult, actor: Actor) -> str:
    if not isinstance(actor, User) or result.awaits != Awaits.COMPLAINT or actor.has_role(Role.SUPERVISOR):
        return ""
    return _("A hard complaint is the supervisor's to decide.")


def may_decide(user: User) -> Q:
    """The results without those drafts that `may_agree` keeps from this person."""
    return Q() if user.has_role(Role.SUPERVISOR) else ~Q(state=State.DRAFT, awaits=Awaits.COMPLAINT)


@guard(gettext_lazy("not your own call"))
def did_not_work(result: CaringResult, actor: Actor) -> str:
    if isinstance(actor, User) and (actor.pk == result.agent_id or actor.pk in result.workers):
        return _("You had to do with this call: somebody else judges it (4.3).")
    return ""


@guard(gettext_lazy("of an appeal another arbiter"))
def is_other_arbiter(result: CaringResult, actor: Actor) -> str:
    if not result.appeal_open or not isinstance(actor, User):
        return ""
    if actor.pk in {result.qco_id, result.appealed_by_id}:
        return _("Whoever judged it or asked for the appeal does not decide about it.")
    return ""


@guard(gettext_lazy("you have room for one more"))
def has_room(result: CaringResult, actor: Actor) -> str:
    most = settings.CARING["qc_open"]
    if not isinstance(actor, User):
        return ""
    mine = type(result)._default_manager.filter(owner=actor, state=State.QC_CLAIMED)
    held = result.once(f"at QC of {actor.pk}", mine.count)
    return "" if held < most else _("You hold %(n)d results already: judge one first.") % {"n": held}


@guard(gettext_lazy("its call log is not known yet"))
def lacks_log(result: CaringResult, actor: Actor) -> str:
    return "" if result.log_awaited or not result.duration else _("How the call went is known already.")


@guard(gettext_lazy("both applications hold this version"))
def is_in_both(result: CaringResult, actor: Actor) -> str:
    missing = sorted(BOTH - set(result.entered_in))
    return _("Not entered yet in: %(names)s.") % {"names": ", ".join(missing)} if missing else ""


@guard(gettext_lazy("drawn for QC, and this version not judged yet"))
def is_for_qc(result: CaringResult, actor: Actor) -> str:
    if not result.sampled:
        return _("It is not in the sample of QC.")
    return _("QC has decided about this version.") if result.is_judged else ""


@guard(gettext_lazy("its day is still to be drawn"))
def is_undrawn(result: CaringResult, actor: Actor) -> str:
    return "" if result.sampled is None else _("It was drawn, or left out, already.")


@guard(gettext_lazy("not in the sample of QC"))
def is_not_for_qc(result: CaringResult, actor: Actor) -> str:
    if result.sampled is None:
        return _("The sample of its day is drawn at the end of the day.")
    return _("It is in the sample of QC.") if result.sampled else ""


@guard(gettext_lazy("not by whoever judged it"))
def did_not_score(result: CaringResult, actor: Actor) -> str:
    if isinstance(actor, User) and actor.pk == result.qco_id:
        return _("You judged it: somebody else asks for the appeal.")
    return ""


@guard(gettext_lazy("QC has decided where it had to"))
def is_through_qc(result: CaringResult, actor: Actor) -> str:
    """P-01 8 langkah 4 before step 5: a drawn result is final only after QC."""
    if result.sampled is None:
        return _("The sample of its day is drawn at the end of the day.")
    if result.sampled and not (result.is_judged and result.approved):
        return _("QC has not approved it yet.")
    return "" if result.state in CHECKED else _("It is not checked yet.")


@guard(gettext_lazy("within three days of the return, and once"))
def may_appeal(result: CaringResult, actor: Actor) -> str:
    if result.appealed_at is not None:
        return _("An appeal is possible once.")
    until = result.appeal_until
    if until is not None and until < timezone.now():
        return _("The time for an appeal ended at %(time)s.") % {"time": f"{timezone.localtime(until):%d/%m %H.%M}"}
    return ""


@guard(gettext_lazy("nobody was heard of it for too long"))
def is_abandoned(result: CaringResult, actor: Actor) -> str:
    if result.lease_until is not None and result.lease_until < timezone.now():
        return ""
    return _("Whoever holds it is still there.")


@guard(gettext_lazy("the third verdict is switched on"))
def may_be_not_valid(result: CaringResult, actor: Actor) -> str:
    return "" if settings.CARING["not_valid"] else _("The verdict “not valid” is not used here.")


@guard(gettext_lazy("it promises a payment"))
def is_promise(result: CaringResult, actor: Actor) -> str:
    return "" if result.category == Category.AGREE else _("This result promises nothing.")
