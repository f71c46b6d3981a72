"""What appeals and second looks say of each QCO (requirements 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from caring.models import Verdict
from tenesa.accounts.models import User
from tenesa.reporting import sampling
from tenesa.reporting.sampling import Interval

PERIOD = timedelta(days=90)


@dataclass(frozen=True)
class Scorer:
    """One QCO: decisions, appeals that were decided and won; second looks, and those that found the same."""

    who: User
    decisions: int
    appeals: int
    overturned: int
    looks: int
    same: int

    @property
    def rate(self) -> float | None:
        """The share of the appeals that were won."""
        return self.overturned / self.appeals if self.appeals else None

    @property
    def interval(self) -> Interval | None:
        return sampling.wilson(self.overturned, self.appeals)

    @property
    def agreed(self) -> float | None:
        return self.same / self.looks if self.looks else None


def scorers(desks: Sequence[str]) -> list[Scorer]:
    """Each QCO who decided something lately, by name."""
    kind = Verdict.Kind
    given = Verdict.objects.filter(desk__in=desks, at__gte=timezone.now() - PERIOD).order_by()
    decisions = {qco: total for qco, total, _none in _counted(given.filter(kind__in=Verdict.DECIDES), "qco", Q(pk=0))}
    of_appeals = _by_qco(given.filter(kind=kind.APPEAL), "supersedes", same=False)
    of_looks = _by_qco(given.filter(kind=kind.SECOND_LOOK), "looks_at", same=True)
    people = User.objects.filter(pk__in={*decisions, *of_appeals, *of_looks}).order_by("first_name", "username")
    nothing = (0, 0)
    return [
        Scorer(one, decisions.get(one.pk, 0), *of_appeals.get(one.pk, nothing), *of_looks.get(one.pk, nothing))
        for one in people
    ]


def _by_qco(verdicts: QuerySet[Verdict], first: str, *, same: bool) -> dict[int, tuple[int, int]]:
    """How many verdicts about those of each QCO, and how many of them found the same, or something else."""
    alike = Q(decision=F(f"{first}__decision"))
    rows = _counted(verdicts, f"{first}__qco", alike if same else ~alike)
    return {qco: (total, met) for qco, total, met in rows}


def _counted(verdicts: QuerySet[Verdict], qco: str, met: Q) -> list[tuple[int, int, int]]:
    counted = verdicts.order_by().values(qco).annotate(total=Count("pk"), met=Count("pk", filter=met))
    return [(row[qco], row["total"], row["met"]) for row in counted]
