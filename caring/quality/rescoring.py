"""Scores that decide nothing: rounds of calibration and second looks (requirements 8.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.agreement import Agreement, agreement
from caring.models import CalibrationRound, CaringResult, Instrument, Ruling, SecondLook, Verdict
from caring.quality import instruments
from caring.quality.who import judges, keeps
from caring.tree import Category
from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import Role
from tenesa.reporting import sampling
from tenesa.reporting.models import Sample
from tenesa.workflow.errors import NotNow, NotYourStep

PURPOSE = CalibrationRound._meta.label_lower
MOST = 100  # results of a round
PERIOD = timedelta(days=180)  # rounds that are added up
SCORES = ("OK", "NOT_OK")


# --- rounds -----------------------------------------------------------------------------------------------------------
def open_round(desk_id: str, by: User, *, first: date, last: date, size: int, seed: int | None = None) -> Any:
    """Draw judged agreements of these days by a recorded seed, for every QCO of the desk to score them.

    Raises NotYourStep, or NotNow where a round is open or there is nothing to score.
    """
    if not keeps(by, desk_id):
        raise NotYourStep(_("Calibrations are opened and closed by who leads the desk."))
    if not 1 <= size <= MOST or last < first:
        raise NotNow([_("Give a period, and from 1 to %(most)d results.") % {"most": MOST}])
    judged = CaringResult.objects.filter(desk=desk_id, day__gte=first, day__lte=last, category=Category.AGREE)
    with transaction.atomic():
        open_rounds = CalibrationRound.objects.filter(desk=desk_id, closed_at=None)
        if open_rounds.exists():
            raise NotNow([_("A calibration is open: close it first.")])
        found = list(judged.exclude(judged_at=None).exclude(call_id="", recording="").values_list("pk", flat=True))
        if not found:
            raise NotNow([_("No judged agreement of these days is there to score.")])
        seed = sampling.new_seed() if seed is None else seed
        drawn = sampling.draw(found, size, seed)
        strata = {Category.AGREE: {"cases": len(found), "drawn": len(drawn), "digest": sampling.digest(found)}}
        sample = Sample.objects.create(
            purpose=PURPOSE, desk_id=desk_id, first=first, last=last, seed=seed, strata=strata, by=by
        )
        made = CalibrationRound.objects.create(
            desk_id=desk_id, gate=instruments.current(Instrument.Kind.GATE), sample=sample, opened_by=by,
            scorecard=instruments.current(Instrument.Kind.SCORECARD),
        )  # fmt: skip
        made.results.set(drawn)
    return made


def to_score(round_: CalibrationRound, user: User) -> QuerySet[CaringResult]:
    """What this QCO has still to score: not their own calls, and not what they judged or know from a later call."""
    scored = round_.verdicts.filter(qco=user).values("result")
    judged = Verdict.objects.filter(qco=user, kind__in=Verdict.DECIDES, result__in=round_.results.all())
    later = CaringResult.objects.filter(Q(qco=user) | Q(owner=user), supersedes__in=round_.results.all())
    left = round_.results.exclude(Q(pk__in=scored) | Q(pk__in=judged.values("result")))
    known = Q(agent=user) | Q(workers__contains=[user.pk]) | Q(owner=user) | Q(pk__in=later.values("supersedes"))
    return left.exclude(known).order_by("pk")


def score_in_round(round_: CalibrationRound, result: CaringResult, user: User, inputs: Mapping[str, Any]) -> Verdict:
    """A blind score. Raises NotYourStep, or NotNow where the round is closed or it was scored already."""
    with transaction.atomic():
        locked = CalibrationRound.objects.select_for_update(no_key=True).get(pk=round_.pk)
        if not judges(user, locked.desk_id):
            raise NotYourStep(_("Calibrations are scored by QC."))
        if locked.closed_at is not None:
            raise NotNow([_("This calibration is closed.")])
        if not to_score(locked, user).filter(pk=result.pk).exists():
            raise NotNow([_("This result is not yours to score, or you have scored it.")])
        found = _found(result, Verdict.Kind.CALIBRATION, user, inputs)
        found.round = locked
        found.save(force_insert=True)
    return found


@dataclass(frozen=True)
class Progress:
    """How far a QCO is with a round: only how many, not what was found."""

    qco: User
    scored: int
    left: int


def progress(round_: CalibrationRound) -> list[Progress]:
    """Everybody who scores or scored it, who has most left first."""
    given = Counter(round_.verdicts.values_list("qco", flat=True))
    members = Membership.objects.filter(team__desk=round_.desk_id, role=Role.QCO).values("user")
    people = User.objects.filter(Q(pk__in=members, is_active=True) | Q(pk__in=[*given]))
    found = [Progress(one, given[one.pk], to_score(round_, one).count()) for one in people]
    return sorted((one for one in found if one.scored or one.left), key=lambda one: (-one.left, str(one.qco)))


def close_round(round_: CalibrationRound, by: User) -> CalibrationRound:
    """From now on all see the figures, and nobody scores any more."""
    if not keeps(by, round_.desk_id):
        raise NotYourStep(_("Calibrations are opened and closed by who leads the desk."))
    with transaction.atomic():
        locked = CalibrationRound.objects.select_for_update().get(pk=round_.pk)
        if locked.closed_at is not None:
            raise NotNow([_("This calibration is closed.")])
        locked.closed_at, locked.closed_by = timezone.now(), by
        locked.save(update_fields=["closed_at", "closed_by"])
    return locked


def _found(result: CaringResult, kind: Verdict.Kind, user: User, inputs: Mapping[str, Any]) -> Verdict:
    met = all(inputs["ticks"].values())
    decision = Verdict.Decision.APPROVED if met else Verdict.Decision.RETURNED
    return instruments.verdict(result, kind, decision, user, inputs)


@dataclass(frozen=True)
class Criterion:
    """One criterion and how far its scorers agree; `code` is "" for the decision as a whole."""

    code: str
    words: str
    found: Agreement


def figures(rounds: Sequence[CalibrationRound], gate: Instrument) -> list[Criterion]:
    """Agreement by criterion and of the decision, over all these rounds; of closed ones alone."""
    closed = [one for one in rounds if one.closed_at is not None]
    given = Verdict.objects.filter(round__in=closed).order_by("round", "result", "qco")
    rows = list(given.values_list("round", "result", "qco", "ticks", "decision"))
    scorers = {round_: sorted({qco for one, _r, qco, _t, _d in rows if one == round_}) for round_, *_rest in rows}
    units: dict[tuple[int, int], dict[int, tuple[Mapping[str, bool], str]]] = {}
    for round_, result, qco, ticks, decision in rows:
        units.setdefault((round_, result), {})[qco] = ticks, decision

    def of(read: Any) -> Agreement:
        scores = [
            [read(*by_qco[qco]) if qco in by_qco else None for qco in scorers[round_]]
            for (round_, _result), by_qco in units.items()
        ]
        return agreement(scores, SCORES)

    def criterion(code: str) -> Agreement:
        return of(lambda ticks, _decision: SCORES[not ticks[code]] if code in ticks else None)

    whole = of(lambda _ticks, decision: SCORES[decision != Verdict.Decision.APPROVED])
    return [*(Criterion(item.code, item.words, criterion(item.code)) for item in gate.items.all()),
            Criterion("", _("Decision"), whole)]  # fmt: skip


def recent_rounds(desks: Sequence[str]) -> Sequence[CalibrationRound]:
    """The rounds of the last half year, the newest first."""
    since = timezone.now() - PERIOD
    rounds = CalibrationRound.objects.filter(desk__in=desks, opened_at__gte=since)
    return list(rounds.select_related("sample", "opened_by", "closed_by", "gate").order_by("-opened_at", "-pk"))


def rule(desk_id: str, by: User, *, criterion: str, decision: str, valid_from: date, about: Any = None) -> Ruling:
    """Keep how a criterion is read from that day on. Raises NotYourStep."""
    if not keeps(by, desk_id):
        raise NotYourStep(_("Rulings are made by who leads the desk."))
    return Ruling.objects.create(
        desk_id=desk_id, by=by, criterion=criterion, decision=decision, valid_from=valid_from, round=about
    )


# --- second looks -----------------------------------------------------------------------------------------------------
def second_looks(user: User) -> QuerySet[SecondLook]:
    """Drawn verdicts that this QCO may score again: of no result that they judged, as first or as arbiter, and of no
    call they had to do with."""
    desks = [desk for _role, desk, _area in user.places if judges(user, desk)]
    judged = Verdict.objects.filter(result=OuterRef("verdict__result"), qco=user, kind__in=Verdict.DECIDES)
    waiting = SecondLook.objects.filter(~Exists(judged), desk__in=desks, done=False)
    others = waiting.exclude(Q(verdict__result__agent=user) | Q(verdict__result__workers__contains=[user.pk]))
    return others.select_related("verdict__result__agent").order_by("pk")


def score_again(look: SecondLook, user: User, inputs: Mapping[str, Any]) -> Verdict:
    """What another finds; the decision stands whatever it is. Raises NotNow where it is not theirs, or done."""
    with transaction.atomic():
        locked = second_looks(user).select_for_update(of=("self",)).filter(pk=look.pk).first()
        if locked is None:
            raise NotNow([_("This verdict is not yours to look at, or somebody has done it.")])
        found = _found(locked.verdict.result, Verdict.Kind.SECOND_LOOK, user, inputs)
        found.looks_at, found.result_version = locked.verdict, locked.verdict.result_version
        found.save(force_insert=True)
        locked.done = True
        locked.save(update_fields=["done"])
    return found
