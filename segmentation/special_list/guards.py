"""When a step of an entry is refused, and with which words. Each returns the reason, or "" to let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.special_list.states import Criterion
from tenesa.accounts.models import Actor
from tenesa.workflow.step import guard

if TYPE_CHECKING:
    from segmentation.lists import ListEntry


@guard(gettext_lazy("somebody else entered it"))
def is_entered_by_another(entry: ListEntry, actor: Actor) -> str:
    if entry.entered_by_id != actor.pk:
        return ""
    return _("You entered this yourself: another person approves it (four eyes).")


@guard(gettext_lazy("somebody else asked for the change"))
def is_asked_by_another(entry: ListEntry, actor: Actor) -> str:
    if entry.change_by_id != actor.pk:
        return ""
    return _("You asked for this change yourself: another person approves it (four eyes).")


@guard(gettext_lazy("it has not run out"))
def has_not_run_out(entry: ListEntry, actor: Actor) -> str:
    if entry.valid_to >= timezone.localdate():
        return ""
    return _("The entry held until %(day)s: that is over.") % {"day": f"{entry.valid_to:%d/%m/%Y}"}


@guard(gettext_lazy("it is no super emergency"))
def is_no_emergency(entry: ListEntry, actor: Actor) -> str:
    if entry.criterion != Criterion.SUPER_EMERGENCY:
        return ""
    return _("A super emergency is set and lifted in its case, with the approval that belongs to it.")


@guard(gettext_lazy("it is a super emergency"))
def is_emergency(entry: ListEntry, actor: Actor) -> str:
    return "" if entry.criterion == Criterion.SUPER_EMERGENCY else _("This entry is no super emergency.")


@guard(gettext_lazy("its review is due"))
def is_due_for_review(entry: ListEntry, actor: Actor) -> str:
    return "" if entry.review_due <= timezone.localdate() else _("The review is not due yet.")


@guard(gettext_lazy("its time is over"))
def is_over(entry: ListEntry, actor: Actor) -> str:
    return "" if entry.valid_to < timezone.localdate() else _("The entry still holds.")
