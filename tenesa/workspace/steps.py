"""The step door of the page, and the composer: a thin layer around `perform` that loses no word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenesa.accounts.models import User
from tenesa.mail import files, markdown
from tenesa.mail.models import OutboundMail
from tenesa.ui.templatetags.ui import clock
from tenesa.ui.views import current_user, lead, written
from tenesa.workflow.errors import InvalidInput, KeyReused, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import procedures, visible
from tenesa.workflow.step import StepForm
from tenesa.workspace import auto_in, composer, drafts
from tenesa.workspace.case_page import case_context, visible_case
from tenesa.workspace.desk import Desk, desk_of
from tenesa.workspace.list_page import list_context
from tenesa.workspace.rail import Bound, RailOffer
from tenesa.workspace.step_names import NOTE, TAKE_BACK
from tenesa.workspace.take_back import LAST_STEP, mail_taken_back

PIXEL = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
UNDO_KEPT = 120  # seconds for which the words of a step are at hand for whoever takes it back


@login_required
@require_POST
def take_step(request: HttpRequest, pk: int, step: str, desk: Desk) -> HttpResponse:
    """POST a step of the procedure. A refusal comes back in words, with everything that was typed."""
    user, shown = current_user(request), visible_case(desk, request, pk)
    try:
        key = request.POST.get("key")
        done = perform(shown, step, actor=user, data=request.POST, files=request.FILES, key=key)
    except InvalidInput:
        return _invalid(desk, request, shown, step)
    except (KeyReused, NotNow, NotYourStep) as refusal:
        return _refused(desk, request, shown, step, refusal)
    except UnknownStep as refusal:
        raise Http404(str(refusal)) from refusal
    drafts.forget(shown, user, step)
    undone = None
    if step == TAKE_BACK:
        undone = mail_taken_back(done)
        _words_back(done, user, undone)
    _announce(desk, request, done, step, undone)
    return _after(desk, request, done, step)


def _of(case: Any) -> dict[str, Any]:
    return {"procedure": case.procedure_name(), "case_id": case.pk}


def _words_back(case: Any, user: User, mail: OutboundMail | None) -> bool:
    """What was typed for the mail that was taken back is a draft again; False where it is too long ago."""
    kept = cache.get(f"undo:{mail.pk}") if mail else None
    if kept:
        drafts.keep(case, user, kept["step"], kept["values"])
    return bool(kept)


def _announce(desk: Desk, request: HttpRequest, done: Any, step: str, undone: OutboundMail | None) -> None:
    """Say what was done; a mail that is still held can be taken back, `undone` no longer."""
    more = desk.says_more(done, step)
    words = {"step": str(desk.steps[step].label), "number": f"{done.number} · {more}" if more else done.number}
    held = OutboundMail.objects.filter(**_of(done), status=OutboundMail.Status.HELD, event__seq=done.version)
    mail = held.only("pk", "scheduled", "send_after").first() if TAKE_BACK in desk.steps else None
    if mail is None:
        if step != NOTE:
            _say_taken(desk, request, done, words, f"undone:{undone.pk}" if undone else "")
        return
    cache.set(f"undo:{mail.pk}", {"step": step, "values": composer.typed(desk, request, step)}, UNDO_KEPT)
    text = _("%(step)s · %(number)s: the mail leaves now") % words
    if mail.scheduled:
        text = _("%(step)s · %(number)s: the mail leaves %(time)s") % {**words, "time": clock(mail.send_after)}
    messages.success(request, text, extra_tags=f"undo:{mail.pk}")


def _say_taken(desk: Desk, request: HttpRequest, done: Any, words: dict[str, str], tag: str) -> None:
    """A success, as long as it is one: the system may have ended the case by now, or may yet (`data-while-open`)."""
    if done.state in desk.ended:
        messages.success(request, _("%(step)s · %(number)s") % words, tag)
        return
    stored: Any = desk.model._default_manager
    now = stored.values_list("state", flat=True).get(pk=done.pk)
    if now in desk.ended:
        words["state"] = desk.state(now)
        messages.warning(request, _("%(step)s · %(number)s: the case is “%(state)s” by now") % words, tag)
    else:
        messages.success(request, _("%(step)s · %(number)s") % words, f"{tag} open")


def _after(desk: Desk, request: HttpRequest, done: Any, step: str) -> HttpResponse:
    """The case as it is now; or the next one, where that was asked for or is the way of the desk.

    Where it went out of the person's sight the list stays alone.
    """
    if _on_side_panel(desk, request):
        response = _side_panel(desk, request, done)
        response["HX-Trigger"] = "live-case, live, live-menu"
        return response
    if address := desk.leads_to(done, step):
        return lead(request, address)
    if not done.is_seen_by(current_user(request)):
        return _open(desk, request, None)
    following: Any = done
    if request.POST.get("next") or desk.leads_on(done, step, current_user(request)):
        following = _following(desk, request, done) or (None if desk.opens_first else done)
    return _open(desk, request, following)


def _following(desk: Desk, request: HttpRequest, done: Any) -> Any:
    """The next case; where none waits that is said, and the page stays."""
    user = current_user(request)
    try:
        case = auto_in.after(desk, user, done)
    except NotYourStep:
        return None
    except Refusal as refusal:
        messages.info(request, str(refusal))
        return None
    if case is None and request.POST.get("next") and done.owner_id != user.pk:
        messages.info(request, desk.nothing_waits(user))
    return case


def _open(desk: Desk, request: HttpRequest, case: Any) -> HttpResponse:
    address = desk.url("case", case.pk) if case else desk.list_url()
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    context = _context(desk, request, visible_case(desk, request, case.pk)) if case else {"desk": desk}
    response = render(request, "workspace/_open.html", context)
    query = _query(request)
    response["HX-Push-Url"] = f"{address}?{query}" if query else address
    response["HX-Trigger-After-Swap"] = "live, live-menu"
    return response


def _on_side_panel(desk: Desk, request: HttpRequest) -> bool:
    """Was the step taken on the page of another case, which this one is about?"""
    return bool(request.htmx and desk.side_panel_template and request.POST.get("from") == "case")  # type: ignore[attr-defined]


def _side_panel(
    desk: Desk, request: HttpRequest, shown: Any, *, bound: Bound | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """That part of the other case's page again."""
    fresh = visible_case(desk, request, shown.pk)
    context = {"desk": desk, "part": desk.side_panel_part(fresh, current_user(request), bound), **more}
    return render(request, "workspace/_side_panel.html", context, status=status)


