"""What is asked about a case, on that case's own page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from tenesa.accounts.models import User
from tenesa.escalation.panel import panel
from tenesa.escalation.services import live_of
from tenesa.workflow.case import Case

register = template.Library()


@register.inclusion_tag("escalation/_asked.html", takes_context=True)
def asked_about(context: RequestContext, case: Case) -> dict[str, Any]:
    """Live escalations of the case with the decisions that this person may make."""
    user = context["user"]
    live = live_of(case.procedure_name(), case.pk) if isinstance(user, User) else []
    return {"panels": [panel(one, user) for one in live], "request": context.get("request")}
