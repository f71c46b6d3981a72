"""When a step of an audit is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, User
from tenesa.workflow.step import guard

if TYPE_CHECKING:
    from vvip.audits.models import Audit


@guard(gettext_lazy("you had nothing to do with the call"))
def did_not_work(audit: Audit, actor: Actor) -> str:
    if not isinstance(actor, User) or actor.pk not in audit.once("workers", audit.people):
        return ""
    return _("You worked on this call yourself, or decided about it: somebody else audits it.")


@guard(gettext_lazy("you did not audit it yourself"))
def is_not_auditor(audit: Audit, actor: Actor) -> str:
    if not isinstance(actor, User) or actor.pk != audit.audited_by_id:
        return ""
    return _("You audited it yourself: another leader decides about it.")


@guard(gettext_lazy("you worked on the call"))
def is_judged(audit: Audit, actor: Actor) -> str:
    if isinstance(actor, User) and actor.pk in audit.workers:
        return ""
    return _("Only who worked on the call may object.")


@guard(gettext_lazy("nobody has objected yet"))
def is_first(audit: Audit, actor: Actor) -> str:
    return "" if not audit.objection else _("There was an objection already, and it was decided.")