def _query(request: HttpRequest) -> str:
    """The list stays as it was: its address line comes with every htmx request."""
    current: str = request.htmx.current_url or ""  # type: ignore[attr-defined]
    return current.partition("?")[2]


def _context(desk: Desk, request: HttpRequest, shown: Any, **more: Any) -> dict[str, Any]:
    context = case_context(desk, request, shown, **more)
    if request.htmx:  # type: ignore[attr-defined]
        context["page"].query = _query(request)
    return context


def _refused(desk: Desk, request: HttpRequest, shown: Any, step: str, refusal: Refusal) -> HttpResponse:
    reasons = refusal.reasons if isinstance(refusal, NotNow) else [str(refusal)]
    kept = _keep_words(desk, request, shown, step)
    if not request.htmx:  # type: ignore[attr-defined]
        context = {"reasons": reasons, "kept": kept, "back": desk.url("case", shown.pk)}
        return render(request, f"{refusal.status}.html", context, status=refusal.status)
    words = " ".join(reasons)
    if _on_side_panel(desk, request):
        return _side_panel(desk, request, shown, status=refusal.status, refused=words, kept=kept)
    fresh = visible_case(desk, request, shown.pk)
    context = _context(desk, request, fresh, refusal=words, kept=kept)
    response = render(request, "workspace/_open.html", context, status=refusal.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#open", "innerHTML"
    return response


def _keep_words(desk: Desk, request: HttpRequest, shown: Any, step: str) -> list[tuple[str, str]]:
    """Words written for a step that is no longer possible become a draft and are shown, so that none is lost."""
    words = request.POST.copy()
    if words.get("formatted"):
        words["message"] = markdown.text(words.get("message", ""))
    kept = written(desk.steps[step], words)
    if kept:
        drafts.keep(shown, current_user(request), step, composer.typed(desk, request, step))
    return kept


def _invalid(desk: Desk, request: HttpRequest, shown: Any, step: str) -> HttpResponse:
    declared = desk.steps[step]
    form = (declared.form or StepForm)(request.POST, request.FILES, case=shown, actor=current_user(request))
    form.is_valid()
    if not request.htmx:  # type: ignore[attr-defined]
        context = {**case_context(desk, request, shown, bound=(step, form)), **list_context(desk, request)}
        return render(request, "workspace/page.html", context, status=422)
    if _on_side_panel(desk, request):
        return _side_panel(desk, request, shown, bound=(step, form), status=422)
    if request.POST.get("from") == "composer":
        response = composer.composer(desk, request, shown, RailOffer(declared, form, []), status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#composer", "innerHTML"
        return response
    context = _context(desk, request, shown, bound=(step, form))
    response = render(request, "workspace/_procedure.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#procedure", "outerHTML"
    return response


@login_required
@require_POST
def preview(request: HttpRequest, pk: int, step: str, desk: Desk) -> HttpResponse:
    """The finished mails of a step: it is taken inside a transaction that is then rolled back, so they are exact."""
    user, shown = current_user(request), visible_case(desk, request, pk)
    mails: list[OutboundMail] = []
    problem = ""
    try:
        with transaction.atomic():
            perform(shown, step, actor=user, data=request.POST, files=_stand_ins(request.POST))
            rows = OutboundMail.objects.filter(procedure=desk.procedure, case_id=pk)
            mails = list(rows.filter(event__seq__gt=shown.version).order_by("created_at"))
            transaction.set_rollback(True)
    except Refusal as refusal:
        problem = refusal.words
    shown_as = [(mail, files.formatted(mail.html, ()) if mail.formatted else "") for mail in mails]
    return render(request, "workspace/_preview.html", {"mails": shown_as, "problem": problem})


def _stand_ins(typed: QueryDict) -> MultiValueDict[str, SimpleUploadedFile]:
    """In the place of the pictures in the text, which are not sent along to be looked at: the browser shows them."""
    names = markdown.picture_names(typed.get("message", "")) if typed.get("formatted") else []
    return MultiValueDict({"attachments": [SimpleUploadedFile(name, PIXEL, "image/gif") for name in names]})


@login_required
@require_POST
def undo_mail(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take back a step whose mail is still held or scheduled; the words come back as a draft."""
    mail = get_object_or_404(OutboundMail, pk=pk)
    user, desk = current_user(request), desk_of(mail.procedure)
    if desk is None or TAKE_BACK not in desk.steps:
        raise Http404
    case: Any = get_object_or_404(visible(procedures()[mail.procedure], user), pk=mail.case_id)
    try:
        if all(step.pk != mail.event_id for step in LAST_STEP.of(case)):
            raise NotNow([_("Another step was taken since; this mail can no longer be undone.")])
        perform(case, TAKE_BACK, actor=user)
        words = _("Taken back: nothing was sent. Your words are kept as a draft.")
    except Refusal as refusal:
        words = str(refusal)
    else:
        if not _words_back(case, user, mail):
            words = _("Taken back: nothing was sent. Your words stand in the mail that was taken back.")
    response = render(request, "ui/_undone.html", {"text": words, "case": case, "mail": mail})
    response["HX-Trigger"] = "live, live-case"
    return response
