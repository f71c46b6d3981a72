"""Pages of the lists of prospects and of the quotas, for those who lead the desk."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caring.dapros import quotas, report, services, withdrawing
from caring.dapros.columns import NAMES, REQUIRED
from caring.dapros.forms import GiveForm, HandInForm
from caring.dapros.models import DaprosBatch, DaprosRow, Quota, Withdrawal, with_withdrawals
from caring.dapros.rows import RefusedRow
from caring.prospects.procedure.base import LEADERS
from tenesa.accounts.models import Team, User
from tenesa.reporting.export import SHEET, in_own_thread
from tenesa.ui.views import current_user, lead
from tenesa.workflow.errors import InvalidInput, Refusal

ROWS, LISTS = 50, 30


def _leader(request: HttpRequest) -> User:
    user = current_user(request)
    if not user.has_role(*LEADERS) or not services.may_load(user):
        raise Http404
    return user


@login_required
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """The newest lists and how far they are; POST hands one in and leads to its page."""
    user, same, refusal = _leader(request), None, ""
    form = HandInForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            return lead(request, services.hand_in(user, told.pop("file"), **told).get_absolute_url())
        except services.SameFile as found:
            same, refusal = found.batch, str(found)
        except InvalidInput as found:
            for name, texts in found.errors.items():
                form.add_error(name, texts)
    newest = with_withdrawals().order_by("-at", "-pk")
    shown = Paginator(newest, LISTS).get_page(request.GET.get("page"))
    context = {"form": form, "lists": shown, "same": same, "refusal": refusal, "required": REQUIRED}
    status = 409 if same else 422 if form.errors else 200
    return render(request, "caring/dapros.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: how far it is, reasons, refused rows; POST pauses it, goes on or cancels."""
    user = _leader(request)
    one = get_object_or_404(with_withdrawals(), pk=pk)
    if request.method == "POST":
        return _turn(request, user, one)
    only = request.GET.get("only") == "taken"
    rows = one.rows.filter(refused=not only)
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    part = request.GET.get("part") == "report"
    template = "caring/_dapros_batch.html" if part else "caring/dapros_batch.html"
    context = {"batch": one, "rows": shown, "only": only, **_withdrawal(one, user)}
    return render(request, template, context)


def _withdrawal(one: DaprosBatch, user: User) -> dict[str, Any]:
    """What was taken back of the list, what may be, and whom a withdrawal left."""
    newest = one.newest_withdrawal
    open_ = newest is not None and newest.is_open
    counts = {kind: 0 if open_ else withdrawing.rows_of(one, kind).count() for kind in Withdrawal.Kind}
    done = newest is not None and newest.status == newest.Status.DONE and newest.kind == newest.Kind.WITHDRAW
    return {
        "withdrawal": newest,
        "decides": newest is not None and newest.status == newest.Status.ASKED and newest.by_id != user.pk,
        "may_go": counts[Withdrawal.Kind.WITHDRAW] if one.is_over else 0,
        "may_return": counts[Withdrawal.Kind.RESTORE],
        "touched": withdrawing.left_of(one)[:ROWS] if done else (),
    }


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to take the whole list back, or to restore it."""
    user, one = _leader(request), get_object_or_404(DaprosBatch, pk=pk)
    kind = Withdrawal.Kind.RESTORE if request.POST.get("kind") == "RESTORE" else Withdrawal.Kind.WITHDRAW
    try:
        withdrawing.ask(user, one, kind, request.POST.get("why", ""))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect(one)


@login_required
@require_POST
def decide_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    user, one = _leader(request), get_object_or_404(DaprosBatch, pk=pk)
    asked = get_object_or_404(one.withdrawals, status=Withdrawal.Status.ASKED)
    try:
        withdrawing.decide(user, asked, approved=request.POST.get("decision") == "approve")
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect(one)


def _turn(request: HttpRequest, user: User, one: DaprosBatch) -> HttpResponse:
    turn = services.TURNS.get(request.POST.get("turn", ""))
    if turn is None:
        raise Http404
    try:
        turn(user, one)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect(one)


@login_required
@require_GET
def refused(request: HttpRequest, pk: int) -> Any:
    """The refused rows as a workbook, with the reason beside each."""
    _leader(request)
    one = get_object_or_404(DaprosBatch, pk=pk)
    pieces = report.sheet_of(one.heads, _refused_rows(one))
    content: Any = in_own_thread(pieces) if isinstance(request, ASGIRequest) else pieces
    answer = StreamingHttpResponse(content, content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="dapros-{one.pk}-ditolak.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _refused_rows(one: DaprosBatch) -> Iterator[RefusedRow]:
    found = DaprosRow.objects.filter(batch=one, refused=True).order_by("row_number")
    for row in found.iterator(chunk_size=1000):
        yield RefusedRow(row.row_number, row.cells, tuple(row.reasons))


@login_required
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An empty list with its columns, as Excel in Indonesian opens it."""
    _leader(request)
    text = StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow([name for name in NAMES if name != "tagihan_n3"])
    answer = HttpResponse(f"\ufeff{text.getvalue()}".encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="dapros.csv"'
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def quota(request: HttpRequest) -> HttpResponse:
    """Who may pick what: prospects by witel and campaign, free and by team; POST gives a team some of them."""
    user = _leader(request)
    lines = quotas.table(user)
    form = GiveForm(request.POST or None, user=user, lines=lines)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        given = quotas.give(user, told["team"], told["number"], witel=told["witel"], campaign=told["campaign"])
        _say_given(request, given)
        return redirect("caring-quotas")
    teams = quotas.holders(user, lines)
    rows = [(line, [line.by_team.get(team.pk, 0) for team in teams]) for line in lines]
    idle = quotas.idle(teams)
    counts = {team.pk: sum(line.by_team.get(team.pk, 0) for line in lines) for team in teams}
    held = [(team, counts[team.pk], idle.get(team.pk, "") if counts[team.pk] else "") for team in teams]
    recent = [(one, quotas.lack_of(one, lines, idle)) for one in quotas.recent(user)]
    context = {"form": form, "rows": rows, "held": held, "recent": recent}
    return render(request, "caring/quotas.html", context, status=422 if form.errors else 200)


def _say_given(request: HttpRequest, given: Quota) -> None:
    said = {"n": _number(given.given), "asked": _number(given.asked), "team": given.team}
    if not given.given:
        messages.warning(request, _("None was given to %(team)s: no free prospect fits.") % said)
    elif given.given < given.asked:
        messages.warning(request, _("Only %(n)s of %(asked)s prospects were free, and given to %(team)s.") % said)
    else:
        messages.success(request, _("%(n)s of %(asked)s prospects were given to %(team)s.") % said)


@login_required
@require_POST
def quota_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what nobody holds of a team's quotas."""
    user = _leader(request)
    taken = quotas.take_back(user, get_object_or_404(Team, pk=pk, desk=quotas.DESK))
    said = {"n": _number(taken.given), "team": taken.team}
    if taken.given:
        messages.success(request, _("%(n)s prospects of %(team)s are in nobody's quota again.") % said)
    else:
        messages.warning(request, _("%(team)s has no prospect that nobody holds.") % said)
    return redirect("caring-quotas")


def _number(count: int) -> str:
    return number_format(count, force_grouping=True)
