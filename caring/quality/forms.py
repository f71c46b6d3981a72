"""Inputs of QC's own pages: instruments, rounds, rulings, scores that decide nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.quality.drafting import MOST, Item, problems
from caring.quality.models import Instrument, InstrumentItem
from caring.quality.rescoring import MOST as MOST_RESULTS
from caring.results.forms import VerdictForm
from tenesa.workflow.fields import day, words

BLANK = 3  # rows of a scorecard for items that are new


class ScoreForm(VerdictForm):
    """The same criteria and items; whatever is found, nothing is decided."""

    must_be_ok = None


class RoundForm(forms.Form):
    first = day(gettext_lazy("From"))
    last = day(gettext_lazy("Until"))
    size = forms.IntegerField(label=gettext_lazy("Results"), min_value=1, max_value=MOST_RESULTS)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and cleaned["last"] < cleaned["first"]:
            self.add_error("last", _("This day lies before the first."))
        return cleaned


class RulingForm(forms.Form):
    criterion = forms.ChoiceField(label=gettext_lazy("Criterion"))
    decision = words(gettext_lazy("Decision"), length=500)
    valid_from = day(gettext_lazy("Valid from"))

    def __init__(self, *args: Any, gate: Instrument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["criterion"]
        field.choices = [(item.code, item.words) for item in gate.items.all()]


class ItemForm(forms.Form):
    code = forms.RegexField(
        label=gettext_lazy("Code"), regex=r"^[A-Z][A-Z_]{1,19}$", required=False, strip=True,
        error_messages={"invalid": gettext_lazy("Capital letters, 2 to 20.")},
    )  # fmt: skip
    words = forms.CharField(label=gettext_lazy("Criterion"), max_length=200, required=False, strip=True)
    weight = forms.IntegerField(label=gettext_lazy("Weight"), min_value=0, max_value=100, required=False)
    critical = forms.ChoiceField(
        label=gettext_lazy("Critical"), choices=InstrumentItem.Critical.choices, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "select" if isinstance(field, forms.ChoiceField) else "input"
            field.widget.attrs |= {"class": kind, "aria-label": field.label}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("words") and not cleaned.get("code") and "code" not in self.errors:
            self.add_error("code", _("Give it a code."))
        return cleaned


class InstrumentFormSet(forms.BaseFormSet[ItemForm]):
    """The items of the next version in their order; a row without words is left out."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)

    def items(self) -> Iterator[Item]:
        for form in self.forms:
            given = form.cleaned_data
            if given.get("words"):
                yield Item(given["code"], given["words"], given.get("critical", ""), given.get("weight") or 0)

    def clean(self) -> None:
        if any(self.errors):
            return
        found = list(problems(self.kind, list(self.items())))
        if found:
            raise forms.ValidationError(found)


def items_form(instrument: Instrument, data: Any = None) -> Any:
    """The form of the next version, filled with the items of the one that is given."""
    blank = 0 if instrument.kind == Instrument.Kind.GATE else BLANK
    most = MOST + BLANK
    made: Any = forms.formset_factory(ItemForm, InstrumentFormSet, extra=blank, max_num=most, absolute_max=most)
    rows = [
        {"code": item.code, "words": item.words, "weight": item.weight, "critical": item.critical}
        for item in instrument.items.all()
    ]
    return made(data, initial=rows, kind=instrument.kind, prefix="item")
