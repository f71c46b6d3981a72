"""QC's own pages: samples, scores that decide nothing, rounds of calibration, rulings (P-01 8 langkah 4; 8.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caring.models import CalibrationRound, CaringResult, Instrument, Ruling, SecondLook
from caring.offers.catalogue import name_of
from caring.quality import figures, instruments, rescoring, samples
from caring.quality.forms import RoundForm, RulingForm, ScoreForm
from caring.quality.recordings import may_listen
from caring.quality.who import DESK, desks_of, judges, keeps, reader
from tenesa.accounts.models import User
from tenesa.reporting.models import Sample
from tenesa.rupiah import in_rupiah
from tenesa.workflow.errors import Refusal

SHOWN, SIZE, DAYS = 14, 20, 30


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What was drawn and by which seed, who was overruled how often, what waits to be scored."""
    user = reader(request)
    desks = desks_of(user)
    drawn = Sample.objects.filter(desk__in=desks, purpose__in=[samples.PURPOSE, samples.LOOKS])
    context = {
        "samples": [_told(one) for one in drawn.order_by("-at", "-pk")[:SHOWN]],
        "scorers": figures.scorers(desks),
        "looks": rescoring.second_looks(user)[:SHOWN],
        "rulings": Ruling.objects.filter(desk__in=desks).select_related("by").order_by("-valid_from", "-pk")[:SHOWN],
        "tab": "overview",
    }
    return render(request, "caring/quality/overview.html", context)


def _told(sample: Sample) -> dict[str, Any]:
    strata = sample.strata.values()
    return {
        "sample": sample,
        "looks": sample.purpose == samples.LOOKS,
        "cases": sum(one["cases"] for one in strata),
        "drawn": sum(one["drawn"] for one in strata),
        "strata": len(strata),
    }


# --- calibration ------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def calibrations(request: HttpRequest) -> HttpResponse:
    """The rounds, what all of them together say, and the rulings; whoever leads the desk opens another round."""
    user = reader(request)
    today = timezone.localdate()
    form = RoundForm(initial={"first": today - timedelta(days=DAYS), "last": today, "size": SIZE})
    refusal = ""
    if request.method == "POST":
        form = RoundForm(request.POST)
        if form.is_valid():
            try:
                made = rescoring.open_round(DESK, user, **form.cleaned_data)
            except Refusal as refused:
                refusal = str(refused)
            else:
                messages.success(request, _("A calibration was opened; every QCO scores it blind."))
                return redirect("qc:calibration", made.pk)
    gate, rounds = instruments.current(Instrument.Kind.GATE), rescoring.recent_rounds(desks_of(user))
    context = {
        "rounds": [(one, rescoring.to_score(one, user).count() if _scores(one, user) else 0) for one in rounds],
        "figures": rescoring.figures(rounds, gate),
        "form": form if keeps(user, DESK) else None,
        "refusal": refusal,
        "tab": "calibration",
    }
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "caring/quality/calibrations.html", context, status=status)


def _scores(one: CalibrationRound, user: User) -> bool:
    return one.closed_at is None and judges(user, one.desk_id)


def _round(request: HttpRequest, pk: int) -> tuple[CalibrationRound, User]:
    user = reader(request)
    rounds = CalibrationRound.objects.filter(desk__in=desks_of(user)).select_related("sample", "gate", "opened_by")
    return get_object_or_404(rounds, pk=pk), user


@login_required
@require_GET
def calibration(request: HttpRequest, pk: int) -> HttpResponse:
    return _calibration(request, pk)


