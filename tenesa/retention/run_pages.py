"""Pages of the disposal runs: lists, one list with its decision, the certificate, and the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenesa.accounts.models import User
from tenesa.reporting import export
from tenesa.reporting.lists import Row
from tenesa.reporting.models import Export
from tenesa.retention import listing, running
from tenesa.retention.forms import DrawForm
from tenesa.retention.kinds import kinds
from tenesa.retention.models import Disposal, ListedRecord, Why
from tenesa.retention.pages import ROWS, reader, refused, words_of
from tenesa.retention.who import APPROVERS
from tenesa.workflow.errors import Refusal

TOGETHER = 2_000
SHOWN = {
    "due": Q(why="", outcome=None), "held": ~Q(why=""), "removed": Q(outcome__removed=True),
    "skipped": Q(outcome__removed=False),
}  # fmt: skip


def _run(pk: int) -> Disposal:
    return get_object_or_404(Disposal.objects.select_related("drawn_by", "decided_by", "certificate"), pk=pk)


def label_of(kind: str) -> str:
    return str(kinds()[kind].label) if kind in kinds() else kind


@login_required
@require_http_methods(["GET", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """The newest runs; POST draws a list as of a day and leads to it."""
    user = reader(request)
    form = DrawForm(request.POST) if request.method == "POST" else DrawForm.of(timezone.localdate())
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(listing.draw(user, form.cleaned_data["cutoff"]))
            except Refusal as no:
                refusal, status = refused(form, no)
    found = Disposal.objects.select_related("drawn_by", "decided_by", "certificate").order_by("-at", "-pk")
    context = {
        "form": form, "rows": Paginator(found, ROWS).get_page(request.GET.get("page")), "refusal": refusal,
        "tab": "runs", "query": "",
    }  # fmt: skip
    return render(request, "retention/runs.html", context, status=status)


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, reader(request), _run(pk))


def _shown(request: HttpRequest, user: User, one: Disposal, *, refusal: str = "", status: int = 200) -> HttpResponse:
    chosen = request.GET.get("show", "")
    lines = _lines(one).filter(SHOWN.get(chosen, Q()))
    summed, totals = summary(one)
    context: dict[str, Any] = {
        "run": one, "rows": Paginator(lines, ROWS).get_page(request.GET.get("page")), "tab": "runs",
        "summary": summed, "totals": totals, "chosen": chosen, "query": f"&show={chosen}" if chosen else "",
        "refusal": refusal, "approves": user.has_role(*APPROVERS), "own": one.drawn_by_id == user.pk,
        "why": dict(Why.choices),
    }  # fmt: skip
    part = request.GET.get("part") == "run"
    return render(request, "retention/_run.html" if part else "retention/run.html", context, status=status)


def _lines(one: Disposal) -> QuerySet[ListedRecord]:
    return one.records.select_related("outcome").order_by("place", "unit", "record")


def summary(one: Disposal) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """By kind and in all, how many lines are due, held back, removed and skipped; one query."""
    counts = {name: Count("pk", filter=where) for name, where in SHOWN.items()}
    found: list[dict[str, Any]] = [*one.records.values("kind").order_by("place").annotate(**counts)]  # type: ignore[list-item]
    for row in found:
        row["label"], row["until"] = label_of(row["kind"]), one.until.get(row["kind"], "")
    return found, {name: sum(row[name] for row in found) for name in SHOWN}


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve the list, or leave everything where it is."""
    user, one = reader(request), _run(pk)
    approve = request.POST.get("decision") == "approve"
    try:
        if approve:
            running.approve(user, one)
        else:
            running.drop(user, one, note=request.POST.get("note", ""))
    except Refusal as no:
        return _shown(request, user, _run(pk), refusal=words_of(no), status=no.status)
    messages.success(request, _("Approved: it is executed now.") if approve else _("Not approved: everything stays."))
    return redirect(one)


@login_required
@require_GET
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    reader(request)
    one = _run(pk)
    if one.status != Disposal.Status.DONE:
        raise Http404
    removed = _lines(one).filter(outcome__removed=True)
    counts = [(label_of(name), row, one.until.get(name, "")) for name, row in one.certificate.counts.items()]
    context = {
        "run": one, "certificate": one.certificate, "counts": counts, "tab": "runs", "query": "",
        "rows": Paginator(removed, ROWS).get_page(request.GET.get("page")),
        "whole": running.digest_of(one) == one.certificate.digest,
    }  # fmt: skip
    return render(request, "retention/certificate.html", context)


@login_required
@require_GET
def workbook(request: HttpRequest, pk: int) -> Any:
    """Every line with what became of it. It is written into the log of what left the house (X-09)."""
    user, one = reader(request), _run(pk)
    log = Export.objects.create(by=user, report="retention-list", kind="xlsx", report_query=f"run={one.pk}")
    name = f"tenesa-pemusnahan-{one}.xlsx"
    return export.workbook(request, log, _heads(), _chunks(one), title=_("Disposal runs"), filename=name)


def _heads() -> list[str]:
    return [_("Number"), _("Kind of record"), _("Closed"), _("State"), _("Held back"), _("Because of"), _("Rows"),
            "SHA-256", _("Removed at")]  # fmt: skip


def _chunks(one: Disposal) -> Iterator[list[Row]]:
    lines = _lines(one).iterator(TOGETHER)
    while some := list(islice(lines, TOGETHER)):
        yield [Row(_values(line)) for line in some]


def _values(line: ListedRecord) -> list[Any]:
    done: Any = getattr(line, "outcome", None)
    state = _("held back") if line.why else _("due")
    why, about = line.why, line.about
    if done is not None:
        state = _("removed") if done.removed else _("skipped")
        why, about = done.why, done.about
    gone = done is not None and done.removed
    return [
        line.number, label_of(line.kind), line.closed_on, state, str(Why(why).label) if why else "", about,
        done.rows if gone else None, done.sha256 if gone else "", done.at if gone else None,
    ]  # fmt: skip
