"""One step on several chosen cases: each goes through the door by itself, and each refusal is told."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.mail.models import OutboundMail
from tenesa.ui.views import current_user
from tenesa.workflow.errors import InvalidInput, KeyReused, Refusal
from tenesa.workflow.offered import offered
from tenesa.workflow.perform import check, perform
from tenesa.workflow.procedures import visible
from tenesa.workflow.step import Step, StepForm
from tenesa.workspace import batches
from tenesa.workspace.desk import Desk
from tenesa.workspace.models import Batch, BatchItem
from tenesa.workspace.tag_filter import may_tag

AT_ONCE = 50  # more than these, or what a desk says, is done in the background
AT_MOST = 500
NEWEST = 10
LEAVING = (OutboundMail.Status.HELD, OutboundMail.Status.WAITING, OutboundMail.Status.SENDING)


@dataclass(frozen=True)
class Choice:
    """A step, and how many of the chosen cases it may be taken on."""

    step: Step
    number: int | None


@dataclass(frozen=True)
class Outcome:
    """What came of one case, or would come; `note` is what else there is to say where nothing was refused."""

    case: Any
    refusal: str
    note: str = ""


@login_required
@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET finds cases where none are chosen, offers the steps that the chosen ones allow, then the step's form; POST
    takes it on each of them."""
    user = current_user(request)
    asked = request.POST if request.method == "POST" else request.GET
    if desk.finder and "case" not in asked:
        return render(request, "workspace/bulk_find.html", _found(desk, asked, user))
    cases = chosen(desk, asked, user)
    context = {"desk": desk, "cases": cases, "about": asked.get("about", "")[:200], "token": uuid.uuid4().hex}
    context["listed"] = asked.get("view", "")[:30]  # the list in which they were chosen, marked in the menu
    if not asked.get("step"):
        context |= {"choices": _choices(desk, cases, user), "may_tag": may_tag(desk, user)}
        return render(request, "workspace/bulk.html", context)
    step = _step(desk, asked["step"])
    form = _form(step, asked if request.method == "POST" else None, case=cases[0], actor=user)
    numbers = urlencode([("case", case.pk) for case in cases] + [("view", context["listed"])] * bool(context["listed"]))
    context |= {"step": step, "form": form, "other_steps": f"{desk.url('bulk')}?{numbers}"}
    if request.method == "GET":
        return _asked(request, desk, cases, step, context)
    try:
        if len(cases) > AT_ONCE or step.name in desk.in_background:
            return _in_background(desk, cases, step, form, asked)
        outcomes = take_each(cases, step, user, asked, form)
    except (InvalidInput, KeyReused) as refusal:
        if isinstance(refusal, KeyReused):
            form.add_error(None, str(refusal))
        return _asked(request, desk, cases, step, context)
    return render(request, "workspace/bulk.html", {**context, "outcomes": outcomes, **summary(outcomes)})


def _asked(request: HttpRequest, desk: Desk, cases: Sequence[Any], step: Step, context: dict[str, Any]) -> HttpResponse:
    """The step's form for the cases that allow it, and of each other one why it stays out."""
    would = _would(desk, cases, step, current_user(request))
    ready = [outcome for outcome in would if not outcome.refusal]
    form = context["form"]
    if ready and not form.is_bound:
        form = _form(step, case=ready[0].case, actor=form.actor)
    if first := next((name for name in form.fields if name in form.errors), next(iter(form.fields), "")):
        form.fields[first].widget.attrs["autofocus"] = True
    apart = {"form": form, "ready": ready, "left_out": [outcome for outcome in would if outcome.refusal]}
    return render(request, "workspace/bulk.html", {**context, **apart}, status=422 if form.is_bound else 200)


def _form(step: Step, *args: Any, **kwargs: Any) -> StepForm:
    return (step.form or StepForm)(*args, several=True, **kwargs)


def _would(desk: Desk, cases: Sequence[Any], step: Step, user: User) -> list[Outcome]:
    """What each case says to the step now, with what it is about; of too many that is said when it is taken."""
    if len(cases) > AT_ONCE:
        return [Outcome(case, "") for case in cases]
    return [Outcome(case, _why_not(case, step, user), " · ".join(map(str, desk.summary(case)))) for case in cases]


def _why_not(case: Any, step: Step, user: User) -> str:
    try:
        check(case, step, user)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _in_background(desk: Desk, cases: Sequence[Any], step: Step, form: StepForm, asked: QueryDict) -> HttpResponse:
    """What the form refuses on the first case is asked for again; the page of the batch shows the rest."""
    user = form.actor
    if not isinstance(user, User) or step.roles.isdisjoint(user.roles):
        raise PermissionDenied
    if not form.is_valid():
        raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    listed = asked.get("view", "")[:30]
    address = desk.url("batch", batches.start(desk.model, step, user, cases, asked).pk)
    return redirect(f"{address}?{urlencode({'view': listed})}" if listed else address)


