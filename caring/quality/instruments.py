"""Which version of an instrument holds, and the score of a filled-in scorecard (8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils import timezone

from caring.quality.models import Instrument, InstrumentItem, Verdict
from tenesa.accounts.models import User


def current(kind: Instrument.Kind, at: datetime | None = None) -> Instrument:
    """The newest approved version that holds then. LookupError where there is none."""
    found = (
        Instrument.objects.filter(kind=kind, approved_at__isnull=False, valid_from__lte=at or timezone.now())
        .order_by("-version")
        .prefetch_related("items")
        .first()
    )
    if found is None:
        raise LookupError(f"No version of the instrument {kind} holds.")
    return found


def verdict(
    result: Any, kind: Verdict.Kind, decision: Verdict.Decision, qco: User, inputs: Mapping[str, Any]
) -> Verdict:
    """A verdict, not stored yet, by the instruments that hold now. `inputs` are those of `VerdictForm`."""
    gate, scores = current(Instrument.Kind.GATE), dict(inputs["scores"])
    card = current(Instrument.Kind.SCORECARD) if scores else None
    total = score(card.items.all(), scores, gate.items.all(), inputs["ticks"]) if card else None
    return Verdict(
        result=result, result_version=result.result_version, desk_id=result.desk_id, area_id=result.area_id,
        agent_id=result.agent_id, kind=kind, decision=decision, gate=gate, ticks=dict(inputs["ticks"]),
        scorecard=card, scores=scores, score=total,
        note=inputs.get("note", ""), recommendation=inputs.get("recommendation", ""), qco=qco,
        content={"reason": result.reason, "note": result.remark},
    )  # fmt: skip


def score(
    items: Iterable[InstrumentItem],
    scores: Mapping[str, bool],
    gate: Iterable[InstrumentItem] = (),
    ticks: Mapping[str, bool] = MappingProxyType({}),
) -> int:
    """The sum of the weights that are met, of 100; 0 where a critical item of the scorecard or of the gate failed."""
    items = list(items)
    found = [(one, scores.get(one.code, False)) for one in items] + [(one, ticks.get(one.code, False)) for one in gate]
    if any(one.critical and not met for one, met in found):
        return 0
    return sum(one.weight for one in items if scores.get(one.code, False))
