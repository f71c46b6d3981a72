"""The composer: a step that writes a mail, or a note, with a draft that is kept on the server as it is typed."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.humanize.templatetags.humanize import intcomma
from django.forms import CharField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.models import User
from tenesa.knowledge import snippets
from tenesa.mail import templating
from tenesa.mail.recipient_form import RecipientForm
from tenesa.ui import viewing
from tenesa.ui.views import current_user
from tenesa.workflow.offered import Offer, offered
from tenesa.workflow.step import StepForm
from tenesa.workspace import auto_in, drafts, mentions
from tenesa.workspace.case_page import visible_case
from tenesa.workspace.desk import Desk
from tenesa.workspace.models import Draft
from tenesa.workspace.presence import keep_held
from tenesa.workspace.rail import RailOffer, composes
from tenesa.workspace.step_names import NOTE

LONGEST_DRAFT = 100_000  # characters of a field
WRITES_FOR = timedelta(minutes=1)  # after the last word that was typed
TEXT_FIELDS = {"message", "text", "unit_note", "facts"}
DRAWN_APART = {*TEXT_FIELDS, "formatted", "attachments", "to", "cc", "and_close"}


@login_required
@require_GET
def compose(request: HttpRequest, pk: int, step: str, desk: Desk) -> HttpResponse:
    """The composer for a step that writes to the customer, or for a note; it opens with the draft."""
    shown = visible_case(desk, request, pk)
    offer = _offer_of(request, shown, step)
    draft = next((one for one in drafts.of(shown, current_user(request)) if one.step == step), None)
    values = drafts.values_of(draft, shown) if draft else {}
    return composer(desk, request, shown, _with(offer, shown, request, values), draft=draft)


@login_required
@require_POST
def compose_as(request: HttpRequest, pk: int, desk: Desk) -> HttpResponse:
    """The same words, sent by another step: its template and its fields."""
    shown = visible_case(desk, request, pk)
    offer = _offer_of(request, shown, request.POST.get("step", ""))
    values = {name: request.POST[name] for name in ("to", "cc") if name in request.POST}
    if request.POST.get("message"):
        values |= {name: request.POST[name] for name in ("message", "formatted") if name in request.POST}
    return composer(desk, request, shown, _with(offer, shown, request, values))


@login_required
@require_GET
def still_possible(request: HttpRequest, pk: int, step: str, desk: Desk) -> HttpResponse:
    """Said to whoever writes as soon as it is so: that what they write cannot be sent any more, and why."""
    shown = visible_case(desk, request, pk)
    offer = next((one for one in offered(shown, current_user(request)) if one.step.name == step), None)
    passed = _("The case has moved on: “%(state)s”. This cannot be sent now.")
    reasons = offer.refusals if offer else [passed % {"state": desk.state(shown.state)}]
    return render(request, "workspace/_still_possible.html", {"reasons": reasons})


def _offer_of(request: HttpRequest, shown: Any, step: str) -> Offer:
    offer = next((offer for offer in offered(shown, current_user(request)) if offer.step.name == step), None)
    if offer is None or offer.step.form is None:
        raise Http404
    return offer


def _with(offer: Offer, shown: Any, request: HttpRequest, values: dict[str, Any]) -> RailOffer:
    form = (offer.step.form or StepForm)(case=shown, actor=current_user(request), initial=values)
    return RailOffer(offer.step, form, offer.refusals)


def composer(
    desk: Desk, request: HttpRequest, shown: Any, offer: RailOffer, *, draft: Draft | None = None, status: int = 200
) -> HttpResponse:
    form: StepForm | None = offer.form
    fields = list(form) if form else []
    for bound in fields:
        if bound.name == "message":
            hint = _("Greeting and closing are added for you. “;” puts in a snippet.")
            bound.field.widget.attrs |= {"data-text": "", "placeholder": hint}
        if bound.name == "text":
            bound.field.widget.attrs["data-text"] = ""
            if offer.step.name == NOTE:
                address = desk.url("colleagues", shown.pk)
                bound.field.widget.attrs |= {"data-mention": address, "placeholder": _("“@” names a colleague.")}
    every = offered(shown, current_user(request))
    above, below = around(desk, form, shown, current_user(request))
    context = {
        "desk": desk,
        "case": shown,
        "offer": offer,
        "note": offer.step.name == NOTE,
        "text_fields": [bound for bound in fields if bound.name in TEXT_FIELDS],
        "small_fields": [bound for bound in fields if bound.name not in DRAWN_APART],
        "recipients": form if isinstance(form, RecipientForm) else None,
        "formatted_field": next((bound for bound in fields if bound.name == "formatted"), None),
        "files_field": next((bound for bound in fields if bound.name == "attachments"), None),
        "compose": [one for one in every if one.allowed and composes(one.step)],
        "page_key": str(uuid.uuid4()),
        "open_next": request.POST.get("next") == "1" if request.method == "POST" else bool(offer.step.target),
        "draft": draft,
        "template_above": above,
        "template_below": below,
        "closing_words": getattr(form, "closing_words", ""),
    }
    return render(request, "workspace/_composer.html", context, status=status)


def around(desk: Desk, form: StepForm | None, shown: Any, user: User) -> tuple[str, str]:
    """What the mail's template says above and below the writer's words; “…” stands for what is not known yet. What a
    field of the form gives is shown as it stands there, and follows it while it is typed (composer.js)."""
    template = getattr(form, "template", "")
    if form is None or not template:
        return "", ""
    known = {**desk.snippet_values(shown), "agent": str(user)}
    typed_in = {bound.name: str(bound.value() or "") for bound in form if type(bound.field) is CharField}

    def value(found: re.Match[str]) -> str:
        if (name := found[1]) in typed_in:
            return format_html('<span data-value-of="{}">{}</span>', name, typed_in[name] or "…")
        return escape(known.get(name) or "…")

    above, _body, below = escape(templating.source(template).body).partition("{body}")
    filled = [mark_safe(templating.PLACEHOLDER.sub(value, part.strip())) for part in (above, below)]  # noqa: S308 - escaped
    return filled[0], filled[1]


@login_required
@require_POST
def save_draft(request: HttpRequest, pk: int, step: str, desk: Desk) -> HttpResponse:
    """What is typed is kept on the server as it is typed."""
    shown, user = visible_case(desk, request, pk), current_user(request)
    declared = desk.steps.get(step)
    if declared is None or declared.form is None:
        raise Http404
    values = typed(desk, request, step)
    if any(len(value) > LONGEST_DRAFT for value in values.values()):
        words = _("Not saved: longer than %(n)s characters.")
        return HttpResponse(words % {"n": intcomma(LONGEST_DRAFT)})
    draft = drafts.keep(shown, user, step, values, unless_sent=request.POST.get("key", ""))
    if draft is None:
        return HttpResponse(status=204)
    viewing.here(shown, user, writes=True)
    form = declared.form(case=shown, actor=user, initial=values)
    recipients = form if isinstance(form, RecipientForm) else None
    return render(request, "workspace/_draft_saved.html", {"draft": draft, "recipients": recipients})


def typed(desk: Desk, request: HttpRequest, step: str) -> dict[str, Any]:
    """The fields of the step's form as they were typed, without files."""
    declared = desk.steps[step]
    names = declared.form.base_fields if declared.form else ()
    values: dict[str, Any] = {}
    for name in names:
        given = request.POST.getlist(name)
        if given:
            values[name] = given if len(given) > 1 else given[0]
    return values