def _found(desk: Desk, asked: QueryDict, user: User) -> dict[str, Any]:
    """The open cases that the words name, `certain` or by their mails, the oldest first, as many on a page as are taken
    at once; the newest batches."""
    words = {name: asked.get(name, "").strip()[:60] for name, _label in desk.finder}
    fields = [(name, label, words[name]) for name, label in desk.finder]
    cases: Any = []
    if any(words.values()):
        certain, affected = desk.affected(words)
        seen = visible(desk.model, user).filter(desk.is_open, affected).values("pk")
        found = desk.model._default_manager.filter(pk__in=seen).select_related(*desk.with_rows)
        known = found.annotate(certain=ExpressionWrapper(certain, BooleanField()))
        cases = Paginator(known.order_by("pk"), AT_MOST).get_page(asked.get("page"))
    newest = Batch.objects.filter(procedure=desk.procedure, **({} if user.has_role(*LEADERS) else {"by": user}))
    return {
        "desk": desk,
        "fields": fields,
        "asked": any(words.values()),
        "empty": not any(words.values()) and any(name in asked for name in words),
        "about": " · ".join(f"{label}: {value}" for _name, label, value in fields if value),
        "cases": cases,
        "query": f"&{urlencode(words)}",
        "batches": [(one, desk.steps.get(one.step)) for one in newest.select_related("by").order_by("-pk")[:NEWEST]],
    }


@login_required
@require_GET
def batch_page(request: HttpRequest, batch: int, desk: Desk) -> HttpResponse:
    """What came of each case of a batch, for whoever began it and for leaders; `part` asks for the list alone."""
    user = current_user(request)
    mine = {} if user.has_role(*LEADERS) else {"by": user}
    shown = get_object_or_404(Batch.objects.select_related("by"), pk=batch, procedure=desk.procedure, **mine)
    cases = visible(desk.model, user).select_related(*desk.with_rows).in_bulk(shown.case_ids())
    if not cases:
        raise Http404
    lines = batches.lines(shown, cases)
    state = BatchItem.State
    counted = Counter(line.item.state for line in lines)
    open_still = counted[state.WAITING] + counted[state.TAKEN]
    leaving = [line.mail for line in lines if line.mail and line.mail.status in LEAVING]
    context = {
        "desk": desk,
        "batch": shown,
        "step": desk.steps.get(shown.step),
        "said": (shown.data.get("message") or [""])[0],
        "lines": lines,
        "done": counted[state.DONE] - (undone := sum(line.taken_back for line in lines)),
        "undone": undone,
        "refused": counted[state.REFUSED],
        "open": open_still,
        "ended": len(lines) - open_still,
        "changes": bool(open_still or leaving),
        "may_undo": shown.by == user and any(mail.can_be_undone for mail in leaving),
    }
    return render(request, "workspace/_batch.html" if request.GET.get("part") else "workspace/batch.html", context)


@login_required
@require_POST
def undo_batch(request: HttpRequest, batch: int, desk: Desk) -> HttpResponse:
    """Whoever began a batch takes it back as far as its mails are still held."""
    user = current_user(request)
    shown = get_object_or_404(Batch, pk=batch, procedure=desk.procedure, by=user)
    kept, left = batches.take_back(shown, user)
    words = _("Taken back on %(kept)d. On %(left)d the mail had left already.") % {"kept": kept, "left": left}
    messages.success(request, words if left else _("Taken back on all %(kept)d: nothing was sent.") % {"kept": kept})
    return redirect(desk.url("batch", shown.pk))


def take_each(cases: Sequence[Any], step: Step, user: User, asked: QueryDict, form: StepForm) -> list[Outcome]:
    """Every case in a transaction of its own. What the form refuses is asked for again before one was taken."""
    outcomes: list[Outcome] = []
    for case in cases:
        try:
            perform(case, step.name, actor=user, data=asked, key=asked.get("token"))
        except (InvalidInput, KeyReused) as refusal:
            if not outcomes and (isinstance(refusal, KeyReused) or not form.is_valid()):
                raise
            outcomes.append(Outcome(case, refusal.words))
        except Refusal as refusal:
            outcomes.append(Outcome(case, refusal.words))
        else:
            outcomes.append(Outcome(case, ""))
    return outcomes


def summary(outcomes: Sequence[Outcome]) -> dict[str, str]:
    refused = sum(bool(outcome.refusal) for outcome in outcomes)
    words = {"done": len(outcomes) - refused, "refused": refused}
    if refused:
        text = _("Done on %(done)d, refused on %(refused)d. The refused ones are as they were.") % words
        return {"summary": text, "signal": "risk", "sign": "triangle-alert"}
    return {"summary": _("Done on all %(done)d.") % words, "signal": "met", "sign": "circle-check"}


def chosen(desk: Desk, asked: QueryDict, user: User) -> list[Any]:
    """The chosen cases that this person may know of, in the order of the list."""
    asked_for = map(door.number, asked.getlist("case")[: AT_MOST + 1])
    numbers = [number for number in asked_for if number is not None]
    if len(numbers) > AT_MOST:
        raise BadRequest(_("At most %(n)d cases at once.") % {"n": AT_MOST})
    found = visible(desk.model, user).select_related(*desk.with_rows).in_bulk(numbers)
    cases = [found[number] for number in dict.fromkeys(numbers) if number in found]
    if not cases:
        raise Http404
    return cases


def _choices(desk: Desk, cases: Sequence[Any], user: User) -> list[Choice]:
    if len(cases) > AT_ONCE:  # what each allows is said when it is taken
        mine = [desk.steps[name] for name in desk.bulk if not desk.steps[name].roles.isdisjoint(user.roles)]
        return [Choice(step, None) for step in mine]
    counted = dict.fromkeys(desk.bulk, 0)
    for case in cases:
        for offer in offered(case, user):
            if offer.allowed and offer.step.name in counted:
                counted[offer.step.name] += 1
    return [Choice(desk.steps[name], number) for name, number in counted.items() if number]


def _step(desk: Desk, name: str) -> Step:
    if name not in desk.bulk:
        raise Http404
    return desk.steps[name]
