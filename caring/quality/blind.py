"""Results that a QCO may not read, as they are to score them without knowing what was found (requirements 8.1).

Those of an open calibration, and those whose verdict waits for a second look; not the ones that they judged or had to
do with, as they know those and do not score them. Whoever holds one (an appeal) reads it, and scores it no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from caring.quality.models import CalibrationRound, SecondLook, Verdict
from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import Role

if TYPE_CHECKING:
    from caring.models import CaringResult


def scores(actor: Actor) -> bool:
    """Whether this is somebody who scores blind."""
    return isinstance(actor, User) and actor.has_role(Role.QCO)


def hidden_from(user: User, of: str = "pk") -> Q:
    """Rows whose result, named by `of`, this QCO may not read now. One statement; few rows."""
    desks = sorted({desk for role, desk, _area in user.places if role == Role.QCO})
    in_round = CalibrationRound.results.through.objects.filter(  # type: ignore[attr-defined]
        calibrationround__closed_at=None, calibrationround__desk__in=desks
    )
    looks = SecondLook.objects.filter(done=False, desk__in=desks)
    few = _foreign(in_round, "caringresult", user).union(_foreign(looks, "verdict__result", user))
    return Q(**{f"{of}__in": few})  # one list, not two with “or”, which no index answers


def _foreign(rows: QuerySet[Any], result: str, user: User) -> QuerySet[Any]:
    """The results of these rows that the person neither judged nor had to do with nor holds."""
    mine = Q(**{f"{result}__agent": user}) | Q(**{f"{result}__workers__contains": [user.pk]})
    judged = Verdict.objects.filter(result=OuterRef(f"{result}_id"), qco=user, kind__in=Verdict.DECIDES)
    theirs = rows.exclude(mine).exclude(Exists(judged))
    return theirs.exclude(**{f"{result}__state": "QC_CLAIMED", f"{result}__owner": user}).values(f"{result}_id")


def readable(places: list[Q], user: User) -> list[Q]:
    """What a desk lists, place by place, without the results that are hidden."""
    return [here & ~hidden_from(user) for here in places] if scores(user) else places


def until(result: CaringResult) -> str:
    """When a hidden result opens, in words."""
    if result.rounds.filter(closed_at=None).exists():
        return _("It is in a calibration, scored without knowing what others found: it opens when that is closed.")
    return _("Its verdict waits for a second look, given without knowing it: it opens when that is done.")


def is_hidden(result: CaringResult, user: User) -> bool:
    """The same for one result in hand; what nobody has judged hides nothing."""
    if result.judged_at is None or result.state == "QC_QUEUED" or result.owner_id == user.pk:
        return False
    return type(result)._default_manager.filter(hidden_from(user), pk=result.pk).exists()
