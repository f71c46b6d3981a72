"""Samples of 147 calls that are audited, and what they say of all calls (W-26 4; AMB-18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, Desk, User
from tenesa.reporting import sampling
from tenesa.reporting.models import Sample
from tenesa.reporting.sampling import Interval, Stratum
from tenesa.workflow.errors import NotNow, NotYourStep
from tenesa.workflow.perform import open_case
from vvip.audits.columns import LEADERS
from vvip.audits.states import CRITERIA, JUDGED, STRATA, Criterion
from vvip.calls.states import Kind, State
from vvip.models import Audit, AuditTick, SpecialCase
from vvip.services import DESK

PURPOSE = Audit.procedure_name()
MOST = 100  # of one stratum at once
SHOWN = 12


def may_draw(user: User) -> bool:
    return any(role in LEADERS and desk == DESK for role, desk, _area in user.places)


def closed_calls(first: date, last: date) -> QuerySet[SpecialCase]:
    """What is drawn from: closed calls of these days whose path is known and that nobody drew before."""
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, last + timedelta(days=1)))
    calls = SpecialCase.objects.filter(desk=DESK, opened_at__gte=begin, opened_at__lt=end)
    return calls.filter(state=State.CLOSED, kind__in=STRATA, audits=None)


def draw(actor: User, *, first: date, last: date, size: int, seed: int | None = None) -> Sample:
    """Draw up to `size` calls of each path, by a seed that nobody chooses and that is kept, and open their audits.

    Raises NotYourStep, or NotNow where there is nothing to draw from; then nothing was written.
    """
    if not may_draw(actor):
        raise NotYourStep(_("Samples of 147 calls are drawn by the team leader or the supervisor of the desk."))
    if not 1 <= size <= MOST or last < first:
        raise NotNow([_("Give a period, and from 1 to %(most)d calls of each path.") % {"most": MOST}])
    seed = sampling.new_seed() if seed is None else seed
    with transaction.atomic():
        Desk.objects.select_for_update(no_key=True).get(pk=DESK)  # two who draw at once draw one after the other
        of_path: dict[str, list[int]] = {path: [] for path in STRATA}
        for pk, path in closed_calls(first, last).values_list("pk", "kind").iterator():
            of_path[path].append(pk)
        drawn = {path: sampling.draw(calls, size, seed) for path, calls in of_path.items()}
        if not any(drawn.values()):
            raise NotNow([_("No closed call of these days is left to draw from.")])
        strata = {
            path: {"cases": len(calls), "drawn": len(drawn[path]), "digest": sampling.digest(calls)}
            for path, calls in of_path.items()
        }
        sample = Sample.objects.create(
            purpose=PURPOSE, desk_id=DESK, first=first, last=last, seed=seed, strata=strata, by=actor
        )
        for call in SpecialCase.objects.filter(pk__in=[pk for some in drawn.values() for pk in some]).order_by("pk"):
            audit = Audit(desk_id=call.desk_id, area_id=call.area_id, call=call, sample=sample, stratum=call.kind)
            open_case(audit, "draw", actor=SYSTEM)
    return sample


# --- what was found ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Share:
    """So many of so many, and where the share of all calls lies."""

    met: int
    total: int

    @property
    def missed(self) -> int:
        return self.total - self.met

    @property
    def share(self) -> float | None:
        return self.met / self.total if self.total else None

    @property
    def interval(self) -> Interval | None:
        return sampling.wilson(self.met, self.total)


@dataclass(frozen=True)
class Line:
    """One path of a sample: calls there were, drawn, judged; right education, right escalation, both."""

    path: str
    label: str
    cases: int
    drawn: int
    education: Share
    escalation: Share
    right: Share


@dataclass(frozen=True)
class Whole:
    """All paths together, each as heavy as its calls."""

    share: float
    interval: Interval


@dataclass(frozen=True)
class Wrong:
    """How often a criterion was not met, of those that it arose for."""

    criterion: Criterion
    share: Share


@dataclass(frozen=True)
class Found:
    sample: Sample
    lines: Sequence[Line]
    right: Whole | None
    wrong: Sequence[Wrong]

    @property
    def left(self) -> int:
        """How many are still to be judged."""
        return sum(line.drawn - line.right.total for line in self.lines)


def recent(user: User) -> list[Found]:
    """The last samples of the desks that this person sees, the newest first."""
    found = Sample.objects.filter(user.place_filter(area="desk"), purpose=PURPOSE).select_related("by")
    samples = list(found.order_by("-at", "-pk")[:SHOWN])
    return list(_found(samples))


def _found(samples: Sequence[Sample]) -> Iterator[Found]:
    judged = Audit.objects.filter(sample__in=samples, state__in=JUDGED).order_by()
    counts = judged.values("sample", "stratum").annotate(
        total=Count("pk"),
        educated=Count("pk", filter=Q(education=True)),
        escalated=Count("pk", filter=Q(escalation=True)),
        right=Count("pk", filter=Q(education=True, escalation=True)),
    )
    of_stratum = {(row["sample"], row["stratum"]): row for row in counts}
    ticks = AuditTick.objects.filter(audit__in=judged).exclude(verdict="NOT_NEEDED").order_by()
    missed = ticks.values("audit__sample", "criterion").annotate(
        total=Count("pk"), met=Count("pk", filter=Q(verdict="MET"))
    )
    of_criterion = {(row["audit__sample"], row["criterion"]): Share(row["met"], row["total"]) for row in missed}
    for sample in samples:
        lines = [_line(sample, path, of_stratum.get((sample.pk, path), {})) for path in STRATA]
        wrong = [
            Wrong(criterion, of_criterion[sample.pk, name])
            for name, criterion in CRITERIA.items()
            if (sample.pk, name) in of_criterion
        ]
        yield Found(sample, lines, whole(lines), wrong)


def _line(sample: Sample, path: str, row: dict[str, int]) -> Line:
    told, total = sample.strata.get(path, {}), row.get("total", 0)
    education, escalation, right = (Share(row.get(name, 0), total) for name in ("educated", "escalated", "right"))
    label = str(Kind(path).label)
    return Line(path, label, told.get("cases", 0), told.get("drawn", 0), education, escalation, right)


def whole(lines: Iterable[Line]) -> Whole | None:
    found = sampling.weighted([Stratum(line.cases, line.right.met, line.right.total) for line in lines])
    return Whole(*found) if found else None
