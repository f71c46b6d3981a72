"""Scores of the demonstration that decide nothing: a closed calibration, an open one, second looks (8.1)."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from caring.demo.calls import People
from caring.demo.plan import SEED
from caring.models import CalibrationRound, CaringResult, SecondLook, Verdict
from caring.quality import rescoring, samples
from tenesa.accounts.models import User

DESK = "CARING"
CLOSED, OPEN = 20, 8  # results of a round
NEVER_IN_DOUBT = ("RECORDED", "OTHER")


def load(people: People) -> None:
    """Every QCO has scored the first round; of the one that is open one has."""
    today, rng = timezone.localdate(), Random(SEED)  # noqa: S311 - a repeatable past
    first = _round(people, 30, 12, CLOSED)
    for qco in people.judges:
        _score(first, qco, rng)
    rescoring.close_round(first, people.leader)
    at = timezone.now() - timedelta(days=11)
    CalibrationRound.objects.filter(pk=first.pk).update(opened_at=at - timedelta(days=1), closed_at=at)
    rescoring.rule(
        DESK, people.leader, criterion="WILLING", valid_from=today - timedelta(days=10), about=first,
        decision="“Iya, nanti saya usahakan” belum pernyataan bersedia; tanyakan tanggal dan ulangi.",
    )  # fmt: skip
    _score(_round(people, 11, 3, OPEN), people.judges[-1], rng)
    _second_looks(people, rng)


def _round(people: People, since: int, until: int, size: int) -> CalibrationRound:
    today = timezone.localdate()
    days = {"first": today - timedelta(days=since), "last": today - timedelta(days=until)}
    found: CalibrationRound = rescoring.open_round(DESK, people.leader, **days, size=size, seed=SEED)
    return found


def _score(round_: CalibrationRound, qco: User, rng: Random) -> None:
    for result in list(rescoring.to_score(round_, qco)):
        rescoring.score_in_round(round_, result, qco, _inputs(round_, result, rng))


def _inputs(round_: CalibrationRound, result: CaringResult, rng: Random) -> dict[str, Any]:
    """As it was decided, but now and then somebody reads a criterion otherwise."""
    held = result.deciding_verdict()
    codes = [item.code for item in round_.gate.items.all()]
    ticks = {code: held.ticks.get(code, True) if held else True for code in codes}
    for code in codes:
        if code not in NEVER_IN_DOUBT and rng.random() < 0.04:
            ticks[code] = not ticks[code]
    return {"ticks": ticks, "scores": {}}


def _second_looks(people: People, rng: Random) -> None:
    """Of two days on which QC judged; those of the older day are done."""
    days = sorted(
        {timezone.localdate(at) for at in Verdict.objects.filter(kind="DECIDING").values_list("at", flat=True)}
    )
    for day in days[-2:]:
        samples.draw_second_looks(DESK, day, seed=SEED)
    if not days[-2:]:
        return
    for look in SecondLook.objects.filter(sample__first=days[-2:][0]).select_related("verdict__result"):
        qco = next((one for one in people.judges if rescoring.second_looks(one).filter(pk=look.pk).exists()), None)
        if qco is not None:
            ticks = {code: met or rng.random() < 0.5 for code, met in look.verdict.ticks.items()}
            rescoring.score_again(look, qco, {"ticks": ticks, "scores": {}})
