"""What a person does to a case from the page: thin doors around `perform`, drafts, undo, retry, next."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.presence import is_available
from tenesa.mail.models import OutboundMail
from tenesa.mail.recipient_form import RecipientForm
from tenesa.ui.templatetags.ui import clock
from tenesa.ui.viewing import here as at_case
from tenesa.ui.views import person, written
from tenesa.workflow.errors import InvalidInput, KeyReused, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.offered import Offer, offered
from tenesa.workflow.perform import perform
from tenesa.workflow.step import StepForm, steps_of
from tenesa.workspace import drafts
from tenesa.workspace.models import Draft
from tenesa.workspace.step_names import NOTE
from tickets import selectors, services
from tickets.forms import MessageForm
from tickets.models import EmailCase
from tickets.rail import RailOffer
from tickets.views import case_context, visible_case

WRITES_FOR = timedelta(minutes=1)  # after the last word that was typed
TEXT_FIELDS = {"message", "text", "unit_note", "facts"}


@login_required
@require_POST
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """POST a step of the procedure. A refusal comes back in words, with everything that was typed."""
    user, shown = person(request), visible_case(request, pk)
    try:
        key = request.POST.get("key")
        done = perform(shown, step, actor=user, data=request.POST, files=request.FILES, key=key)
    except InvalidInput:
        return _invalid(request, shown, step)
    except (KeyReused, NotNow, NotYourStep) as refusal:
        return _refused(request, shown, step, refusal)
    except UnknownStep as refusal:
        raise Http404(str(refusal)) from refusal
    drafts.forget(shown, user, step)
    _announce(request, done, step, _typed(request, step))
    following = selectors.next_for(user, but=[pk]) if request.POST.get("next") else None
    return _open(request, following.pk if following else pk)


def _announce(request: HttpRequest, done: EmailCase, step: str, typed: dict[str, Any]) -> None:
    """Say what was done; a mail that is still held can be taken back."""
    label = str(steps_of(EmailCase)[step].label)
    held = (
        OutboundMail.objects.filter(
            procedure=done.procedure_name(), case_id=done.pk, status=OutboundMail.Status.HELD, event__seq=done.version
        )
        .only("pk", "scheduled", "send_after")
        .first()
    )
    words = {"step": label, "number": done.number}
    if held:
        cache.set(f"undo:{held.pk}", {"step": step, "values": typed}, 120)
        text = _("%(step)s · %(number)s: the mail leaves now") % words
        if held.scheduled:
            text = _("%(step)s · %(number)s: the mail leaves %(time)s") % {**words, "time": clock(held.send_after)}
        messages.success(request, text, extra_tags=f"undo:{held.pk}")
    elif step != NOTE:
        messages.success(request, _("%(step)s · %(number)s") % words)


def _open(request: HttpRequest, pk: int) -> HttpResponse:
    address = reverse("case", args=[pk])
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    response = render(request, "tickets/_open.html", _context(request, visible_case(request, pk)))
    response["HX-Push-Url"] = f"{address}?{_query(request)}"
    response["HX-Trigger-After-Swap"] = "live"
    return response


def _query(request: HttpRequest) -> str:
    """The list stays as it was: its address line comes with every htmx request."""
    current: str = request.htmx.current_url or ""  # type: ignore[attr-defined]
    return current.partition("?")[2]


def _context(request: HttpRequest, shown: EmailCase, **more: Any) -> dict[str, Any]:
    query = _query(request) if request.htmx else ""  # type: ignore[attr-defined]
    return {**case_context(request, shown, **more), "page": selectors.Page([], query)}


def _refused(request: HttpRequest, shown: EmailCase, step: str, refusal: Refusal) -> HttpResponse:
    reasons = refusal.reasons if isinstance(refusal, NotNow) else [str(refusal)]
    kept = _keep_words(request, shown, step)
    if not request.htmx:  # type: ignore[attr-defined]
        context = {"reasons": reasons, "kept": kept, "back": reverse("case", args=[shown.pk])}
        return render(request, f"{refusal.status}.html", context, status=refusal.status)
    context = _context(request, visible_case(request, shown.pk), refusal=" ".join(reasons))
    response = render(request, "tickets/_open.html", {**context, "kept": kept}, status=refusal.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#open", "innerHTML"
    return response


def _keep_words(request: HttpRequest, shown: EmailCase, step: str) -> list[tuple[str, str]]:
    """Words written for a step that is no longer possible become a draft and are shown, so that none is lost."""
    kept = written(steps_of(EmailCase)[step], request.POST)
    if kept:
        drafts.keep(shown, person(request), step, _typed(request, step))
    return kept


def _invalid(request: HttpRequest, shown: EmailCase, step: str) -> HttpResponse:
    declared = steps_of(EmailCase)[step]
    form = (declared.asks or StepForm)(request.POST, request.FILES, case=shown, actor=person(request))
    form.is_valid()
    if not request.htmx:  # type: ignore[attr-defined]
        context = case_context(request, shown, bound=(step, form))
        return render(request, "tickets/workspace_refused.html", context, status=422)
    if request.POST.get("from") == "composer":
        response = _composer(request, shown, RailOffer(declared, form, []), status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#composer", "innerHTML"
        return response
    context = _context(request, shown, bound=(step, form))
    response = render(request, "tickets/_procedure.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#procedure", "outerHTML"
    return response


# --- the composer ----------------------------------------------------------------------------------------------------
def _offer_of(request: HttpRequest, shown: EmailCase, step: str) -> Offer:
    offer = next((offer for offer in offered(shown, person(request)) if offer.step.name == step), None)
    if offer is None or offer.step.asks is None:
        raise Http404
    return offer


@login_required
@require_GET
def compose(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """The composer for a step that writes to the customer, or for a note; it opens with the draft."""
    shown = visible_case(request, pk)
    offer = _offer_of(request, shown, step)
    draft = drafts.of(shown, person(request)).filter(step=step).first()
    values = drafts.values_of(draft, shown) if draft else {}
    return _composer(request, shown, _with(offer, shown, request, values), draft=draft)


@login_required
@require_POST
def compose_as(request: HttpRequest, pk: int) -> HttpResponse:
    """The same words, sent by another step: its template and its fields."""
    shown = visible_case(request, pk)
    offer = _offer_of(request, shown, request.POST.get("step", ""))
    typed = {name: request.POST[name] for name in ("to", "cc") if name in request.POST}
    typed |= {"message": request.POST["message"]} if request.POST.get("message") else {}
    return _composer(request, shown, _with(offer, shown, request, typed))


def _with(offer: Offer, shown: EmailCase, request: HttpRequest, values: dict[str, Any]) -> RailOffer:
    form = (offer.step.asks or StepForm)(case=shown, actor=person(request), initial=values)
    return RailOffer(offer.step, form, offer.refusals)


def _composer(
    request: HttpRequest, shown: EmailCase, offer: RailOffer, *, draft: Draft | None = None, status: int = 200
) -> HttpResponse:
    form: StepForm | None = offer.form
    fields = list(form) if form else []
    for bound in fields:
        if bound.name == "message":
            hint = _("Greeting and closing are added for you. “;” puts in a snippet.")
            bound.field.widget.attrs |= {"data-text": "", "placeholder": hint}
        if bound.name == "text":
            bound.field.widget.attrs["data-text"] = ""
    every = offered(shown, person(request))
    context = {
        "case": shown,
        "offer": offer,
        "note": offer.step.name == NOTE,
        "text_fields": [bound for bound in fields if bound.name in TEXT_FIELDS],
        "small_fields": [b for b in fields if b.name not in {*TEXT_FIELDS, "attachments", "to", "cc"}],
        "recipients": form if isinstance(form, RecipientForm) else None,
        "files_field": next((bound for bound in fields if bound.name == "attachments"), None),
        "compose": [o for o in every if o.allowed and o.step.asks and issubclass(o.step.asks, MessageForm)],
        "page_key": str(uuid.uuid4()),
        "open_next": request.POST.get("next") == "1" if request.method == "POST" else bool(offer.step.target),
        "draft": draft,
    }
    return render(request, "tickets/_composer.html", context, status=status)


@login_required
@require_POST
def save_draft(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """What is typed is kept on the server as it is typed."""
    shown = visible_case(request, pk)
    declared = steps_of(EmailCase).get(step)
    if declared is None or declared.asks is None:
        raise Http404
    key = request.POST.get("key", "")
    draft = drafts.keep(shown, person(request), step, _typed(request, step), unless_sent=key)
    if draft is None:
        return HttpResponse(status=204)
    at_case(shown, person(request), writes=True)
    form = declared.asks(case=shown, actor=person(request), initial=_typed(request, step))
    recipients = form if isinstance(form, RecipientForm) else None
    return render(request, "tickets/_draft_saved.html", {"draft": draft, "recipients": recipients})


def _typed(request: HttpRequest, step: str) -> dict[str, Any]:
    """The fields of the step's form as they were typed, without files."""
    declared = steps_of(EmailCase)[step]
    names = declared.asks.base_fields if declared.asks else ()
    values: dict[str, Any] = {}
    for name in names:
        given = request.POST.getlist(name)
        if given:
            values[name] = given if len(given) > 1 else given[0][:20_000]
    return values


