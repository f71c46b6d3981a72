"""A person's line: in one call at a time, whatever case it is about."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Actor, User
from tenesa.contact import dialling
from tenesa.contact.models import Dial
from tenesa.contact.numbers import masked
from tenesa.contact.zones import clock
from tenesa.workflow.case import Case
from tenesa.workflow.step import Guard, guard


def taken_by(case: Case, agent: User, purpose: str) -> Dial | None:
    """The call that they are in, read once a page."""
    return case.once(f"line of {agent.pk}", lambda: dialling.line_of(agent, purpose))


def is_free(purpose: str) -> Guard:
    """For the step that dials by itself: refused while the softphone for the purpose is in a call of which nobody has
    said yet what came of it; of any other the softphone itself says whether it has ended."""

    @guard(gettext_lazy("your line is free"))
    def line(case: Case, actor: Actor) -> str:
        by = taken_by(case, actor, purpose) if isinstance(actor, User) else None
        if by is None or by.is_told:
            return ""
        told = {"number": masked(by.number), "time": clock(by.at)}
        return _("You are in a call already (%(number)s, since %(time)s): end it first.") % told

    return line
