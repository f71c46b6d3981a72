"""Where a case belongs: its area, what says so, and the step by which a person changes it (ADR-0047)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.areas import area_of
from tenesa.accounts.models import Area
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.workflow.case import CHANGE_AREA, Case
from tenesa.workflow.step import StepForm, step

OF_AREAS = "lokal: ADR-0047"


class AreaForm(StepForm):
    """An area in which the desk has a team, or the whole desk; whoever holds the case has to see it there."""

    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(Area.objects.filter(teams__desk=self.case.desk_id).values_list("code", "name"))
        self.fields["area"].choices = [("", _("the whole desk")), *known.items()]  # type: ignore[attr-defined]
        district = area_of(self.case.witel)
        self.fields["area"].initial = district if district in known else self.case.area_id

    def clean_area(self) -> str:
        code, owner = str(self.cleaned_data["area"]), self.case.owner
        if owner is not None and not owner.sees(self.case.desk_id, code or None):
            words = _("%(who)s holds the case and does not work there: it has to be given back first.")
            raise forms.ValidationError(words % {"who": owner})
        return code


def area_step(*, clause: str, roles: Iterable[Role], source: Sequence[str], **more: Any) -> Callable[..., Any]:
    """A person says where the case belongs; the customer's district then changes it no more."""

    @step(
        clause=clause,
        label=gettext_lazy("Move to another area"),
        roles=roles,
        source=source,
        target=None,
        form=AreaForm,
        **more,
    )
    def change_area(self: Any, *, area: str = "") -> None:
        self.move_to(area or None)

    return change_area


def words_of(case: Case, history: Iterable[Event]) -> str:
    """The area with what says so, and the customer's district where it says something else; "" where none is known."""
    if not case.area_id and not case.witel:
        return ""
    name = str(case.area) if case.area else _("the whole desk")
    return " · ".join(filter(None, [name, _source(case, history)]))


def _source(case: Case, history: Iterable[Event]) -> str:
    chosen = [event for event in history if event.step == CHANGE_AREA]
    district = _("customer's district: %(witel)s") % {"witel": case.witel} if case.witel else ""
    if chosen:
        words = _("chosen by %(who)s") % {"who": chosen[-1].actor or _("nobody")}
        return f"{words}; {district}" if district else words
    if case.area_id and case.area_id == area_of(case.witel):
        return _("from the customer's district %(witel)s") % {"witel": case.witel}
    came = str(case.area_came_from) if case.area_id else ""
    return "; ".join(filter(None, [came, district]))
