"""Pages of the team leader's check: runs, one run with its questions, answers, signature, the workbook (step 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caring.reconciliation import answers, export, runs
from caring.reconciliation.forms import AskForm
from caring.reconciliation.models import Difference, Kind, Reconciliation, System
from caring.reconciliation.words import values
from tenesa.accounts.models import User
from tenesa.ui.views import current_user, lead
from tenesa.workflow.errors import InvalidInput, Refusal

RUNS, ROWS = 20, 25
LOOKED_AT = ("fastel", "login", "status", "category", "reason", "amount")  # of a row that is no pair
FILTERS = {"system": System.values, "kind": Kind.values, "state": Difference.State.values}
UNANSWERED = Count("differences", filter=Q(status="OPEN", differences__state__in=["OPEN", "ASKED"]))


def _reader(request: HttpRequest) -> User:
    user = current_user(request)
    if not answers.reads(user):
        raise Http404
    return user


def _run(pk: int) -> Reconciliation:
    found = Reconciliation.objects.filter(desk_id=runs.DESK)
    return get_object_or_404(found.select_related("asked_by", "signed_by", "withdrawn_by"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The newest runs; POST asks for one and leads to it. `again` names the run in whose place it is asked for."""
    user, before = _reader(request), _before(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AskForm(*sent, before=before)
    if request.method == "POST":
        if not answers.leads(user):
            raise Http404
        if form.is_valid():
            try:
                return lead(request, runs.ask(user, **form.asked()).get_absolute_url())
            except InvalidInput as refused:
                for name, texts in refused.errors.items():
                    form.add_error(name, texts)
    found = Reconciliation.objects.filter(desk_id=runs.DESK).select_related("asked_by", "signed_by")
    shown = Paginator(found.order_by("-at", "-pk").annotate(unanswered=UNANSWERED), RUNS)
    context = {"form": form, "runs": shown.get_page(request.GET.get("page")), "leads": answers.leads(user),
               "before": before}  # fmt: skip
    return render(request, "caring/reconciliations.html", context, status=422 if form.errors else 200)


def _before(request: HttpRequest) -> Reconciliation | None:
    asked = request.GET.get("again", "")
    return _run(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


@login_required
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: its proof, and its questions by system, class and answer."""
    return _shown(request, _reader(request), _run(pk))


def _shown(
    request: HttpRequest, user: User, run: Reconciliation, *, refusal: str = "", at: int = 0, status: int = 200
) -> HttpResponse:
    """`at` is the question whose answer was refused."""
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    chosen = {name: value for name, value in chosen.items() if value in FILTERS[name]}
    rows = run.differences.filter(**chosen).select_related("result", "owner", "answered_by").order_by("pk")
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    lines = [(row, values(row, row.fields or LOOKED_AT)) for row in shown]
    counts = dict(run.differences.values_list("state").order_by("state").annotate(n=Count("pk")))
    context = {
        "run": run, "rows": shown, "lines": lines, "chosen": chosen, "refusal": refusal, "leads": answers.leads(user),
        "answered": [(state, label, counts.get(state, 0)) for state, label in run.answers.items()],
        "open": counts.get("OPEN", 0), "left": counts.get("OPEN", 0) + counts.get("ASKED", 0), "kinds": Kind,
        "to_ask": _to_ask(run).count(), "query": "".join(f"&{name}={value}" for name, value in chosen.items()),
        "at": at if any(row.pk == at for row in shown) else 0, "typed": request.POST.get("reason", ""),
    }  # fmt: skip
    part = request.GET.get("part") == "run" or request.htmx  # type: ignore[attr-defined]
    return render(
        request, "caring/_reconciliation.html" if part else "caring/reconciliation.html", context, status=status
    )


def _to_ask(run: Reconciliation) -> QuerySet[Difference]:
    return run.differences.filter(state="OPEN", result__isnull=False, kind__in=["DIFFERENT", "MISSING"])


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, difference: int) -> HttpResponse:
    """Ask the agent to enter it again, or say why it stands."""
    user, run = _reader(request), _run(pk)
    row = get_object_or_404(run.differences, pk=difference)

    def answered() -> None:
        if request.POST.get("answer") == "reinput":
            asked = answers.ask_reinput(user, row)
            told = {"who": asked.owner, "day": f"{asked.due:%d/%m/%Y}"}
            messages.success(request, _("%(who)s enters it again by %(day)s.") % told)
        else:
            answers.explain(user, row, request.POST.get("reason", ""))
            messages.success(request, _("Explained."))

    return _done(request, user, run, answered, at=row.pk)


@login_required
@require_POST
def ask_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for everything that agents can enter again."""
    user, run = _reader(request), _run(pk)

    def asked() -> None:
        done, refused = answers.ask_all(user, run)
        if done:
            words = ngettext("%(n)d result is to be entered again.", "%(n)d results are to be entered again.", done)
            messages.success(request, words % {"n": done})
        if refused:
            messages.warning(request, " ".join(refused[:3]))

    return _done(request, user, run, asked)


@login_required
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    user, run = _reader(request), _run(pk)

    def signed() -> None:
        answers.sign(user, run)
        messages.success(request, _("Signed. What was compared becomes final."))

    return _done(request, user, run, signed)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a run that was a mistake, with the reason."""
    user, run = _reader(request), _run(pk)

    def withdrawn() -> None:
        answers.withdraw(user, run, request.POST.get("reason", ""))
        messages.success(request, _("Withdrawn. Nothing of it is to be answered any more."))

    return _done(request, user, run, withdrawn)


def _done(request: HttpRequest, user: User, run: Reconciliation, act: Callable[[], None], at: int = 0) -> HttpResponse:
    """The run after the act, or with what was refused; a page that asks by htmx keeps what is typed elsewhere."""
    try:
        act()
    except Refusal as refused:
        return _shown(request, user, run, refusal=refused.words, at=at, status=refused.status)
    if request.htmx:  # type: ignore[attr-defined]
        return _shown(request, user, _run(run.pk))
    return redirect(f"{run.get_absolute_url()}?{request.GET.urlencode()}" if request.GET else run.get_absolute_url())


@login_required
@require_GET
def workbook(request: HttpRequest, pk: int) -> Any:
    user, run = _reader(request), _run(pk)
    if run.read_at is None or not run.is_over:
        raise Http404
    return export.download(request, user, run)
