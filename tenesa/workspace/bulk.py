"""One step on several chosen cases: each goes through the door by itself, and each refusal is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenesa import door
from tenesa.accounts.models import User
from tenesa.ui.views import current_user
from tenesa.workflow.errors import InvalidInput, KeyReused, Refusal
from tenesa.workflow.offered import offered
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import visible
from tenesa.workflow.step import Step, StepForm
from tenesa.workspace.desk import Desk

AT_ONCE = 50


@dataclass(frozen=True)
class Choice:
    """A step, and how many of the chosen cases it may be taken on."""

    step: Step
    number: int


@dataclass(frozen=True)
class Outcome:
    case: Any
    refusal: str


@login_required
@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET offers the steps that the chosen cases allow, then the step's form; POST takes it on each of them."""
    user = current_user(request)
    asked = request.POST if request.method == "POST" else request.GET
    cases = _chosen(desk, asked, user)
    context = {"desk": desk, "cases": cases, "choices": _choices(desk, cases, user), "token": uuid.uuid4().hex}
    if not asked.get("step"):
        return render(request, "workspace/bulk.html", context)
    step = _step(desk, asked["step"])
    form = (step.form or StepForm)(asked if request.method == "POST" else None, case=cases[0], actor=user)
    numbers = urlencode([("case", case.pk) for case in cases])
    context |= {"step": step, "form": form, "other_steps": f"{desk.url('bulk')}?{numbers}"}
    if request.method == "GET":
        return render(request, "workspace/bulk.html", context)
    try:
        outcomes = take_each(cases, step, user, asked)
    except (InvalidInput, KeyReused) as refusal:
        if isinstance(refusal, KeyReused):
            form.add_error(None, str(refusal))
        return render(request, "workspace/bulk.html", context, status=422)
    return render(request, "workspace/bulk.html", {**context, "outcomes": outcomes, **_summary(outcomes)})


def take_each(cases: Sequence[Any], step: Step, user: User, asked: QueryDict) -> list[Outcome]:
    """Every case in a transaction of its own. What the first one refuses is asked for again."""
    outcomes: list[Outcome] = []
    for case in cases:
        try:
            perform(case, step.name, actor=user, data=asked, key=asked.get("token"))
        except (InvalidInput, KeyReused) as refusal:
            if not outcomes:
                raise
            outcomes.append(Outcome(case, str(refusal)))
        except Refusal as refusal:
            outcomes.append(Outcome(case, str(refusal)))
        else:
            outcomes.append(Outcome(case, ""))
    return outcomes


def _summary(outcomes: Sequence[Outcome]) -> dict[str, str]:
    refused = sum(bool(outcome.refusal) for outcome in outcomes)
    words = {"done": len(outcomes) - refused, "refused": refused}
    if refused:
        text = _("Done on %(done)d, refused on %(refused)d. The refused ones are as they were.") % words
        return {"summary": text, "signal": "risk", "sign": "triangle-alert"}
    return {"summary": _("Done on all %(done)d.") % words, "signal": "met", "sign": "circle-check"}


def _chosen(desk: Desk, asked: QueryDict, user: User) -> list[Any]:
    """The chosen cases that this person may know of, in the order of the list."""
    asked_for = map(door.number, asked.getlist("case")[: AT_ONCE + 1])
    numbers = [number for number in asked_for if number is not None]
    if len(numbers) > AT_ONCE:
        raise BadRequest(_("At most %(n)d cases at once.") % {"n": AT_ONCE})
    found = visible(desk.model, user).select_related(*desk.with_rows).in_bulk(numbers)
    cases = [found[number] for number in dict.fromkeys(numbers) if number in found]
    if not cases:
        raise Http404
    return cases


def _choices(desk: Desk, cases: Sequence[Any], user: User) -> list[Choice]:
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
