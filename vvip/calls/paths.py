"""Calls that did not take the path of their customer's class: the wrong-path list (W-26 5.2.4 - 5.2.7, 5.3.2 - 5.3.4).

The steps leave no such way; what stands here came about by an entry that the check did not show, by CTI that answered
late, or past the steps.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from segmentation.lists import ListEntry
from segmentation.special_list.states import LIVE, Criterion
from vvip.calls.states import AT_TIER1, Category, Kind, Outcome
from vvip.models import Callback

LISTED = (Kind.SPECIAL, Kind.VVIP)
ELSEWHERE = (Outcome.DROPPED, Outcome.ATTACHED)  # the caller hung up, or an earlier callback has the matter


class Wrong(TextChoices):
    NOT_VVIP = "NOT_VVIP", _("CTI said VVIP, handled as if not")
    NOT_LISTED = "NOT_LISTED", _("On the list, analysed as not listed")
    NO_SCRIPT = "NO_SCRIPT", _("Way-out script not read")
    SKIMMED = "SKIMMED", _("Way-out script confirmed faster than it can be read")
    NO_CALLBACK = "NO_CALLBACK", _("No callback was entered")


def with_path(calls: QuerySet[Any]) -> QuerySet[Any]:
    """The same calls, each with `wrong`: what was wrong with its path, "" where nothing was."""
    seconds = timedelta(seconds=settings.W26["script_seconds"])
    left = ~Q(state__in=AT_TIER1) & ~Q(outcome__in=ELSEWHERE)  # the call has left the desk
    on_list = Q(kind__in=LISTED)
    reasons = [
        When(Q(category=Category.VVIP) & ~Q(kind__in=["", Kind.VVIP]) & left, then=Value(Wrong.NOT_VVIP)),
        When(Q(kind=Kind.NOT_LISTED) & Q(Exists(_in_force())), then=Value(Wrong.NOT_LISTED)),
        When(on_list & left & Q(script=None), then=Value(Wrong.NO_SCRIPT)),
        When(on_list & Q(script_read_at__lt=F("script_opened_at") + seconds), then=Value(Wrong.SKIMMED)),
        When(on_list & left & ~Q(Exists(Callback.objects.filter(call=OuterRef("pk")))), then=Value(Wrong.NO_CALLBACK)),
    ]
    found: QuerySet[Any] = calls.annotate(checked_on=TruncDate("checked_at")).annotate(
        wrong=Case(*reasons, default=Value(""), output_field=CharField())
    )
    return found


def _in_force() -> QuerySet[ListEntry]:
    """Entries of the call's customer that were in force when the lists were looked at, and would have led to the way
    out."""
    checked, day = OuterRef("checked_at"), OuterRef("checked_on")
    entries = ListEntry.objects.filter(customer=OuterRef("customer"), decided_at__lte=checked)
    entries = entries.filter(valid_from__lte=day, valid_to__gte=day, approved_by__isnull=False)
    return entries.filter(Q(state__in=LIVE) | Q(changed_at__gt=checked)).exclude(criterion=Criterion.SUPER_EMERGENCY)


def off_path(calls: QuerySet[Any]) -> QuerySet[Any]:
    """Those that took a wrong path."""
    return with_path(calls).exclude(wrong="")