@login_required
@require_POST
def preview(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """The finished mails of a step: it is taken inside a transaction that is then rolled back, so they are exact."""
    user, shown = person(request), visible_case(request, pk)
    mails: list[OutboundMail] = []
    problem = ""
    try:
        with transaction.atomic():
            done = perform(shown, step, actor=user, data=request.POST)
            rows = OutboundMail.objects.filter(procedure=done.procedure_name(), case_id=pk)
            mails = list(rows.filter(event__seq__gt=shown.version).order_by("created_at"))
            transaction.set_rollback(True)
    except InvalidInput as refusal:  # the page knows fields by their labels
        problem = " ".join(text for texts in refusal.errors.values() for text in texts)
    except Refusal as refusal:
        problem = str(refusal)
    return render(request, "tickets/_preview.html", {"mails": mails, "problem": problem})


# --- around the case -------------------------------------------------------------------------------------------------
@login_required
@require_POST
def next_case(request: HttpRequest) -> HttpResponse:
    """Next: one's own most urgent case, else the most urgent of the queue by auto-in (W-05 1.1.8, 1.1.9)."""
    user = person(request)
    case = selectors.next_for(user)
    if case is None and is_available(user):
        case = services.next_case(user)
    if case is None:
        ready = is_available(user)
        words = _("Nothing waits for you now.") if ready else _("Set yourself to auto-in to receive work (W-05 1.1.8).")
        messages.info(request, words)
        return redirect("cases")
    return HttpResponseRedirect(reverse("case", args=[case.pk]))


@login_required
@require_POST
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """The open page says: this person is at this case; their lease goes on."""
    user, shown = person(request), visible_case(request, pk)
    lately = timezone.now() - WRITES_FOR
    at_case(shown, user, writes=drafts.of(shown, user).filter(saved_at__gt=lately).exists())
    services.heartbeat(user)
    return HttpResponse(status=204)


@login_required
@require_POST
def undo_mail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take back a step whose mail is still held or scheduled; the words come back as a draft."""
    mail = get_object_or_404(OutboundMail, pk=pk, procedure=EmailCase.procedure_name())
    user, case = person(request), visible_case(request, mail.case_id)
    try:
        perform(case, "take_back", actor=user)
        words = _("Taken back: nothing was sent. Your words are kept as a draft.")
    except Refusal as refusal:
        words = str(refusal)
    else:
        if kept := cache.get(f"undo:{pk}"):
            drafts.keep(case, user, kept["step"], kept["values"])
        else:
            words = _("Taken back: nothing was sent. Your words stand in the mail that was taken back.")
    response = render(request, "ui/_undone.html", {"text": words, "case": case})
    response["HX-Trigger"] = "live, live-case"
    return response
