"""What QC looks at beside all agreements: drawn at the end of the day by a recorded seed (requirements 8.1; AMB-31)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from caring.models import CaringResult, SecondLook, Verdict
from caring.results.states import State
from caring.tree import Category
from tenesa.accounts.models import SYSTEM, Desk
from tenesa.reporting import sampling
from tenesa.reporting.models import Sample
from tenesa.workflow.perform import perform

PURPOSE, LOOKS = CaringResult.procedure_name(), "caring.verdict"
Stratum = tuple[int, date, str]  # agent, day of the call, category
Drawn = dict[str, tuple[list[int], list[int]]]  # stratum → what there was, what was drawn


def to_draw(day: date) -> Sequence[str]:
    """The desks that have results to draw from, until this day."""
    waiting = CaringResult.objects.filter(state=State.ENTERED, sampled=None, day__lte=day).order_by()
    return sorted(waiting.values_list("desk_id", flat=True).distinct())


def draw(desk_id: str, day: date, seed: int | None = None) -> Sample | None:
    """Draw from what was entered until this day, of each agent, day and category; what is left out is let pass.

    None where nothing is to be drawn from. What is entered late is drawn from with the next day; at most as many of an
    agent and day as the settings say, in all draws together.
    """
    with transaction.atomic():
        Desk.objects.select_for_update(no_key=True).get(pk=desk_id)  # two draws at once, one after the other
        waiting = CaringResult.objects.filter(desk=desk_id, state=State.ENTERED, sampled=None, day__lte=day)
        rows = {row.pk: row for row in waiting.select_for_update(of=("self",)).order_by("pk")}
        if not rows:
            return None
        strata: dict[Stratum, list[int]] = defaultdict(list)
        for pk, row in rows.items():
            strata[row.agent_id, row.day, row.category].append(pk)
        seed = sampling.new_seed() if seed is None else seed
        drawn: Drawn = {}
        for (agent, at, category), found in strata.items():
            size = _size(desk_id, (agent, at, category), len(found))
            drawn[f"{agent} {at} {category}"] = found, sampling.draw(found, size, seed)
        sample = _kept(PURPOSE, desk_id, [row.day for row in rows.values()], seed, drawn)
        chosen = {pk for _found, some in drawn.values() for pk in some}
        CaringResult.objects.filter(pk__in=rows.keys() - chosen).update(sampled=False)
        for pk in sorted(chosen):
            perform(rows[pk], "draw_at_random", actor=SYSTEM, sample=sample)
        for pk in sorted(rows.keys() - chosen):
            if rows[pk].category == Category.AGREE:
                perform(rows[pk], "confirm_unsampled", actor=SYSTEM)
    return sample


def _size(desk_id: str, stratum: Stratum, found: int) -> int:
    """How many of a stratum are drawn now; less what was drawn of it before."""
    agent, day, category = stratum
    before = CaringResult.objects.filter(agent=agent, day=day, desk=desk_id, category=category, sampled__isnull=False)
    taken = before.filter(sampled=True).count()
    if category == Category.AGREE:
        rate: float = settings.CARING["qc_agree_rate"]
        return max(0, ceil(rate * (found + before.count())) - taken)
    most: int = settings.CARING["qc_declines"]
    return max(0, most - taken)


def _kept(purpose: str, desk_id: str, days: Sequence[date], seed: int, drawn: Drawn) -> Sample:
    told = {
        name: {"cases": len(found), "drawn": len(some), "digest": sampling.digest(found)}
        for name, (found, some) in drawn.items()
    }
    return Sample.objects.create(
        purpose=purpose, desk_id=desk_id, first=min(days), last=max(days), seed=seed, strata=told
    )


def draw_second_looks(desk_id: str, day: date, seed: int | None = None) -> Sample | None:
    """Draw of each QCO some verdicts of the day, which another scores again. None where there are none, or done."""
    begin, end = (timezone.make_aware(datetime.combine(one, time())) for one in (day, day + timedelta(days=1)))
    with transaction.atomic():
        Desk.objects.select_for_update(no_key=True).get(pk=desk_id)
        if Sample.objects.filter(purpose=LOOKS, desk=desk_id, first=day).exists():
            return None
        given = Verdict.objects.filter(desk=desk_id, kind=Verdict.Kind.DECIDING, at__gte=begin, at__lt=end).order_by(
            "pk"
        )
        of_qco: dict[str, list[int]] = defaultdict(list)
        for pk, qco in given.values_list("pk", "qco"):
            of_qco[str(qco)].append(pk)
        size = settings.CARING["qc_second_looks"]
        if not of_qco or not size:
            return None
        seed = sampling.new_seed() if seed is None else seed
        drawn = {qco: (found, sampling.draw(found, size, seed)) for qco, found in of_qco.items()}
        sample = _kept(LOOKS, desk_id, [day], seed, drawn)
        SecondLook.objects.bulk_create(
            SecondLook(verdict_id=pk, sample=sample, desk_id=desk_id) for _found, some in drawn.values() for pk in some
        )
    return sample


def desks_judged(day: date) -> Sequence[str]:
    """The desks whose results were judged on this day."""
    begin, end = (timezone.make_aware(datetime.combine(one, time())) for one in (day, day + timedelta(days=1)))
    given = Verdict.objects.filter(kind=Verdict.Kind.DECIDING, at__gte=begin, at__lt=end, desk=OuterRef("pk"))
    return list(Desk.objects.filter(Exists(given)).order_by("pk").values_list("pk", flat=True))