def _calibration(
    request: HttpRequest, pk: int, form: RulingForm | None = None, refusal: str = "", *, asks: bool = False
) -> HttpResponse:
    """One round: what this QCO has still to score; once it is closed, agreement by criterion, and its rulings. With
    `asks` whoever leads is asked whether to close it."""
    shown, user = _round(request, pk)
    leads = keeps(user, shown.desk_id)
    context = {
        "round": shown,
        "left": rescoring.to_score(shown, user).select_related("agent") if _scores(shown, user) else [],
        "scored": shown.verdicts.count(),
        "results": shown.results.count(),
        "scorers": shown.verdicts.values("qco").distinct().count(),
        "figures": rescoring.figures([shown], shown.gate) if shown.closed_at else [],
        "rulings": shown.rulings.select_related("by").order_by("pk"),
        "form": form or RulingForm(gate=shown.gate, initial={"valid_from": timezone.localdate()}) if leads else None,
        "leads": leads,
        "asks": rescoring.progress(shown) if asks and leads else None,
        "refusal": refusal,
        "tab": "calibration",
    }
    status = 409 if refusal else 422 if form and form.errors else 200
    return render(request, "caring/quality/calibration.html", context, status=status)


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """It stays closed: the first time it is asked back, with who has still to score."""
    shown, user = _round(request, pk)
    if "sure" not in request.POST and keeps(user, shown.desk_id) and not shown.closed_at:
        return _calibration(request, pk, asks=True)
    try:
        rescoring.close_round(shown, user)
    except Refusal as refused:
        return _calibration(request, pk, refusal=str(refused))
    return redirect("qc:calibration", pk)


@login_required
@require_POST
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """A ruling after a round: decision, who, from when."""
    shown, user = _round(request, pk)
    form = RulingForm(request.POST, gate=shown.gate)
    if not form.is_valid():
        return _calibration(request, pk, form)
    try:
        rescoring.rule(shown.desk_id, user, about=shown, **form.cleaned_data)
    except Refusal as refused:
        return _calibration(request, pk, form, str(refused))
    messages.success(request, _("The ruling is kept."))
    return redirect("qc:calibration", pk)


# --- scoring ----------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, pk: int, result_pk: int) -> HttpResponse:
    """One result of a round, scored without knowing what anybody found."""
    shown, user = _round(request, pk)
    result = rescoring.to_score(shown, user).filter(pk=result_pk).first() if _scores(shown, user) else None
    if result is None:
        return _calibration(request, pk, refusal=_not_to_score(shown, result_pk, user))

    def keep(inputs: dict[str, Any]) -> HttpResponse:
        rescoring.score_in_round(shown, result, user, inputs)
        following = rescoring.to_score(shown, user).first()
        return redirect("qc:score", pk, following.pk) if following else redirect("qc:calibration", pk)

    return _scoring(request, user, result, keep)


def _not_to_score(shown: CalibrationRound, result_pk: int, user: User) -> str:
    """Why a result of the round is not scored by this person now; of no other result anything is said."""
    if not shown.results.filter(pk=result_pk).exists():
        raise Http404
    if shown.closed_at is not None:
        return _("This calibration is closed.")
    if not judges(user, shown.desk_id):
        return _("Calibrations are scored by QC.")
    return _("This result is not yours to score, or you have scored it.")


@login_required
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """A verdict that was drawn, scored by another without seeing it."""
    user = reader(request)
    drawn: SecondLook = get_object_or_404(rescoring.second_looks(user), pk=pk)

    def keep(inputs: dict[str, Any]) -> HttpResponse:
        rescoring.score_again(drawn, user, inputs)
        messages.success(request, _("Kept; the decision stands as it is."))
        return redirect("qc:overview")

    return _scoring(request, user, drawn.verdict.result, keep)


def _scoring(request: HttpRequest, user: User, result: CaringResult, keep: Any) -> HttpResponse:
    form = ScoreForm(request.POST if request.method == "POST" else None, case=result, actor=user)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            answer: HttpResponse = keep(form.cleaned_data)
        except Refusal as refused:
            refusal = str(refused)
        else:
            return answer
    context = {"result": result, "form": form, "refusal": refusal, "listens": may_listen(result, user)}
    context["offer"] = name_of(result.offer) if result.offer else ""
    context["told"] = in_rupiah(result.amount_told) if result.amount_told is not None else ""
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "caring/quality/score.html", context, status=status)