@login_required
@require_GET
def snippet_choices(request: HttpRequest, pk: int, desk: Desk) -> HttpResponse:
    """All of them, once a composer: the browser searches as it is typed."""
    shown = visible_case(desk, request, pk)
    rows = snippets.of(current_user(request))[: snippets.SHOWN]
    values = desk.snippet_values(shown) if rows else {}
    return render(request, "workspace/_snippets.html", {"rows": [(row, snippets.filled(row, values)) for row in rows]})


@login_required
@require_GET
def colleagues(request: HttpRequest, pk: int, desk: Desk) -> HttpResponse:
    """Who may be mentioned in a note of this case, for whoever may write one; `q` is what was typed after "@"."""
    user, shown = current_user(request), visible_case(desk, request, pk)
    if NOTE not in desk.steps or desk.steps[NOTE].roles.isdisjoint(user.roles):
        raise Http404
    words = request.GET.get("q", "").replace("\0", "")[:40]
    people = mentions.colleagues(shown, words, but=user)
    return render(request, "workspace/_colleagues.html", {"people": people})


def _in_composer(desk: Desk, step: str) -> bool:
    return step == NOTE or (step in desk.steps and composes(desk.steps[step]))


@login_required
@require_POST
def here(request: HttpRequest, pk: int, desk: Desk) -> HttpResponse:
    """The open page says: this person is at this case, and what they hold stays theirs; or, with `left`, no longer.

    Whoever has closed the composer, or whose words were sent or refused, writes no longer; `from` says it is open.
    """
    shown, user = visible_case(desk, request, pk), current_user(request)
    if "left" in request.POST:
        viewing.left(shown, user)
        return HttpResponse(status=204)
    lately, composing = timezone.now() - WRITES_FOR, request.POST.get("from") == "composer"
    fresh = [draft.step for draft in drafts.of(shown, user) if draft.saved_at > lately]
    viewing.here(shown, user, writes=any(composing or not _in_composer(desk, step) for step in fresh))
    keep_held(user)
    response = HttpResponse(status=204)
    if auto_in.opened(user, shown):
        response["HX-Trigger"] = "live-pop"
    return response
