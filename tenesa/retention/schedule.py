"""The retention schedule: what is kept for how long, by whom and by which clause (X-08, AMB-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.retention.kinds import YEARS, Kind, kinds
from tenesa.retention.models import Policy
from tenesa.retention.who import KEEPERS, must
from tenesa.workflow.errors import InvalidInput, NotNow, UnknownStep


@dataclass(frozen=True)
class Line:
    """One kind with its years today, the row that says so, and a proposal that waits."""

    kind: Kind
    years: int
    policy: Policy | None
    proposal: Policy | None


def lines(day: date | None = None) -> list[Line]:
    """The whole schedule as it stands on a day, in two queries at most."""
    at = day or timezone.localdate()
    holding = {row.kind: row for row in _accepted(at).order_by("since", "pk").select_related("by", "decided_by")}
    waiting = {row.kind: row for row in Policy.objects.filter(accepted=None).select_related("by")}
    every = sorted(kinds().values(), key=lambda kind: (kind.source == "AMB-11", str(kind.label)))
    return [
        Line(kind, held.years if (held := holding.get(kind.name)) else YEARS, held, waiting.get(kind.name))
        for kind in every
    ]


def years(kind: str, day: date) -> int:
    """How many years a kind is kept by the period that holds on this day."""
    row = _accepted(day).filter(kind=kind).order_by("-since", "-pk").first()
    return row.years if row else YEARS


def _accepted(day: date):  # type: ignore[no-untyped-def]
    return Policy.objects.filter(accepted=True, since__lte=day)


def until(kind: str, day: date) -> date:
    """The last day of closing that is due on a day."""
    return before(day, years(kind, day))


def before(day: date, count: int) -> date:
    """The same day so many years earlier; 28 February for a 29th that there was not."""
    try:
        return day.replace(year=day.year - count)
    except ValueError:
        return day.replace(year=day.year - count, day=28)


def propose(user: User, kind: str, *, count: int, since: date, note: str) -> Policy:
    """Ask for other years from a day on. Raises Refusal; then nothing was written."""
    must(user, KEEPERS)
    if kind not in kinds():
        raise UnknownStep
    errors = {}
    if not 1 <= count <= 30:
        errors["years"] = [_("Give 1 to 30 years.")]
    if since < timezone.localdate():
        errors["since"] = [_("Years change from today on, not before.")]
    if not note.strip():
        errors["note"] = [_("Say why.")]
    if errors:
        raise InvalidInput(errors)
    try:
        with transaction.atomic():
            return Policy.objects.create(kind=kind, years=count, since=since, note=note.strip()[:300], by=user)
    except IntegrityError as twice:
        raise NotNow([_("A proposal for these records waits for its decision.")]) from twice


def decide(user: User, policy: Policy, *, accept: bool) -> None:
    """Accept another's proposal, or refuse one. Raises Refusal; then nothing was written."""
    must(user, KEEPERS)
    if accept and policy.by_id == user.pk:
        raise NotNow([_("Another person decides: nobody approves what they proposed themselves.")])
    waiting = Policy.objects.filter(pk=policy.pk, accepted=None)
    if not waiting.update(accepted=accept, decided_by=user, decided_at=timezone.now()):
        raise NotNow([_("This was decided already.")])
